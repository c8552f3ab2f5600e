"""Little prelude in C major, BWV 939, handed down under Bach's name by J. P. Kellner: all 16 bars; no ornaments."""

from __future__ import annotations

from fractions import Fraction

from audiogan_bach.pieces.piece import PedalPassage, Piece

_UPPER = """
8: - C4 E4 G4 E4 C4 Bb4 G4 | A4 C4 F4 A4 F4 C4 C5 A4 | B4 G4 B4 D5 B4 G4 F5 D5 | 2: E5 4: - E5 | 2: D5 4: - D5 |
8: D5 G4 B4 D5 4: B4 E5 | 2: C5 4: - A4+C5~ | 8: A4+C5 D4 F#4 A4 F#4 D4 C5 A4 | B4 G4 B4 D5 B4 G4 F5 D5 |
E5 G4 C5 E5 C5 G4 G5 E5 | F#5 A4 C5 F#5 C5 A4 A5 F#5 | 2: G5 4: - - | 8: C5 E5 G5 C6 G5 E5 Bb5 G5 |
16: A5 G5 F5 E5 D5 C5 B4 A4 B4 G4 A4 B4 C5 D5 E5 F5 | 4: G5 2: C5 4: B4 | 1: C5"""
_MIDDLE = """
1: - | - | - | 2: G4+C5 4: - G4+C5 | 2: A4+C5 4: - A4+C5 | 8: G4+B4 4.: - 4: G4 B4 | 2: C5 4: - E4~ |
8: E4 - 2.: - | 1: - | - | - | 2: B4+D5 4: - B4 | 1: - | - | 4: - 2: G4 4: D4 | 1: E4"""
_BASS = """
1: C2+C3~ | C2+C3~ | C2+C3 | 8: - C3 E3 G3 E3 C3 C4 E3 | F#3 D3 F#3 A3 F#3 D3 D4 F#3 | 2: G3 4: - G3 |
8: A3 A2 C3 E3 C3 A2 G3 E3 | 2: F#3 4: - D3 | G3 G2 G3 G2 | G3 G2 G3 G2 | G3 G2 G3 G2 | 8: G3 G2 B2 D3 B2 G2 F3 D3 |
E3 C3 E3 G3 E3 C3 C4 E3 | 1: F3~ | 8: F3 D3 E3 C3 4: G3 G2 | 1: C2"""

PIECE = Piece(
    catalogue_number="BWV 939",
    title="Little prelude in C major",
    extent="complete, 16 bars",
    bar_length=Fraction(1),
    tempo=66.0,
    voices=(_UPPER, _MIDDLE, _BASS),
    pedal=(PedalPassage(1, 13, Fraction(1, 2)),),
)
