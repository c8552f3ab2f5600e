"""Digests of recordings: of every byte, and never those of a file that has changed since."""

from __future__ import annotations

import logging
import os
import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest

from audiogan.data.recordings import content
from audiogan.data.recordings.content import content_digest, content_digests, sampled_digests
from audiogan.errors import DataError

LARGE = 2**20
HOUR_AGO_NS = 3600 * 10**9


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files of which every byte was read."""
    names: list[str] = []

    def noted(path: Path) -> str:
        names.append(path.name)
        return content_digest(path)

    monkeypatch.setattr(content, "content_digest", noted)
    return names


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes every file for one that was last touched long ago."""
    monkeypatch.setattr("audiogan.data.recordings.known_digests._SETTLED_NS", -HOUR_AGO_NS)


def write(path: Path, *, changed_at: int | None = None, size: int = LARGE) -> Path:
    held = bytearray(number * 7 % 251 for number in range(size))
    if changed_at is not None:
        held[changed_at] ^= 1
    path.write_bytes(held)
    return path


def test_it_is_of_the_size_and_all_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", size=1000)
    assert content_digest(path) == sha256((1000).to_bytes(8, "big") + path.read_bytes()).hexdigest()
    assert content_digests([path]) == (content_digest(path),)


def test_any_byte_of_a_large_file_changes_it(tmp_path: Path) -> None:
    before = write(tmp_path / "a.wav")
    after = write(tmp_path / "b.wav", changed_at=80_001)
    assert sampled_digests([before]) == sampled_digests([after])  # which is why these alone decide on nothing
    assert len(set(content_digests([before, after]))) == 2


@pytest.mark.usefixtures("settled")
def test_unchanged_files_are_read_once(tmp_path: Path, read: list[str]) -> None:
    paths = [write(tmp_path / name, size=size) for name, size in (("a.wav", 10), ("b.wav", LARGE))]
    first = content_digests(paths)
    assert content_digests(paths) == first
    assert content_digests(reversed(paths)) == first[::-1]
    assert sorted(read) == ["a.wav", "b.wav"]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("how", ["in place", "by another", "with its times set back"])
def test_a_changed_file_is_read_again(tmp_path: Path, read: list[str], how: str) -> None:
    path = write(tmp_path / "a.wav")
    old, status = content_digests([path]), path.stat()
    other = write(tmp_path / "other", changed_at=80_001)
    if how == "by another":
        other.replace(path)
    else:
        path.write_bytes(other.read_bytes())
    if how == "with its times set back":
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert path.stat().st_mtime_ns == status.st_mtime_ns
    new = content_digests([path])
    assert new == (content_digest(path),)
    assert new != old
    assert read == ["a.wav", "a.wav"]


def test_a_file_that_was_written_just_now_is_not_taken_for_settled(tmp_path: Path, read: list[str]) -> None:
    path = write(tmp_path / "a.wav")
    content_digests([path])
    content_digests([path])
    assert read == ["a.wav", "a.wav"]


@pytest.mark.usefixtures("settled")
def test_what_was_read_before_an_error_is_kept(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "_THREADS", 1)
    paths = [write(tmp_path / name) for name in ("a.wav", "b.wav", "c.wav")]
    noted = content.content_digest

    def failing(path: Path) -> str:
        if path.name == "b.wav":
            raise DataError("b.wav: cannot be read")
        return noted(path)

    monkeypatch.setattr(content, "content_digest", failing)
    with pytest.raises(DataError, match=r"b\.wav: cannot be read"):
        content_digests(paths)
    read.clear()
    content_digests([paths[0]])
    assert read == []


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.wav")

    def changing(path: Path) -> str:
        digest = content_digest(path)
        write(path, size=LARGE + 1)
        return digest

    monkeypatch.setattr(content, "content_digest", changing)
    with pytest.raises(DataError, match=r"a\.wav: changed while it was read; wait until nothing writes to it"):
        content_digests([path])


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("obstacle", ["rubbish", "folder", "another table"])
def test_a_database_that_cannot_be_used_is_told_of_and_done_without(
    tmp_path: Path, cache: Path, obstacle: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "a.wav")
    cache.mkdir()
    database = cache / "recordings.sqlite"
    if obstacle == "rubbish":
        database.write_bytes(b"no database" * 1000)
    elif obstacle == "folder":
        database.mkdir()
    else:
        connection = sqlite3.connect(database)
        connection.execute("CREATE TABLE digests (other TEXT)")
        connection.close()
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        assert content_digests([path]) == (content_digest(path),)
    assert f"{database} cannot be used (" in caplog.text
    assert "so recordings are read anew; delete it if that happens again" in caplog.text


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    for digests in (content_digests, sampled_digests):
        with pytest.raises(
            DataError, match=r"gone\.wav: cannot be read: No such file or directory; was the file moved"
        ):
            digests([tmp_path / "gone.wav"])
