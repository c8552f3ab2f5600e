"""A score as a pianist's keys: seconds, one strike a key at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from attrs import evolve, frozen

from audiogan_bach.chorales.score import Score, WrittenNote

_FERMATA = 1.5
"""How much longer a note under a fermata lasts."""
_MELODY, _ACCOMPANIMENT = 84, 68
_SHORTEST_S = 0.02
_AFTERSOUND_S = 1.0


@final
@frozen
class Strike:
    """A key, held from ``onset`` to ``release``, both in seconds."""

    onset: float
    release: float
    pitch: int
    velocity: int
    """From 1 to 127."""


@final
@frozen
class Performance:
    """Strikes in the order of their onsets; those of one key do not overlap."""

    strikes: tuple[Strike, ...]

    @property
    def duration_s(self) -> float:
        """To the end of the last note's sound."""
        return max(strike.release for strike in self.strikes) + _AFTERSOUND_S


def perform(score: Score, *, tempo: float) -> Performance:
    """Plays ``score`` at ``tempo`` quarter notes a minute, the highest part a little louder.

    Notes under fermatas last half as long again in all parts. Where two parts meet on one key it is struck once, or
    struck again where the second part comes later.
    """
    held = _merged([(note.onset, note.onset + note.length) for note in score.notes if note.fermata])

    def seconds(quarters: float) -> float:
        longer = sum(max(0.0, min(quarters, end) - start) for start, end in held)
        return (quarters + (_FERMATA - 1) * longer) * 60 / tempo

    strikes = [_strike(note, seconds(note.onset), seconds(note.onset + note.length)) for note in score.notes]
    by_key: dict[int, list[Strike]] = {}
    for strike in strikes:
        by_key.setdefault(strike.pitch, []).append(strike)
    played = [strike for key in by_key.values() for strike in _on_one_key(key)]
    return Performance(tuple(sorted(played, key=lambda strike: (strike.onset, strike.pitch))))


def _strike(note: WrittenNote, onset: float, release: float) -> Strike:
    return Strike(onset, release, note.pitch, _MELODY if note.part == 0 else _ACCOMPANIMENT)


def _on_one_key(strikes: Sequence[Strike]) -> list[Strike]:
    played: list[Strike] = []
    for strike in sorted(strikes, key=lambda strike: (strike.onset, strike.release)):
        last = played[-1] if played else None
        if last is None or last.release <= strike.onset:
            played.append(strike)
        elif strike.onset - last.onset < _SHORTEST_S:
            played[-1] = evolve(
                last, release=max(last.release, strike.release), velocity=max(last.velocity, strike.velocity)
            )
        else:
            played[-1] = evolve(last, release=strike.onset)
            played.append(evolve(strike, release=max(last.release, strike.release)))
    return played


def _merged(intervals: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
