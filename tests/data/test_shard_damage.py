"""Every kind of damage to a shard ends in a DataError that says where, and in nothing else."""

import struct
import tracemalloc
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan.data.framing import frame, masked_crc
from audiogan.data.shard import Shard, open_shard
from audiogan.data.shard_index import index_path
from audiogan.data.shard_writer import write_shard
from audiogan.errors import DataError

RECORDS = (b"first record", b"", b"third")


def framed(records: Iterable[bytes]) -> bytes:
    return b"".join(chain.from_iterable(map(frame, records)))


STORED = framed(RECORDS)
ENDS = (28, 44, 65)
BOUNDARIES = (0, *ENDS)


def read_all(path: Path) -> list[bytes]:
    shard = open_shard(path)
    return [bytes(shard.read(number)) for number in range(len(shard))]


def place_of(byte: int) -> str:
    number = next(number for number, end in enumerate(ENDS) if byte < end)
    return f"record {number} at byte {BOUNDARIES[number]}"


def test_the_undamaged_file_reads(tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(STORED)
    assert read_all(path) == list(RECORDS)


@pytest.mark.parametrize("bit", [0, 3, 7])
def test_every_flipped_bit_is_noticed_where_it_is(tmp_path: Path, bit: int) -> None:
    path = tmp_path / "a"
    for byte in range(len(STORED)):
        damaged = bytearray(STORED)
        damaged[byte] ^= 1 << bit
        path.write_bytes(damaged)
        with pytest.raises(DataError) as caught:
            read_all(path)
        assert f"{path}, {place_of(byte)}: " in str(caught.value)


def test_every_truncation_within_a_record_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for length in set(range(len(STORED))) - set(BOUNDARIES):
        path.write_bytes(STORED[:length])
        with pytest.raises(DataError) as caught:
            read_all(path)
        assert f"{path}, {place_of(length)}: " in str(caught.value)
        assert "cut off, copy it again" in str(caught.value)


@pytest.mark.parametrize("length", BOUNDARIES[:-1])
def test_truncation_between_records_is_noticed_by_the_index(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a"
    write_shard(path, RECORDS)
    path.write_bytes(STORED[:length])
    kept = BOUNDARIES.index(length)
    with pytest.raises(DataError, match=rf"a: holds {kept} records in {length} bytes, but a\.index .* 3 records in 65"):
        open_shard(path)
    index_path(path).unlink()
    assert read_all(path) == list(RECORDS[:kept])


@pytest.mark.parametrize("trailing", [b"\n", b"\x00" * 12, b"\x00" * 40])
def test_trailing_bytes_are_noticed(tmp_path: Path, trailing: bytes) -> None:
    (path := tmp_path / "a").write_bytes(STORED + trailing)
    with pytest.raises(DataError, match="record 3 at byte 65: "):
        open_shard(path)


@pytest.mark.parametrize("length", [2**63 - 1, 2**64 - 1, 2**40, 50])
def test_a_length_beyond_the_file_allocates_nothing(tmp_path: Path, length: int) -> None:
    header = struct.pack("<Q", length)
    (path := tmp_path / "a").write_bytes(header + struct.pack("<I", masked_crc(header)) + b"x" * 53)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=f"record 0 at byte 0: the record claims {length} bytes where 49 are left"):
            open_shard(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_shrinks_or_goes_while_in_use(tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(STORED)
    shard = open_shard(path)
    path.write_bytes(STORED[:60])
    with pytest.raises(DataError, match="record 2 at byte 44: the file was cut off while it was in use"):
        shard.read(2)
    path.write_bytes(framed((b"FIRST record", b"", b"third")))
    with pytest.raises(DataError, match=r"record 0 at byte 0: .* or the file was changed while it was in use"):
        shard.read(0)
    path.unlink()
    with pytest.raises(DataError, match=r"record 0 at byte 0: cannot be read \(No such file or directory\)"):
        shard.read(0)


def test_a_missing_file_or_a_folder_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(DataError, match=f"{path}: cannot be read"):
            open_shard(path)


@pytest.mark.parametrize("index", [b"0 28\nrubbish\n", b"0\n", b"\xff\xfe\n", b"0 28 3\n"])
def test_a_file_that_is_no_index(tmp_path: Path, index: bytes) -> None:
    (path := tmp_path / "a").write_bytes(STORED)
    index_path(path).write_bytes(index)
    with pytest.raises(DataError, match=r"a\.index: line \d is not 'offset length'; delete the index"):
        open_shard(path)


@given(st.binary(max_size=80) | st.lists(st.binary(max_size=20)).map(framed))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_records_or_a_data_error(tmp_path_factory: pytest.TempPathFactory, stored: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-bytes"
    path.write_bytes(stored)
    try:
        shard = open_shard(path)
        records = [bytes(shard.read(number)) for number in range(len(shard))]
    except DataError:
        return
    assert isinstance(shard, Shard)
    assert framed(records) == stored
