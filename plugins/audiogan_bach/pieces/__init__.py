"""The pieces of the collection, one module each, in the order of their catalogue numbers.

Compositions of Johann Sebastian Bach (1685-1750), in the public domain, written out for this package as bare notes:
pitch and note value, no edition's slurs, fingerings, dynamics or ornaments.
"""

from __future__ import annotations

from audiogan_bach.pieces import (
    bwv772,
    bwv775,
    bwv846,
    bwv847,
    bwv924,
    bwv939,
    bwv988_aria,
    bwv999,
)
from audiogan_bach.pieces.piece import PedalPassage, Piece

PIECES: tuple[Piece, ...] = (
    bwv772.PIECE,
    bwv775.PIECE,
    bwv846.PIECE,
    bwv847.PIECE,
    bwv924.PIECE,
    bwv939.PIECE,
    bwv988_aria.PIECE,
    bwv999.PIECE,
)

__all__ = ["PIECES", "PedalPassage", "Piece"]
