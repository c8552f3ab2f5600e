"""What goes into which shard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, final

import numpy as np
from attrs import asdict, frozen

from audiogan.data.compression import Compression
from audiogan.data.example_encoding import MOST_RECORD_BYTES
from audiogan.data.recordings.content import content_digests
from audiogan.data.recordings.places import all_places
from audiogan.data.recordings.recording import Recording
from audiogan.errors import DataError

_SAMPLE_BYTES = 4
_BESIDE_SAMPLES = 2**16
"""Bytes of a record that are left to names, at most."""


@final
@frozen
class PackOptions:
    """What clips are made of, and how they are stored."""

    sample_rate: int
    """In Hz, of the clips."""
    channels: int
    repeat_mono: bool
    clip_s: float | None
    """Seconds in a clip of a longer recording; ``None`` keeps recordings whole."""
    out_of_range: str
    """``"stop"`` or ``"clip"``, of floats stored outside [-1, 1]."""
    on_error: str
    """``"stop"`` or ``"skip"``, of damaged recordings."""
    compression: Compression
    shard_mib: int


@final
@frozen
class PlannedClip:
    """A stretch of a recording, in samples at the clips' rate."""

    recording: Recording
    label: str
    slice: int
    """The clip's number within its recording."""
    start: int
    stop: int


@final
@frozen
class PlannedShard:
    """A file to be written."""

    name: str
    clips: tuple[PlannedClip, ...]
    compression: Compression
    on_error: str

    @property
    def samples(self) -> int:
        """Of all its clips, each channel."""
        return sum(clip.stop - clip.start for clip in self.clips)


def plan_shards(
    split: str, recordings: Sequence[Recording], labels: Sequence[str], options: PackOptions
) -> tuple[PlannedShard, ...]:
    """The shards of one split, ``SPLIT-00000-of-00003.tfrecord`` and so on, of about ``shard_mib`` MiB each.

    Every recording is cut into clips of ``clip_s`` that hold each of its samples; the last one ends where the recording
    ends and so overlaps the one before. Recordings come in the order of a hash of their names: shards are alike.

    :raises DataError: a clip would be longer than a record can be.
    """
    order = sorted(range(len(recordings)), key=lambda number: sha256(_bytes(recordings[number].name)).digest())
    clips = [clip for number in order for clip in _clips(recordings[number], labels[number], options)]
    if not clips:
        return ()
    samples = sum(clip.stop - clip.start for clip in clips)
    count = min(len(clips), -(-samples * options.channels * _SAMPLE_BYTES // (options.shard_mib * 2**20)))
    groups: list[list[PlannedClip]] = [[] for _ in range(count)]
    before = 0
    for clip in clips:
        groups[min(before * count // samples, count - 1)].append(clip)
        before += clip.stop - clip.start
    held = [group for group in groups if group]
    return tuple(
        PlannedShard(
            f"{split}-{number:05}-of-{len(held):05}.tfrecord",
            tuple(group),
            options.compression,
            options.on_error,
        )
        for number, group in enumerate(held)
    )


def _bytes(name: str) -> bytes:
    # names of files need not be UTF-8
    return name.encode("utf-8", "surrogateescape")


def _clips(recording: Recording, label: str, options: PackOptions) -> list[PlannedClip]:
    length = recording.length
    clip_length = length if options.clip_s is None else max(1, round(options.clip_s * options.sample_rate))
    clip_bytes = min(length, clip_length) * options.channels * _SAMPLE_BYTES
    if clip_bytes > MOST_RECORD_BYTES - _BESIDE_SAMPLES:
        longest = (MOST_RECORD_BYTES - _BESIDE_SAMPLES) // (options.channels * _SAMPLE_BYTES * options.sample_rate)
        raise DataError(
            f"{recording.path}: makes a clip of {clip_bytes / 2**30:.1f} GiB, where a record holds at most 2; cut it "
            f"with --clip-seconds {longest} or less"
        )
    if length <= clip_length:
        return [PlannedClip(recording, label, 0, 0, length)]
    places = all_places([length], clip_length, hop=clip_length)
    fixed = np.random.default_rng(0)
    starts = [places.place(number, rng=fixed).start for number in range(len(places))]
    return [PlannedClip(recording, label, number, start, start + clip_length) for number, start in enumerate(starts)]


def plan_hash(shards: Sequence[PlannedShard], options: PackOptions) -> str:
    """A SHA-256 over what goes into the shards: recordings by name and content, stretches, labels, and the options.

    Where the recordings lie does not count. Their content is told as :func:`content_digest` tells it.

    :raises DataError: a recording cannot be read.
    """
    described: list[Any] = [asdict(options)]
    paths = sorted({clip.recording.path for shard in shards for clip in shard.clips})
    contents = dict(zip(paths, content_digests(paths), strict=True))
    for shard in shards:
        described.append(shard.name)
        for clip in shard.clips:
            described.append([clip.recording.name, contents[clip.recording.path]])
            described.append([clip.label, clip.slice, clip.start, clip.stop])
    return sha256(json.dumps(described).encode()).hexdigest()
