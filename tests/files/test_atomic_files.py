from __future__ import annotations

import errno
import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from attrs import frozen

from audiogan.errors import DataError
from audiogan.files import (
    atomic_file,
    check_writable,
    locked_folder,
    new_folder,
    read_json,
    read_record,
    refuse_links,
    remove_partials,
    write_bytes,
    write_json,
    write_record,
)


@frozen
class Inner:
    name: str
    values: Mapping[str, float]


@frozen
class Outer:
    FORMAT: ClassVar[int] = 3
    count: int
    inner: tuple[Inner, ...]
    bounds: Mapping[str, tuple[float, float]]
    note: str | None = None


RECORD = Outer(2, (Inner("a", {"x": 1.5, "y": math.inf}),), {"x": (1.0, 2.0)})


def test_a_block_that_raises_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    write_bytes(path, b"old")
    with pytest.raises(ZeroDivisionError), atomic_file(path) as file:
        file.write(b"new" * (1 // 0))
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_link_is_replaced_and_what_it_names_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"theirs")
    (tmp_path / "file").symlink_to(tmp_path / "elsewhere")
    write_bytes(tmp_path / "file", b"mine")
    assert (tmp_path / "elsewhere").read_bytes() == b"theirs"
    assert not (tmp_path / "file").is_symlink()


def test_a_full_disk_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("audiogan.files.os.fsync", full)
    with pytest.raises(DataError, match=r"/x: cannot be written \(No space left on device\)"):
        write_bytes(tmp_path / "x", b"")
    assert list(tmp_path.iterdir()) == []


def test_a_killed_writer_leaves_what_the_next_holder_of_the_lock_removes(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal\n"
        "from audiogan.files import atomic_file\n"
        f"with atomic_file(pathlib.Path({str(tmp_path / 'sub' / 'file')!r})) as file:\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    assert len(list((tmp_path / "sub").iterdir())) == 1
    (tmp_path / ".my.partial").touch()  # a name that no writer gives
    with locked_folder(tmp_path, busy="busy"), pytest.raises(DataError, match="busy"):  # noqa: SIM117
        with locked_folder(tmp_path, busy="busy"):
            pass
    assert list((tmp_path / "sub").iterdir()) == []
    assert (tmp_path / ".my.partial").exists()


def test_a_file_that_may_have_a_writer_is_not_swept(tmp_path: Path) -> None:
    paths = [tmp_path / f".file.{digit * 32}.partial" for digit in "ab"]
    for path in paths:
        path.touch()
    os.utime(paths[0], (time.time() - 7200, time.time() - 7200))
    remove_partials(tmp_path, abandoned_after_s=3600)
    assert list(tmp_path.iterdir()) == [paths[1]]


def test_links_inside_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "run" / "one").mkdir(parents=True)
    refuse_links(tmp_path / "run")
    (tmp_path / "run" / "one" / "samples").symlink_to(tmp_path)
    with pytest.raises(DataError, match="samples: is a symbolic link"):
        refuse_links(tmp_path / "run")


def test_a_new_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="/new: cannot"), new_folder(tmp_path / "new") as folder:
        write_bytes(folder, b"a folder is in the way")
    assert list(tmp_path.iterdir()) == []
    with new_folder(tmp_path / "new") as folder:
        write_bytes(folder / "file", b"1")
    assert (tmp_path / "new" / "file").read_bytes() == b"1"


def test_what_cannot_be_written_is_known_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    check_writable(tmp_path / "new" / "deep" / "file")
    with pytest.raises(DataError, match=r"file is a file, not a folder"):
        check_writable(tmp_path / "file" / "deep" / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("content", "place"),
    [(b'{"a":\n1,}', "line 2"), (b"\xff", "byte 0"), (b"[" * 200_000, "nested"), (b"", "line 1")],
)
def test_damaged_json_is_named_by_its_place(content: bytes, place: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(DataError, match=rf"x\.json.*{place}"):
        read_json(tmp_path / "x.json")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.json")
    with pytest.raises(DataError, match="not a regular file"):
        read_json(tmp_path / "x.json")


def test_json_keeps_names_that_are_not_utf8(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"caf\udce9": "ü"})
    assert read_json(tmp_path / "x.json") == {"caf\udce9": "ü"}
    assert read_json(tmp_path / "missing.json") is None


def test_a_record_comes_back_and_infinity_as_nan(tmp_path: Path) -> None:
    write_record(tmp_path / "r.json", RECORD)
    assert read_json(tmp_path / "r.json")["format"] == 3
    read = read_record(tmp_path / "r.json", Outer)
    assert read is not None
    assert (read.count, read.bounds, read.note) == (2, {"x": (1.0, 2.0)}, None)
    assert read.inner[0].values["x"] == 1.5
    assert math.isnan(read.inner[0].values["y"])
    assert read_record(tmp_path / "missing.json", Outer) is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"count": "2"}, ["count", "'2'"]),
        ({"count": True}, ["count", "True"]),
        ({"inner": [{"name": 5, "values": {}}]}, [r"inner\[0\].name", "5"]),
        ({"inner": [{"name": "a", "values": {"x": "high"}}]}, [r"inner\[0\].values", "'high'"]),
        ({"inner": [{"name": "a"}]}, [r"inner\[0\]", "values"]),
        ({"inner": 5}, ["inner"]),
        ({"bounds": {"x": [1.0]}}, ["bounds"]),
        ({"note": 5}, ["note", "5"]),
        ({"format": 2}, ["format 3"]),
    ],
)
def test_what_does_not_fit_is_named_by_file_key_and_value(
    change: Mapping[str, object], named: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    write_record(path, RECORD)
    write_json(path, {**read_json(path), **change})
    with pytest.raises(DataError) as caught:
        read_record(path, Outer)
    for part in (r"r\.json", *named):
        assert re.search(part, str(caught.value)), str(caught.value)
