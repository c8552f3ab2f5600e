"""Hearing every recording of a folder once: levels, clipping, silence, damage, duplicates."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import final

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from audiogan.audio import AudioHeader, decoded_blocks, read_header
from audiogan.data.processes import in_processes
from audiogan.data.recordings.listing import FoundFile
from audiogan.errors import DataError
from audiogan_data_tools.loudness import LoudnessMeter

SILENT_PEAK = 1e-3
"""A recording that stays below it, -60 dBFS, is called silent."""
CLIPPED_RUN = 3
"""So many samples in a row at the same full scale are called clipped: music may touch it, but does not stay."""

_FULL_SCALE = 1 - 2.0**-15
_TELL_EVERY_S = 5.0


@final
@frozen
class HeardRecording:
    """What a recording holds; levels are of full scale 1."""

    name: str
    header: AudioHeader
    peak: float
    loudness_lufs: float
    """Integrated loudness, ITU-R BS.1770-4; minus infinity for silence."""
    clipped_samples: int
    """Samples in runs of at least ``CLIPPED_RUN`` at the same full scale."""
    content: str
    """SHA-256 of the decoded samples and the rate: equal for a WAV file and its lossless copies."""

    @property
    def silent(self) -> bool:
        """Whether it stays below -60 dBFS."""
        return self.peak < SILENT_PEAK


@final
@frozen
class BrokenRecording:
    """A recording that cannot be heard to its end."""

    name: str
    fault: str


@final
@frozen
class HeardFolder:
    """Everything heard of, in the order in which the files were given."""

    heard: tuple[HeardRecording, ...]
    broken: tuple[BrokenRecording, ...]

    def duplicates(self) -> tuple[tuple[str, ...], ...]:
        """The names of recordings that hold the same samples, group by group."""
        groups: dict[str, list[str]] = defaultdict(list)
        for recording in self.heard:
            groups[recording.content].append(recording.name)
        return tuple(tuple(names) for names in groups.values() if len(names) > 1)

    def counted(self, key: Callable[[HeardRecording], object]) -> Mapping[str, int]:
        """How many recordings have each value of ``key``, the most frequent first."""
        counts: dict[str, int] = defaultdict(int)
        for recording in self.heard:
            counts[str(key(recording))] += 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def hear_folder(files: Sequence[FoundFile], *, jobs: int, tell: Callable[[str], None]) -> HeardFolder:
    """Decodes every file once, in ``jobs`` processes; each holds one block of one file in memory.

    ``tell`` receives a line every few seconds.
    """
    results: list[HeardRecording | BrokenRecording | None] = [None] * len(files)
    told = time.monotonic()
    for done, (number, result) in enumerate(in_processes(hear, files, jobs=jobs), start=1):
        results[number] = result
        if time.monotonic() - told > _TELL_EVERY_S:
            told = time.monotonic()
            tell(f"{done:,} of {len(files):,} recordings heard")
    return HeardFolder(
        tuple(result for result in results if isinstance(result, HeardRecording)),
        tuple(result for result in results if isinstance(result, BrokenRecording)),
    )


def hear(file: FoundFile) -> HeardRecording | BrokenRecording:
    """What one file holds, or why it cannot be heard."""
    try:
        return _hear(file)
    except DataError as error:
        return BrokenRecording(file.name, str(error))


def _hear(file: FoundFile) -> HeardRecording:
    header = read_header(file.path)
    meter = LoudnessMeter(header.sample_rate, header.channels)
    digest = sha256(f"{header.sample_rate} {header.channels}\n".encode())
    clipping = _ClippingCounter(header.channels)
    peak, length = 0.0, 0
    for block in decoded_blocks(file.path):
        if not np.isfinite(block).all():
            at = length + int(np.argmax(~np.isfinite(block).all(axis=0)))
            raise DataError(f"{file.path}: a sample at {at / header.sample_rate:.4f} s is not a finite number")
        peak = max(peak, float(np.abs(block).max()))
        meter.add(block)
        clipping.add(block)
        length += block.shape[1]
        digest.update(np.ascontiguousarray(block.T).astype("<f4").tobytes())
    return HeardRecording(
        file.name,
        evolve(header, length=length),
        peak,
        meter.integrated(),
        clipping.samples_when_done(),
        digest.hexdigest(),
    )


@final
class _ClippingCounter:
    """Counts samples in long enough runs at full scale, across the blocks that a recording comes in."""

    def __init__(self, channels: int) -> None:
        self._samples = 0
        self._open = [(0.0, 0)] * channels
        """For each channel the value at which a run stands at the end of the last block, and its length so far."""

    def add(self, block: NDArray[np.float32]) -> None:
        for channel, samples in enumerate(block):
            # Runs of equal values: where one begins, and its length.
            starts = np.flatnonzero(np.concatenate([[True], samples[1:] != samples[:-1]]))
            lengths = np.diff(np.append(starts, len(samples)))
            values = samples[starts]
            value, before = self._open[channel]
            if before and values[0] == value:
                lengths[0] += before
            else:
                self._count(value, before)
            full = (np.abs(values[:-1]) >= _FULL_SCALE) & (lengths[:-1] >= CLIPPED_RUN)
            self._samples += int(lengths[:-1][full].sum())
            self._open[channel] = (float(values[-1]), int(lengths[-1]))

    def samples_when_done(self) -> int:
        for value, length in self._open:
            self._count(value, length)
        return self._samples

    def _count(self, value: float, length: int) -> None:
        if abs(value) >= _FULL_SCALE and length >= CLIPPED_RUN:
            self._samples += length
