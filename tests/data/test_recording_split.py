from __future__ import annotations

from pathlib import Path

import pytest

from audiogan.data.recordings.listing import FoundFile, find_recordings
from audiogan.data.recordings.split import split_by_path, split_by_pattern, split_by_share
from audiogan.errors import DataError


def files(count: int, root: str = "/data") -> list[FoundFile]:
    return [FoundFile(Path(root, f"{number}.wav"), f"{number}.wav") for number in range(count)]


def test_a_share_is_held_out_by_name_wherever_the_folder_lies_and_whatever_else_is_there() -> None:
    split = split_by_share(files(4000), 0.25)
    assert len(split.held_out) == pytest.approx(1000, abs=3 * 27.4)  # three standard deviations of a binomial
    assert len(split.train) + len(split.held_out) == 4000
    held_out = {file.name for file in split.held_out}
    assert {file.name for file in split_by_share(files(2000, "/mnt/other"), 0.25).held_out} == {
        name for name in held_out if int(name.removesuffix(".wav")) < 2000
    }
    assert {file.name for file in split_by_share(files(4000), 0.1).held_out} < held_out


def test_the_hash_of_a_name_is_fixed_for_good() -> None:
    assert [file.name for file in split_by_share(files(20), 0.3).held_out] == [
        "0.wav",
        "1.wav",
        "3.wav",
        "11.wav",
        "12.wav",
        "13.wav",
        "17.wav",
    ]


def test_a_share_that_leaves_nothing_is_an_error() -> None:
    with pytest.raises(DataError, match=r"held_out_share = 1e-06 leaves nothing held out of 3 recordings; the first"):
        split_by_share(files(3), 1e-6)


def test_a_pattern_holds_out_what_it_matches() -> None:
    split = split_by_pattern(files(12), r"^[0-4]\.wav$")
    assert [file.name for file in split.held_out] == [f"{number}.wav" for number in range(5)]
    assert [file.name for file in split.train] == [f"{number}.wav" for number in range(5, 12)]
    with pytest.raises(DataError, match=r"held_out_pattern = 'wav' leaves nothing to train on of 12 recordings"):
        split_by_pattern(files(12), "wav")
    with pytest.raises(ValueError, match="'\\[' is not a regular expression: unterminated"):
        split_by_pattern(files(12), "[")


def test_a_path_must_not_hold_what_is_trained_on() -> None:
    split = split_by_path(files(3), files(2, "/test"))
    assert (split.train, split.held_out) == (tuple(files(3)), tuple(files(2, "/test")))
    with pytest.raises(DataError, match=r"/data/1\.wav: lies in both path and held_out_path; narrow one of them"):
        split_by_path(files(3), files(2)[1:])


def test_links_do_not_hide_what_is_trained_on(tmp_path: Path) -> None:
    for name in ("train/a.wav", "train/b.wav", "test/c.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    train = find_recordings([str(tmp_path / "train")])
    (tmp_path / "test" / "hard.wav").hardlink_to(tmp_path / "train" / "b.wav")
    complaint = rf"test/{{}}\.wav: lies in both path and held_out_path, there as {tmp_path}/train/{{}}\.wav; narrow one"
    with pytest.raises(DataError, match=complaint.format("hard", "b")):
        split_by_path(train, find_recordings([str(tmp_path / "test")]))
    (tmp_path / "test" / "hard.wav").unlink()
    assert len(split_by_path(train, find_recordings([str(tmp_path / "test")])).held_out) == 1
    (tmp_path / "test" / "link.wav").symlink_to(tmp_path / "train" / "a.wav")
    with pytest.raises(DataError, match=complaint.format("link", "a")):
        split_by_path(train, find_recordings([str(tmp_path / "test")]))
