"""Recordings that are written or replaced while a dataset reads them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import audiogan
from audiogan.audio import AudioDecoder, read_header
from audiogan.data.order import window_rng
from audiogan.errors import DamagedDataError, DataError
from audiogan_datasets.audio_folder import AudioFolderDataset
from tests.audio.sound_files import sound, write_sound

RATE = 8000
LENGTH = 20_000


def dataset(path: Path, **options: object) -> AudioFolderDataset:
    options = {"path": str(path), "sample_rate": RATE, "window_length": 1000, "window": "first", **options}
    made: AudioFolderDataset = audiogan.create("dataset", "audio-folder", options)
    return made


def read(made: AudioFolderDataset) -> np.ndarray:
    return made.window(0, rng=window_rng(seed=0, position=0)).waveform


def assert_changed(made: AudioFolderDataset, name: str) -> None:
    with pytest.raises(DataError, match=rf"{name}: changed while in use; restore the file as it was") as raised:
        read(made)
    assert not isinstance(raised.value, DamagedDataError)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.ogg"])
@pytest.mark.parametrize("opened", [False, True])
def test_a_recording_that_is_emptied_is_changed(tmp_path: Path, name: str, opened: bool) -> None:
    path = write_sound(tmp_path / name, sound(1, LENGTH), 16_000)
    made = dataset(tmp_path, on_error="skip")
    if opened:
        read(made)
    path.write_bytes(b"")
    assert_changed(made, name)


@pytest.mark.parametrize(
    ("channels", "length", "rate"), [(3, LENGTH, RATE), (1, LENGTH, RATE), (2, LENGTH, 48_000), (2, 2 * LENGTH, RATE)]
)
@pytest.mark.parametrize("name", ["a.wav", "a.ogg"])
@pytest.mark.parametrize("same_time", [False, True])
def test_another_recording_in_its_place_is_a_change(
    tmp_path: Path, name: str, channels: int, length: int, rate: int, same_time: bool
) -> None:
    path = write_sound(tmp_path / name, sound(2, LENGTH), RATE)
    made = dataset(tmp_path, channels=2)
    before = path.stat()
    write_sound(path, sound(channels, length), rate)
    if same_time:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert_changed(made, name)


def test_a_header_that_differs_is_a_change_whatever_the_files_size_and_time(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", sound(1, LENGTH), RATE)
    header, status = read_header(path), path.stat()
    write_sound(path, sound(1, LENGTH), 2 * RATE)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    with pytest.raises(DataError, match="changed while in use"):
        AudioDecoder().read(path, header, 0, 100)


def test_samples_written_in_place_are_a_change_also_of_an_open_file(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", sound(1, LENGTH), RATE)
    made = dataset(tmp_path)
    np.testing.assert_allclose(read(made), sound(1, LENGTH)[:, :1000], atol=2**-15)
    content = path.read_bytes()
    path.write_bytes(content[:-100] + bytes(100))
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 10**9))  # clocks of file systems may be coarse
    assert_changed(made, "a.wav")


def test_an_open_file_whose_name_is_gone_is_read_on(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", sound(1, LENGTH), RATE)
    made = dataset(tmp_path)
    before = read(made)
    path.unlink()
    np.testing.assert_array_equal(read(made), before)
