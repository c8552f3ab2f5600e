from __future__ import annotations

from pathlib import Path

import pytest

from audiogan.data.recordings.listing import find_recordings
from audiogan.errors import DataError


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def names(*paths: Path | str) -> list[str]:
    return [file.name for file in find_recordings(map(str, paths))]


def test_a_folder_is_searched_with_all_below_it_and_sorted_by_name(tmp_path: Path) -> None:
    make(tmp_path, "b.WAV", "a/z.flac", "a/b/c.mp3", "README.md", "a/cover.jpg", "._b.wav", ".git/x.wav", "z.opus")
    assert names(tmp_path) == ["a/b/c.mp3", "a/z.flac", "b.WAV", "z.opus"]
    assert find_recordings([str(tmp_path)])[0].path == tmp_path / "a" / "b" / "c.mp3"


def test_a_file_is_taken_by_its_name_and_whatever_its_suffix(tmp_path: Path) -> None:
    make(tmp_path, "a/take", "a/b.wav")
    assert names(tmp_path / "a" / "take", tmp_path / "a" / "b.wav") == ["take", "b.wav"]


def test_names_of_a_pattern_begin_behind_its_fixed_part(tmp_path: Path) -> None:
    make(tmp_path, "x/train/one/a.wav", "x/train/two/a.wav", "x/test/one/a.wav", "x/train/notes.txt")
    assert names(tmp_path / "x" / "tr*" / "*" / "*.wav") == ["train/one/a.wav", "train/two/a.wav"]
    assert names(tmp_path / "x" / "t*") == ["test/one/a.wav", "train/one/a.wav", "train/two/a.wav"]
    assert names(tmp_path / "**" / "two" / "*") == ["x/train/two/a.wav"]


def test_a_folder_whose_name_looks_like_a_pattern_is_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "[live] 1999/a.wav")
    assert names(tmp_path / "[live] 1999") == ["a.wav"]


def test_a_file_that_is_reached_twice_is_taken_once(tmp_path: Path) -> None:
    make(tmp_path, "a/one.wav", "b/two.wav")
    (tmp_path / "a" / "two.wav").symlink_to(tmp_path / "b" / "two.wav")
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "b" / "hard.wav").hardlink_to(tmp_path / "a" / "one.wav")
    assert names(tmp_path) == ["a/one.wav", "a/two.wav"]
    assert names(tmp_path / "b", tmp_path / "a", tmp_path) == ["hard.wav", "two.wav"]


def test_a_link_to_nowhere_is_listed_for_its_reader_to_report(tmp_path: Path) -> None:
    (tmp_path / "a.wav").symlink_to(tmp_path / "gone.wav")
    assert names(tmp_path) == ["a.wav"]


def test_what_cannot_be_found_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/notes.txt")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=rf"^b: not there, looked for in {tmp_path}; check the path"):
        names("b")
    with pytest.raises(DataError, match=r"^x\*\.wav: not there"):
        names("x*.wav")
    with pytest.raises(DataError, match=r"^a: no audio files; the suffixes looked for are \.aac, \.aif, "):
        names("a")
    with pytest.raises(DataError, match="an empty list of paths"):
        names()
    with pytest.raises(DataError, match=r"a path is empty, ''; name a folder, a file or a glob pattern, '\.' for"):
        names("")


def test_the_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "music/a.wav")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert names("~/music") == ["a.wav"]
