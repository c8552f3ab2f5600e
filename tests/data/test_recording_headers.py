from __future__ import annotations

import logging
import os
import socket
from pathlib import Path

import pytest

from audiogan.data.recordings.known_files import read_headers, readable_files
from audiogan.data.recordings.listing import find_recordings
from audiogan.errors import DamagedDataError, DataError
from tests.audio.sound_files import sound, write_sound


def folder_with_damage(tmp_path: Path) -> Path:
    write_sound(tmp_path / "a.wav", sound(1, 100), 8000)
    write_sound(tmp_path / "d.flac", sound(2, 300), 44_100)
    (tmp_path / "b.wav").write_bytes(b"not audio")
    (tmp_path / "c.m4a").write_bytes(bytes(100))
    return tmp_path


def test_headers_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    for number in range(50):
        write_sound(tmp_path / f"{number:02}.wav", sound(1, number + 1), 8000)
    headers = read_headers(find_recordings([str(tmp_path)]))
    assert [known.header.length for known in headers.known] == list(range(1, 51))
    assert headers.damaged == ()


def test_damaged_files_stop_the_reader_and_say_how_to_go_on(tmp_path: Path) -> None:
    files = find_recordings([str(folder_with_damage(tmp_path))])
    with pytest.raises(DamagedDataError) as error:
        readable_files(files, on_error="stop")
    assert str(error.value).startswith(
        f"{tmp_path}/b.wav: not an audio file that can be read (Format not recognised); "
    )
    assert str(error.value).endswith('; 1 more cannot be read (or set on_error = "skip" to go on without)')


def test_damaged_files_are_left_out_and_told_once_by_name(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = find_recordings([str(folder_with_damage(tmp_path))])
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        known = readable_files(files, on_error="skip")
    assert [file.file.name for file in known] == ["a.wav", "d.flac"]
    (record,) = caplog.records
    first, *named = record.getMessage().splitlines()
    assert first == "left out 2 of 4 recordings, which are damaged:"
    assert [line.split(": ")[0].strip() for line in named] == [f"{tmp_path}/b.wav", f"{tmp_path}/c.m4a"]


def test_many_damaged_files_are_counted_and_ten_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_sound(tmp_path / "a.wav", sound(1, 100), 8000)
    for number in range(14):
        (tmp_path / f"b{number:02}.wav").touch()
    readable_files(find_recordings([str(tmp_path)]), on_error="skip")
    lines = caplog.records[0].getMessage().splitlines()
    assert (len(lines), lines[0][:20], lines[-1]) == (12, "left out 14 of 15 re", "  and 4 more")


def test_a_folder_of_nothing_but_damage_is_an_error_either_way(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    with pytest.raises(DataError, match=rf"none of 1 recordings can be read; the first: {tmp_path}/a\.wav: "):
        readable_files(find_recordings([str(tmp_path)]), on_error="skip")


def test_a_link_to_nowhere_is_a_damaged_recording(tmp_path: Path) -> None:
    (tmp_path / "a.wav").symlink_to(tmp_path / "gone.wav")
    (error,) = read_headers(find_recordings([str(tmp_path)])).damaged
    assert (
        str(error) == f"{tmp_path}/a.wav: cannot be read: No such file or directory; check the path and its permissions"
    )


def test_pipes_and_devices_are_named_rather_than_waited_for(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", sound(1, 100), 8000)
    os.mkfifo(tmp_path / "b.wav")
    (tmp_path / "c.wav").symlink_to("/dev/zero")
    (tmp_path / "d.wav").symlink_to(tmp_path / "b.wav")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "e.wav"))
        headers = read_headers(find_recordings([str(tmp_path)]))
    assert [known.file.name for known in headers.known] == ["a.wav"]
    faults = [str(error) for error in headers.damaged]
    assert [fault.partition(": ")[0] for fault in faults] == [f"{tmp_path}/{name}.wav" for name in "bce"]
    assert {fault.partition(": ")[2] for fault in faults} == {
        "not a regular file; remove it, or write the recording to a file"
    }
