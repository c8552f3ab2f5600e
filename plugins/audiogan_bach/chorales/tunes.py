"""Which chorales are settings of one tune, so that none of them tells of another that is held out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import pairwise

_SHARED_NOTES = 13
"""Tunes of their own begin to share runs of 12 notes, which would make a third of the corpus one."""
_HELD_OUT_ONE_IN = 10

RULE = (
    f"one in {_HELD_OUT_ONE_IN}, settings of a tune together: of one title, or sharing {_SHARED_NOTES} successive notes"
)
"""How chorales are held out, for those who compare collections."""


def same_tunes(titles: Sequence[str], sopranos: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """For each chorale the number of the first one that is taken for a setting of the same tune, its own if none is.

    Two are where their titles have the same letters, doubled ones counting once, since titles are spelt in several
    ways; where 13 successive notes of their sopranos ``[length]``, in MIDI's numbers, are the same but for
    transposition; and where both are settings of the tune of a third.
    """
    first_with: dict[object, int] = {}
    before = list(range(len(titles)))
    for number, (title, soprano) in enumerate(zip(titles, sopranos, strict=True)):
        for trait in _traits(title, soprano):
            one, other = sorted(_first(before, each) for each in (number, first_with.setdefault(trait, number)))
            before[other] = one
    return tuple(_first(before, number) for number in range(len(titles)))


def held_out_tunes(tune_of: Sequence[str]) -> frozenset[str]:
    """The tunes to hold out, given the name of the tune of each chorale.

    They come in the order of a hash of their names, until a tenth of the chorales is reached.
    """
    settings = Counter(tune_of)
    held_out: set[str] = set()
    count = 0
    for tune in sorted(settings, key=lambda tune: sha256(tune.encode()).digest()):
        if count * _HELD_OUT_ONE_IN >= len(tune_of):
            break
        held_out.add(tune)
        count += settings[tune]
    return frozenset(held_out)


def _traits(title: str, soprano: Sequence[int]) -> Iterator[object]:
    yield re.sub(r"(.)\1+", r"\1", "".join(filter(str.isalpha, title.casefold())))
    steps = tuple(second - first for first, second in pairwise(soprano))
    length = _SHARED_NOTES - 1
    for start in range(len(steps) - length + 1):
        yield steps[start : start + length]


def _first(before: Sequence[int], number: int) -> int:
    while before[number] != number:
        number = before[number]
    return number
