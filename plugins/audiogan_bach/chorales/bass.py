"""The label of a clip: the pitch class of its bass."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from audiogan_bach.chorales.performance import Strike

PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
UNLABELLED = ""


def bass_label(strikes: Sequence[Strike], start: float, stop: float) -> str:
    """The pitch class that is the lowest held one for most of the time from ``start`` to ``stop``, in seconds.

    :data:`UNLABELLED` where no key is held; the lower of two that share the time equally.
    """
    within = [strike for strike in strikes if strike.onset < stop and strike.release > start]
    edges = sorted({start, stop, *(time for strike in within for time in (strike.onset, strike.release))})
    edges = [edge for edge in edges if start <= edge <= stop]
    held = [0.0] * len(PITCH_CLASSES)
    for left, right in pairwise(edges):
        sounding = [strike.pitch for strike in within if strike.onset <= left and strike.release >= right]
        if sounding:
            held[min(sounding) % len(PITCH_CLASSES)] += right - left
    longest = max(held)
    return PITCH_CLASSES[held.index(longest)] if longest > 0 else UNLABELLED
