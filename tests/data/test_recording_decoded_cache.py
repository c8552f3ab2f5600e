"""Lossy recordings are decoded once, into a cache that is shared and bounded."""

from __future__ import annotations

import logging
import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest

from audiogan.audio import AudioDecoder
from audiogan.data import find_recordings, read_headers
from audiogan.data.recordings import decoded_cache
from audiogan.errors import DamagedDataError, DataError
from tests.audio.sound_files import decoded, sound, write_sound

LENGTH = 20_000
FILE_BYTES = 4 * LENGTH
GB = 1e9


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "decoded"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, name in enumerate(("a.mp3", "a.ogg", "a.opus", "a.wav")):
        write_sound(tmp_path / "in" / name, sound(1, LENGTH, seed=number), 48_000)
    return tmp_path / "in"


def samples_in(cache: Path) -> set[Path]:
    return set(cache.glob("*.w64"))


def test_recordings_are_decoded_once_and_read_exactly(
    folder: Path, cache: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "copy.mp3").write_bytes((folder / "a.mp3").read_bytes())
    files = find_recordings([str(folder)])
    with caplog.at_level(logging.INFO, logger="audiogan"):
        headers = read_headers(files)
    (message,) = [message for message in caplog.messages if "decoding" in message]
    assert message.startswith("decoding 3 recordings once")
    assert message.endswith(f"0.00 GB in {cache}")
    assert (len(headers.known), headers.damaged, len(samples_in(cache))) == (5, (), 3)
    decoder = AudioDecoder()
    for known in headers.known:
        assert known.header.length == LENGTH
        assert (known.header.decoded is None) == (known.file.name == "a.wav")
        whole = decoded(known.file.path)
        np.testing.assert_array_equal(decoder.read(known.file.path, known.header, 777, 9000), whole[:, 777:9000])
    monkeypatch.setattr(decoded_cache, "decode_whole", None)
    assert read_headers(files) == headers


def test_what_was_used_least_recently_goes_and_is_decoded_again_when_it_is_read(folder: Path, cache: Path) -> None:
    bound = 2.5 * FILE_BYTES / GB
    first = read_headers(find_recordings([str(folder / "a.mp3"), str(folder / "a.ogg")]), cache_gb=bound)
    paths = [known.header.decoded for known in first.known]
    assert paths[0] is not None
    assert paths[1] is not None
    os.utime(paths[1], ns=(0, 0))
    read_headers(find_recordings([str(folder / "a.opus")]), cache_gb=bound)
    assert samples_in(cache) >= {paths[0]}
    assert paths[1] not in samples_in(cache)
    known = first.known[1]
    found = AudioDecoder().read(known.file.path, known.header, 100, 5000)
    np.testing.assert_array_equal(found, decoded(known.file.path)[:, 100:5000])


def test_recordings_that_take_more_than_the_bound_are_refused_before_they_are_decoded(
    folder: Path, cache: Path
) -> None:
    with pytest.raises(DataError, match=r"more than decoded_cache_gb = 0\.0002 allows; raise it") as raised:
        read_headers(find_recordings([str(folder)]), cache_gb=0.0002)
    assert not isinstance(raised.value, DamagedDataError)
    assert samples_in(cache) == set()


def test_damaged_recordings_are_named_each_by_its_own_name(folder: Path, cache: Path) -> None:
    content = (folder / "a.ogg").read_bytes()
    for name in ("x.ogg", "y.ogg"):
        (folder / name).write_bytes(content[: len(content) // 2])
    headers = read_headers(find_recordings([str(folder)]))
    assert len(headers.known) == 4
    assert [str(damage).partition(": ")[0] for damage in headers.damaged] == [
        str(folder / "x.ogg"),
        str(folder / "y.ogg"),
    ]
    assert len(list(cache.iterdir())) == 3 + 1  # and the lock


def _read(folder: str) -> list[int]:
    return [known.header.length for known in read_headers(find_recordings([folder])).known]


def test_processes_share_the_cache(folder: Path, cache: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(_read, [str(folder)] * 2) == [[LENGTH] * 4] * 2
    assert len(samples_in(cache)) == 3
