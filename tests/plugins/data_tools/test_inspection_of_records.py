"""What an inspection finds in TFRecord files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from audiogan.data.clips import Clip, write_clips
from audiogan_data_tools.inspection.records import FeatureSummary, InspectedRecords, inspect_records


def inspected(*paths: Path) -> InspectedRecords:
    return inspect_records(paths, tell=lambda line: None)


def shard(path: Path, lengths: list[int]) -> list[int]:
    """Writes clips of these lengths and returns where each record's frame begins."""
    write_clips(
        path, [Clip(f"r{n}", np.full(length, 0.25, np.float32), "ab"[n % 2]) for n, length in enumerate(lengths)]
    )
    index = path.with_name(path.name + ".index").read_text().splitlines()
    return [int(line.split()[0]) for line in index]


def test_features_are_counted_with_their_lengths(tmp_path: Path) -> None:
    shard(tmp_path / "a.tfrecord", [10, 30])
    shard(tmp_path / "b.tfrecord", [20])
    found = inspected(tmp_path / "a.tfrecord", tmp_path / "b.tfrecord")
    assert found.records == 3
    assert found.features == {
        ("id", "bytes"): FeatureSummary("bytes", 3, 2, 2),
        ("label", "bytes"): FeatureSummary("bytes", 3, 1, 1),
        ("samples", "float"): FeatureSummary("float", 3, 10, 30),
        ("slice", "int64"): FeatureSummary("int64", 3, 1, 1),
    }
    assert found.faults() == ()


def test_each_damaged_record_is_told_with_its_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecord"
    offsets = shard(path, [100] * 5)
    content = bytearray(path.read_bytes())
    for number in (1, 3):
        content[offsets[number] + 40] ^= 0xFF
    path.write_bytes(content)
    found = inspected(path)
    assert found.shards[0].records == 5
    assert found.features["samples", "float"].records == 3
    assert [fault.split(":")[0] for fault in found.faults()] == [
        f"{path}, record {number} at byte {offsets[number]}" for number in (1, 3)
    ]


def test_what_lies_behind_a_broken_length_is_lost_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecord"
    offsets = shard(path, [100] * 4)
    content = bytearray(path.read_bytes())
    content[offsets[2]] ^= 0xFF
    path.write_bytes(content)
    found = inspected(path)
    assert found.shards[0].records == 2
    (fault,) = found.faults()
    assert f"record 2 at byte {offsets[2]}" in fault
    assert "lost" in fault
