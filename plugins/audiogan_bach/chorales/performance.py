"""A score as a pianist's keys: seconds, one strike a key at a time."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from audiogan_bach.chorales.score import Score, WrittenNote
from audiogan_bach.piano import Strike

_FERMATA = 1.5
"""How much longer a note under a fermata lasts."""
_MELODY, _ACCOMPANIMENT = 0.66, 0.53
_SHORTEST_S = 0.02


def perform(score: Score, *, tempo: float) -> tuple[Strike, ...]:
    """Plays ``score`` at ``tempo`` quarter notes a minute, the highest part a little louder; strikes by their onsets.

    Notes under fermatas last half as long again in all parts. Where two parts meet on one key it is struck once, or
    struck again where the second part comes later.
    """
    held = _merged([(note.onset, note.onset + note.length) for note in score.notes if note.fermata])

    def seconds(quarters: float) -> float:
        longer = sum(max(0.0, min(quarters, end) - start) for start, end in held)
        return (quarters + (_FERMATA - 1) * longer) * 60 / tempo

    by_key: dict[int, list[Strike]] = {}
    for note in score.notes:
        strike = _strike(note, seconds(note.onset), seconds(note.onset + note.length))
        by_key.setdefault(note.pitch, []).append(strike)
    played = [strike for key in by_key.values() for strike in _on_one_key(key)]
    return tuple(sorted(played, key=lambda strike: (strike.onset, strike.pitch)))


def _strike(note: WrittenNote, onset: float, damping: float) -> Strike:
    return Strike(note.pitch, onset, damping, _MELODY if note.part == 0 else _ACCOMPANIMENT)


def _on_one_key(strikes: Sequence[Strike]) -> list[Strike]:
    played: list[Strike] = []
    for strike in sorted(strikes, key=lambda strike: (strike.onset, strike.damping)):
        last = played[-1] if played else None
        if last is None or last.damping <= strike.onset:
            played.append(strike)
        elif strike.onset - last.onset < _SHORTEST_S:
            longer, louder = max(last.damping, strike.damping), max(last.velocity, strike.velocity)
            played[-1] = evolve(last, damping=longer, velocity=louder)
        else:
            played[-1] = evolve(last, damping=strike.onset)
            played.append(evolve(strike, damping=max(last.damping, strike.damping)))
    return played


def _merged(intervals: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
