"""Shards compressed as gzip files or zlib streams: reading, writing, caching and every kind of damage."""

import gzip
import os
import re
import zlib
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan.data import compression as compression_module
from audiogan.data.compression import Compression, detect_compression
from audiogan.data.framing import FRAME_BYTES, frame
from audiogan.data.shard import open_shard, survey_shard
from audiogan.data.shard_index import index_path
from audiogan.data.shard_writer import write_shard
from audiogan.errors import DamagedDataError, DataError

RECORDS = [b"first", b"", bytes(range(256)) * 40, np.random.default_rng(0).bytes(5000)]
STORED = b"".join(chain.from_iterable(map(frame, RECORDS)))
BOTH: tuple[Compression, ...] = ("gzip", "zlib")


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(folder))
    return folder


def compressed(stored: bytes, compression: str) -> bytes:
    return gzip.compress(stored, mtime=0) if compression == "gzip" else zlib.compress(stored)


def read_all(path: Path) -> list[bytes]:
    shard = open_shard(path)
    return [bytes(shard.read(number)) for number in range(len(shard))]


@pytest.mark.parametrize("compression", BOTH)
def test_what_other_programs_compress_is_recognised_and_read(tmp_path: Path, compression: Compression) -> None:
    (path := tmp_path / "a").write_bytes(compressed(STORED, compression))
    shard = open_shard(path)
    assert [shard.read(number) for number in (3, 0, 2, 1)] == [RECORDS[number] for number in (3, 0, 2, 1)]
    assert str(shard.place(1)) == f"{path}, record 1 at byte {FRAME_BYTES + 5} of the decompressed data"


@pytest.mark.parametrize(("compression", "bits"), [("gzip", 31), ("zlib", 15)])
def test_what_is_written_decompresses_to_the_frames(tmp_path: Path, compression: Compression, bits: int) -> None:
    path = tmp_path / "new folder" / "a"
    assert write_shard(path, RECORDS, compression=compression) == 4
    content = path.read_bytes()
    assert zlib.decompress(content, wbits=bits) == STORED
    assert not index_path(path).exists()
    assert read_all(path) == RECORDS
    write_shard(path, RECORDS, compression=compression)
    assert path.read_bytes() == content


def test_the_index_of_a_file_that_is_replaced_by_a_compressed_one_goes(tmp_path: Path) -> None:
    write_shard(tmp_path / "a", RECORDS[:1])
    write_shard(tmp_path / "a", RECORDS, compression="gzip")
    assert read_all(tmp_path / "a") == RECORDS


def test_a_frame_proves_itself_even_where_it_begins_like_a_zlib_stream() -> None:
    like_zlib = b"".join(frame(b"x" * 0x9C78))
    assert like_zlib.startswith(zlib.compress(b"")[:2])
    assert detect_compression(like_zlib) == "none"
    assert detect_compression(zlib.compress(STORED)) == "zlib"
    assert detect_compression(gzip.compress(STORED)) == "gzip"
    assert detect_compression(b"") == detect_compression(b"x") == "none"


def test_the_option_overrules_the_first_bytes(tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(compressed(STORED, "gzip"))
    with pytest.raises(DataError, match="record 0 at byte 0: the length does not match its checksum"):
        open_shard(path, compression="none")
    with pytest.raises(DataError, match=r"at byte 0 of the decompressed data: .* \(incorrect header check\)"):
        open_shard(path, compression="zlib")


@pytest.mark.parametrize("padding", [b"", bytes(700)])
def test_several_gzip_streams_and_padding_are_one_file(tmp_path: Path, padding: bytes) -> None:
    parts = (STORED[:100], STORED[100:300], STORED[300:])
    (path := tmp_path / "a").write_bytes(b"".join(gzip.compress(part) for part in parts) + padding)
    assert read_all(path) == RECORDS


def test_it_is_decompressed_once_whatever_its_name(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(compressed(STORED, "gzip"))
    first = open_shard(tmp_path / "a")
    assert cache in first.stored.parents

    def fail(*_: object) -> None:
        raise AssertionError("decompressed again")

    monkeypatch.setattr(compression_module, "_decompress", fail)
    assert open_shard(tmp_path / "b").stored == first.stored
    (tmp_path / "a").write_bytes(compressed(STORED, "zlib"))
    with pytest.raises(AssertionError, match="decompressed again"):
        open_shard(tmp_path / "a")


@pytest.mark.parametrize("spoil", ["shorten", "delete", "no contents", "bad contents"])
def test_a_spoilt_copy_is_made_anew(tmp_path: Path, cache: Path, spoil: str) -> None:
    (path := tmp_path / "a").write_bytes(compressed(STORED, "gzip"))
    copy = open_shard(path).stored
    if spoil == "shorten":
        os.truncate(copy, 20)
    elif spoil == "delete":
        copy.unlink()
    elif spoil == "no contents":
        copy.with_suffix(".json").unlink()
    else:
        copy.with_suffix(".json").write_text('{"size": "many"}')
    assert read_all(path) == RECORDS


def test_a_copy_that_goes_while_in_use_is_named(tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(compressed(STORED, "gzip"))
    shard = open_shard(path)
    shard.stored.unlink()
    with pytest.raises(DataError, match=f"{path}, record 0 .*cannot be read .*its decompressed copy {shard.stored}"):
        shard.read(0)


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path / "file"))
    (path := tmp_path / "a").write_bytes(compressed(STORED, "gzip"))
    with pytest.raises(DataError, match=r"file/decompressed-shards/.*cannot be written"):
        open_shard(path)


@pytest.mark.parametrize("compression", BOTH)
def test_a_file_cut_off_keeps_the_records_before_and_says_where(tmp_path: Path, compression: Compression) -> None:
    whole = compressed(STORED, compression)
    path = tmp_path / "a"
    for length in [*range(20, len(whole), 397), len(whole) - 1]:
        path.write_bytes(whole[:length])
        shard = survey_shard(path)
        assert shard.fault is not None
        found = re.fullmatch(
            rf"{path}, record (\d) at byte (\d+) of the decompressed data: decompression fails at byte {length} of the "
            r"compressed file \(the compressed data end before their end mark\); what follows is lost, copy .*",
            shard.fault,
        )
        assert found is not None
        assert (int(found[1]), int(found[2])) == (len(shard), sum(len(r) + FRAME_BYTES for r in RECORDS[: len(shard)]))
        assert [shard.read(number) for number in range(len(shard))] == RECORDS[: len(shard)]
        with pytest.raises(DamagedDataError) as caught:
            open_shard(path)
        assert str(caught.value) == shard.fault
    assert len(shard) == 4


@pytest.mark.parametrize("compression", BOTH)
def test_all_before_a_wrong_byte_is_saved(tmp_path: Path, compression: Compression) -> None:
    # stored blocks, so that the byte that is wrong is known: the second block's header
    compressor = zlib.compressobj(level=0, wbits=31 if compression == "gzip" else 15)
    noise = np.random.default_rng(1).bytes(200_000)
    whole = bytearray(compressor.compress(b"".join((*frame(b"sound"), *frame(noise)))) + compressor.flush())
    at = whole.index(noise[-3000:]) - 100_000
    del whole[at : at + 70_000]
    (path := tmp_path / "a").write_bytes(whole)
    shard = survey_shard(path)
    assert [shard.read(number) for number in range(len(shard))] == [b"sound"]
    assert shard.fault is not None
    assert "record 1 at byte 21 of the decompressed data: decompression fails at byte " in shard.fault
    assert shard.stored.stat().st_size > 21
    assert survey_shard(path).fault == shard.fault


def test_a_wrong_length_within_the_decompressed_data(tmp_path: Path) -> None:
    damaged = bytearray(STORED)
    damaged[22] ^= 1
    (path := tmp_path / "a").write_bytes(gzip.compress(damaged))
    with pytest.raises(
        DamagedDataError, match="record 1 at byte 21 of the decompressed data: the length does not match its checksum"
    ):
        open_shard(path)


def test_wrong_data_within_the_decompressed_data(tmp_path: Path) -> None:
    damaged = bytearray(STORED)
    damaged[13] ^= 1
    (path := tmp_path / "a").write_bytes(gzip.compress(damaged))
    shard = open_shard(path)
    with pytest.raises(DamagedDataError, match="record 0 at byte 0 of the decompressed data: the data do not match"):
        shard.read(0)
    assert shard.read(3) == RECORDS[3]


def test_what_expands_a_thousandfold_stays_on_the_disk(tmp_path: Path) -> None:
    zeros = b"".join(frame(bytes(40_000_000)))
    (path := tmp_path / "a").write_bytes(gzip.compress(zeros, compresslevel=1))
    shard = open_shard(path)
    assert shard.stored.stat().st_size == len(zeros)
    assert shard.lengths.tolist() == [40_000_000]


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=4), st.sampled_from(BOTH))
@settings(max_examples=40, deadline=None)
def test_any_damage_gives_the_records_or_a_data_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, put: bytes, compression: Compression
) -> None:
    stored = bytearray(compressed(STORED, compression))
    at %= len(stored)
    stored[at : at + len(put)] = put
    path = tmp_path_factory.getbasetemp() / "any-damage"
    path.write_bytes(stored)
    shard = survey_shard(path, compression=compression)
    for number in range(len(shard)):
        try:
            assert shard.read(number) == RECORDS[number]
        except DamagedDataError as damage:
            assert f"record {number} at byte {shard.offsets[number]} of the decompressed data" in str(damage)  # noqa: PT017 - either outcome is right
    assert len(shard) == len(RECORDS) or shard.fault is not None
