"""Digests of recordings: of every byte, and never those of a file that has changed since."""

from __future__ import annotations

import logging
import os
from hashlib import sha256
from pathlib import Path

import pytest

from audiogan.data.recordings import content
from audiogan.data.recordings.content import content_digest, content_digests, warn_of_copies
from audiogan.errors import DataError
from audiogan.files import read_json

HOUR_NS = 3600 * 10**9


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files whose bytes were read."""
    names: list[str] = []

    def noted(path: Path) -> str:
        names.append(path.name)
        return content_digest(path)

    monkeypatch.setattr(content, "content_digest", noted)
    return names


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes every file for one that was last touched long ago."""
    monkeypatch.setattr(content, "_SETTLED_NS", -HOUR_NS)


def write(path: Path, contents: bytes = b"some recording") -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(contents)
    return path


@pytest.mark.usefixtures("settled")
def test_unchanged_files_are_read_once_and_remembered_by_path_size_and_times(
    tmp_path: Path, cache: Path, read: list[str]
) -> None:
    paths = [write(tmp_path / os.fsdecode(name), name) for name in (b"a.wav", b"b\xff.wav")]
    digests = content_digests(paths)
    assert digests == tuple(sha256(name).hexdigest() for name in (b"a.wav", b"b\xff.wav"))
    assert content_digests([*reversed(paths), paths[0]]) == (*digests[::-1], digests[0])
    assert sorted(read) == sorted(path.name for path in paths)
    status = paths[0].stat()
    assert read_json(cache / "recording-digests.json")["digests"][str(paths[0])] == [
        *(status.st_size, status.st_mtime_ns, status.st_ctime_ns),
        digests[0],
    ]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("how", ["in place", "by another", "with its times set back"])
def test_a_changed_file_is_read_again(tmp_path: Path, read: list[str], how: str) -> None:
    path = write(tmp_path / "a.wav", b"old")
    old, status = content_digests([path]), path.stat()
    if how == "by another":
        write(tmp_path / "other", b"new").replace(path)
    else:
        path.write_bytes(b"new")
    if how == "with its times set back":
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert content_digests([path]) == (sha256(b"new").hexdigest(),) != old
    assert read == ["a.wav", "a.wav"]


def test_a_file_that_was_written_just_now_is_not_taken_for_settled(tmp_path: Path, read: list[str]) -> None:
    path = write(tmp_path / "a.wav")
    content_digests([path])
    content_digests([path])
    assert read == ["a.wav", "a.wav"]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.wav")

    def changing(path: Path) -> str:
        write(path, b"another size")
        return ""

    monkeypatch.setattr(content, "content_digest", changing)
    with pytest.raises(DataError, match=r"a\.wav: changed while it was read; wait until nothing writes to it"):
        content_digests([path])


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("held", [b"no JSON", b'{"format": 0}', b'{"format": 1, "digests": {"/a": [7]}}', None])
def test_a_memory_that_cannot_be_used_is_done_without(
    tmp_path: Path, cache: Path, held: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "a.wav")
    memory = cache / "recording-digests.json"
    cache.mkdir()
    memory.mkdir() if held is None else memory.write_bytes(held)
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        assert content_digests([path]) == (content_digest(path),)
    assert (str(memory) in caplog.text) == (held in (None, b"no JSON"))


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    for read_gone in (lambda paths: content_digests(paths), lambda paths: warn_of_copies(paths, [])):
        with pytest.raises(
            DataError, match=r"gone\.wav: cannot be read: No such file or directory; was the file moved"
        ):
            read_gone([tmp_path / "gone.wav"])


def test_copies_are_counted_and_one_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture, read: list[str]) -> None:
    train = [write(tmp_path / "train" / f"{number}.wav", bytes([number]) * 600) for number in range(9)]
    held_out = [write(tmp_path / "test" / f"{number}.wav", bytes([number]) * 600) for number in range(7, 12)]
    other_size = write(tmp_path / "train" / "other.wav", b"1")
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        warn_of_copies([*train, other_size], held_out)
        warn_of_copies(train[:7], held_out)
        warn_of_copies(train, [])
    (message,) = caplog.messages
    assert f"2 of 5, such as {held_out[0]} of {train[7]};" in message
    assert "other.wav" not in read
