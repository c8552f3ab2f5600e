"""Reading every record of TFRecord files once: features, counts, faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import final

from attrs import field, frozen

from audiogan.data.example import Example, decode_example
from audiogan.data.shard import Shard, survey_shard
from audiogan.errors import DataError

_TELL_EVERY_S = 5.0


@final
@frozen
class FeatureSummary:
    """A feature of one name and kind over all records."""

    kind: str
    """``"float"``, ``"int64"``, ``"bytes"``, or ``"empty"``."""
    records: int
    shortest: int
    """Values in the shortest list, or bytes in the shortest string."""
    longest: int

    def joined(self, length: int) -> FeatureSummary:
        """With one more record, whose list has ``length`` values."""
        return FeatureSummary(self.kind, self.records + 1, min(self.shortest, length), max(self.longest, length))


@final
@frozen
class InspectedShard:
    """A TFRecord file."""

    path: Path
    records: int
    """Sound and damaged ones, as far as the frames can be followed."""
    faults: tuple[str, ...]
    """One line each, with file, record and byte offset."""


@final
@frozen
class InspectedRecords:
    """Several TFRecord files."""

    shards: tuple[InspectedShard, ...]
    features: Mapping[tuple[str, str], FeatureSummary] = field(factory=dict)
    """By name and kind."""

    @property
    def records(self) -> int:
        """Of all files."""
        return sum(shard.records for shard in self.shards)

    def faults(self) -> tuple[str, ...]:
        """Of all files, in order."""
        return tuple(fault for shard in self.shards for fault in shard.faults)


def inspect_records(paths: Sequence[Path], *, tell: Callable[[str], None]) -> InspectedRecords:
    """Reads every record of the files and compares it with its checksum; damage is noted and passed over.

    ``tell`` receives a line every few seconds.

    :raises DataError: a file cannot be opened.
    """
    features: dict[tuple[str, str], FeatureSummary] = {}
    shards: list[InspectedShard] = []
    done, told = 0, time.monotonic()
    for path in paths:
        shard = survey_shard(path)
        faults: list[str] = []
        for number in range(len(shard)):
            fault = _inspect_record(shard, number, features)
            if fault is not None:
                faults.append(fault)
            done += 1
            if time.monotonic() - told > _TELL_EVERY_S:
                told = time.monotonic()
                tell(f"{done:,} records read, now in {path}")
        if shard.fault is not None:
            faults.append(shard.fault)
        shards.append(InspectedShard(path, len(shard), tuple(faults)))
    return InspectedRecords(tuple(shards), dict(sorted(features.items())))


def _inspect_record(shard: Shard, number: int, features: dict[tuple[str, str], FeatureSummary]) -> str | None:
    try:
        example = decode_example(shard.read(number), shard.place(number))
    except DataError as error:
        return str(error)
    for name in sorted(example.features):
        kind, length = example.kind(name), _length(example, name)
        summary = features.get((name, kind), FeatureSummary(kind, 0, length, length))
        features[name, kind] = summary.joined(length)
    return None


def _length(example: Example, name: str) -> int:
    kind = example.kind(name)
    if kind == "float":
        return len(example.floats(name))
    if kind == "int64":
        return len(example.integers(name))
    return len(example.byte_string(name)) if kind == "bytes" else 0
