"""Framing, writing and reading back; the damage has its own file."""

import pickle
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from audiogan.data.framing import FRAME_BYTES, frame
from audiogan.data.shard import open_shard
from audiogan.data.shard_index import index_path
from audiogan.data.shard_writer import write_shard
from audiogan.errors import DataError

GOLDEN = Path(__file__).parents[1] / "golden" / "tfrecord"
RECORDS = [b"first", b"", b"\x00" * 300, bytes(range(256))]


def test_framing_a_record_again_gives_the_bytes_tensorflow_wrote() -> None:
    for path in sorted(GOLDEN.glob("*.tfrecord")):
        shard = open_shard(path)
        records = (shard.read(number) for number in range(len(shard)))
        assert b"".join(chain.from_iterable(map(frame, records))) == path.read_bytes()


def test_golden_shards_hold_six_and_five_records() -> None:
    assert [len(open_shard(path)) for path in sorted(GOLDEN.glob("*.tfrecord"))] == [6, 5]


def test_records_come_back_in_any_order_and_from_a_pickled_shard(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "a.tfrecord"
    assert write_shard(path, iter(RECORDS)) == 4
    shard = pickle.loads(pickle.dumps(open_shard(path)))
    assert [shard.read(number) for number in (3, 0, 2, 1)] == [RECORDS[number] for number in (3, 0, 2, 1)]
    assert shard.offsets.tolist() == [0, 5 + FRAME_BYTES, 5 + 2 * FRAME_BYTES, 305 + 3 * FRAME_BYTES]
    assert str(shard.place(1)) == f"{path}, record 1 at byte 21"


def test_the_index_is_the_tfrecord_packages(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecord"
    write_shard(path, RECORDS)
    assert index_path(path).read_text() == "0 21\n21 16\n37 316\n353 272\n"


def test_a_shard_without_records_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecord"
    assert write_shard(path, []) == 0
    assert len(open_shard(path)) == 0


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecord"
    write_shard(path, RECORDS)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def stop_half_way() -> Iterator[bytes]:
        yield b"one"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_shard(path, stop_half_way())
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_writing_over_a_shard_replaces_its_index(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecord"
    write_shard(path, RECORDS)
    write_shard(path, RECORDS[:1])
    assert len(open_shard(path)) == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"file/a\.tfrecord: cannot be written .*choose a folder"):
        write_shard(tmp_path / "file" / "a.tfrecord", RECORDS)
