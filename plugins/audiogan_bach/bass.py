"""The label of a window: the pitch class of its bass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audiogan_bach.piano import Strike

PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
SILENT = -1
HOPS_A_SECOND = 64
_AFTERSOUND_S = 0.1


def hop_length(sample_rate: int) -> int:
    """Samples to one entry of a bass track: 250 at 16 kHz."""
    return sample_rate // HOPS_A_SECOND


def bass_track(strikes: Sequence[Strike], *, length: int, sample_rate: int) -> NDArray[np.int64]:
    """The pitch class of the lowest sounding note for every hop of a recording of ``length`` samples, ``[hops]``.

    The note is the lowest of those whose strings sound in the middle of the hop. Within 0.1 s after the last damper
    fell its note still counts, since it still rings; after that the hop is :data:`SILENT`. A hop that the recording
    ends within is an entry, too.
    """
    hop = hop_length(sample_rate)
    count = -(-length // hop)
    freely = _lowest(strikes, count, hop / sample_rate, after=0.0)
    ringing = _lowest(strikes, count, hop / sample_rate, after=_AFTERSOUND_S)
    lowest = np.where(freely < 128, freely, ringing)
    return np.where(lowest < 128, lowest % 12, SILENT)


def bass_shares(track: NDArray[np.int64], start: int, length: int, *, hop: int) -> NDArray[np.float64]:
    """The share of the samples ``start`` to ``start + length`` in which each pitch class is the bass, ``[12]``.

    ``track`` begins at sample 0; what lies beyond its end counts as silent.
    """
    first, end = start // hop, min(-(-(start + length) // hop), len(track))
    edges = np.clip(np.arange(first, end + 1) * hop, start, start + length)
    classes, samples = track[first:end], np.diff(edges)
    sounding = classes != SILENT
    return np.bincount(classes[sounding], weights=samples[sounding], minlength=12) / length


def _lowest(strikes: Sequence[Strike], count: int, hop_s: float, *, after: float) -> NDArray[np.int64]:
    lowest = np.full(count, 128)
    for strike in strikes:
        first = max(int(np.ceil(strike.onset / hop_s - 0.5)), 0)
        end = int(np.ceil((strike.damping + after) / hop_s - 0.5))
        lowest[first:end] = np.minimum(lowest[first:end], strike.pitch)
    return lowest
