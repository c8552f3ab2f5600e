from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

import audiogan
from audiogan.cli import main
from audiogan.data.recordings import content
from audiogan.data.recordings.copies import warn_of_copies
from audiogan.errors import DataError
from tests.audio.sound_files import sound, write_sound


def write(path: Path, contents: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(contents)
    return path


def test_copies_are_counted_and_one_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    train = [write(tmp_path / "train" / f"{number}.wav", bytes([number]) * 600) for number in range(9)]
    held_out = [write(tmp_path / "test" / f"{number}.wav", bytes([number]) * 600) for number in range(7, 12)]
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        warn_of_copies(train, held_out)
        warn_of_copies(train[:7], held_out)
        warn_of_copies(train, [])
    assert caplog.messages == [
        f"held out are copies of recordings that are trained on, 2 of 5, such as {held_out[0]} of {train[7]}; scores "
        "on them say nothing about new sounds: remove the copies from one side"
    ]


def read_files(monkeypatch: pytest.MonkeyPatch, reader: str) -> list[str]:
    """The names of the files that the function ``reader`` of the module will have read."""
    read: list[str] = []
    digest = getattr(content, reader)

    def noted(path: Path) -> str:
        read.append(path.name)
        return str(digest(path))

    monkeypatch.setattr(content, reader, noted)
    return read


def test_only_files_of_a_size_that_both_sides_have_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_files(monkeypatch, "_sampled_digest")
    train = [write(tmp_path / "train" / f"{size}.wav", bytes(size)) for size in (10, 20, 30)]
    held_out = [write(tmp_path / "test" / f"{size}.flac", bytes(size)) for size in (20, 40)]
    warn_of_copies(train, held_out)
    assert sorted(read) == ["20.flac", "20.wav"]


def test_files_whose_samples_agree_are_compared_byte_by_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read = read_files(monkeypatch, "content_digest")
    large = bytes(2**20)
    repaired = large[:80_001] + b"\x01" + large[80_002:]
    train = [write(tmp_path / "train" / "a.wav", large), write(tmp_path / "train" / "b.wav", b"\x01" + large[1:])]
    warn_of_copies(train, [write(tmp_path / "test" / "c.wav", repaired)])
    assert sorted(read) == ["a.wav", "c.wav"]
    assert caplog.messages == []


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.wav: cannot be read: No such file or directory; was the file moved"):
        warn_of_copies([tmp_path / "gone.wav"], [])


def test_the_dataset_and_the_packer_tell(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    write_sound(tmp_path / "in" / "a.wav", sound(1, 500), 8000)
    write_sound(tmp_path / "in" / "b.wav", sound(1, 500, seed=1), 8000)
    (tmp_path / "in" / "c.wav").write_bytes((tmp_path / "in" / "a.wav").read_bytes())
    (tmp_path / "in" / "d.wav").write_bytes(b"")
    (tmp_path / "in" / "e.wav").write_bytes(b"")
    options = {"path": str(tmp_path / "in"), "held_out_pattern": "^[ae]", "on_error": "skip", "sample_rate": 8000}
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        dataset = audiogan.create("dataset", "audio-folder", options)
    told = [message for message in caplog.messages if "copies" in message]
    assert [message.partition(";")[0] for message in told] == [
        "held out are copies of recordings that are trained on, 1 of 1, such as "
        f"{tmp_path}/in/a.wav of {tmp_path}/in/c.wav"
    ]
    window = dataset.window(1, rng=np.random.default_rng(0))
    assert np.abs(window.waveform).max() > 0.1
    arguments = ["--held-out-pattern", "^[ae]", "--on-error", "skip", "--jobs", "1"]
    assert main(["data", "pack", str(tmp_path / "in"), str(tmp_path / "out"), *arguments]) == 0
    assert f"warning: {told[0]}" in capsys.readouterr().err
