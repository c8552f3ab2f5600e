"""Which renditions make up the collection."""

from __future__ import annotations

from functools import cache
from typing import final

from attrs import frozen

from audiogan_bach.pieces import PIECES
from audiogan_bach.rendition import Rendition


@final
@frozen
class Plan:
    """The renditions to train on and those held out."""

    train: tuple[Rendition, ...]
    test: tuple[Rendition, ...]


@cache
def standard_plan() -> Plan:
    """The collection that users get.

    Transpositions lie between -5 and +6 semitones and were chosen so that the twelve pitch classes of the bass sound
    for about as long. The held-out renditions are other performances (key, tempo, dynamics, strikes) of pieces that are
    trained on as well: the pieces are too few to hold some out.
    """
    return Plan(
        train=(
            _rendition("BWV 772", -4, 0.99, seed=1000),
            _rendition("BWV 775", -4, 1.01, seed=1001),
            _rendition("BWV 846/1", +1, 0.98, seed=1002),
            _rendition("BWV 846/1", -5, 0.94, seed=1003),
            _rendition("BWV 847/1", -3, 0.99, seed=1004),
            _rendition("BWV 847/1", +3, 0.93, seed=1005),
            _rendition("BWV 924", -5, 0.95, seed=1006),
            _rendition("BWV 924", +6, 1.04, seed=1007),
            _rendition("BWV 939", -3, 1.00, seed=1008),
            _rendition("BWV 939", -4, 1.05, seed=1009),
            _rendition("BWV 939", +5, 1.04, seed=1010),
            _rendition("BWV 988", -1, 0.94, seed=1011),
            _rendition("BWV 988", -2, 0.93, seed=1012),
            _rendition("BWV 988", -4, 1.08, seed=1013),
            _rendition("BWV 999", +4, 1.02, seed=1014),
            _rendition("BWV 999", -3, 0.95, seed=1015),
        ),
        test=(
            _rendition("BWV 924", +5, 1.00, seed=2000),
            _rendition("BWV 924", +1, 1.02, seed=2001),
            _rendition("BWV 939", -2, 0.91, seed=2002),
            _rendition("BWV 939", -1, 0.99, seed=2003),
            _rendition("BWV 988", +4, 1.02, seed=2004),
            _rendition("BWV 999", -5, 0.95, seed=2005),
        ),
    )


def _rendition(catalogue_number: str, transposition: int, tempo_factor: float, *, seed: int) -> Rendition:
    (piece,) = (piece for piece in PIECES if piece.catalogue_number == catalogue_number)
    return Rendition(piece, transposition, tempo_factor, seed)
