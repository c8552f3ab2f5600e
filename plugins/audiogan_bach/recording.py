"""What is played at the piano as samples, cut into clips that know their bass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.data.clips import Clip
from audiogan_bach.bass import HOPS_A_SECOND, PITCH_CLASSES, SILENT, bass_shares, bass_track, hop_length
from audiogan_bach.piano import Strike, play
from audiogan_bach.rendition import Rendition

PEAK = 0.9
"""Each recording is scaled so that its loudest sample is this."""

FULL_SCALE = 32768

BASS_FEATURE = "bass_pitch_class"
"""The feature of a clip's record that holds its bass track, one entry a hop."""

_SHORTEST_CLIP_HOPS = HOPS_A_SECOND * 3 // 2


@final
@frozen(eq=False)
class Recording:
    """Samples ``[length]``, float32 with the values of 16-bit PCM, and the bass track ``[hops]``."""

    name: str
    samples: NDArray[np.float32]
    bass: NDArray[np.int64]


def record(rendition: Rendition, *, sample_rate: int) -> Recording:
    """A rendition at the piano, the same at every call; see :func:`~audiogan_bach.piano.play`."""
    rng = np.random.default_rng([rendition.seed, 1])
    return record_strikes(rendition.name, rendition.strikes(), sample_rate=sample_rate, rng=rng)


def record_strikes(name: str, strikes: Sequence[Strike], *, sample_rate: int, rng: np.random.Generator) -> Recording:
    """Strikes at the piano, scaled to :data:`PEAK` and rounded to 16 bits."""
    played = play(strikes, sample_rate=sample_rate, rng=rng)
    scaled = played * np.float32(PEAK / np.abs(played).max())
    pcm = np.round(scaled * FULL_SCALE) / np.float32(FULL_SCALE)
    track = bass_track(strikes, length=len(pcm), sample_rate=sample_rate)
    return Recording(name, pcm.astype(np.float32), track)


def clip_hops(window_length: int, *, sample_rate: int) -> int:
    """The length of a clip in hops of the bass track: 1.5 s, or more where a window needs it."""
    return max(_SHORTEST_CLIP_HOPS, -(-window_length // hop_length(sample_rate)))


def cut_clips(recording: Recording, *, hops: int, sample_rate: int) -> Iterator[Clip]:
    """The recording in consecutive clips of ``hops`` bass hops each.

    What is left at the end is dropped, and so is a clip with a silent hop, so that every window of every length has a
    bass. A clip's label is the pitch class that is the bass for most of it.
    """
    hop = hop_length(sample_rate)
    length = hops * hop
    for number in range(len(recording.samples) // length):
        bass = recording.bass[number * hops : (number + 1) * hops]
        if np.all(bass != SILENT):
            yield Clip(
                id=recording.name,
                samples=recording.samples[number * length : (number + 1) * length],
                label=PITCH_CLASSES[int(np.argmax(bass_shares(bass, 0, length, hop=hop)))],
                slice=number,
                integer_features={BASS_FEATURE: bass},
            )
