"""What a folder of recordings says of the way to its windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import soxr

import audiogan
from audiogan.evaluation.real_windows import divide_windows
from audiogan_datasets.audio_folder import AudioFolderDataset
from tests.audio.sound_files import sound, write_sound

RESAMPLER = f"soxr HQ (soxr {soxr.__version__}, libsoxr {soxr.__libsoxr_version__})"


def dataset(path: Path, **options: Any) -> AudioFolderDataset:
    options = {"path": str(path), "sample_rate": 8000, "window_length": 1000, **options}
    made: AudioFolderDataset = audiogan.create("dataset", "audio-folder", options)
    return made


def test_resampled_recordings_are_counted_with_the_resampler(tmp_path: Path) -> None:
    for name, rate in (("a.wav", 8000), ("b.wav", 11_025), ("c.wav", 22_050)):
        write_sound(tmp_path / name, sound(1, 5000), rate)
    assert dataset(tmp_path).protocol() == {
        "files": 3,
        "sample_rates": [8000, 11_025, 22_050],
        "files_resampled": 2,
        "resampler": RESAMPLER,
    }
    assert dataset(tmp_path, sample_rate=16_000).protocol()["files_resampled"] == 3


def test_the_held_out_part_counts_too(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", sound(1, 5000), 8000)
    write_sound(tmp_path / "b_held.wav", sound(1, 5001), 16_000)
    protocol = dataset(tmp_path, held_out_pattern="_held").protocol()
    assert (protocol["files"], protocol["files_resampled"], protocol["resampler"]) == (2, 1, RESAMPLER)


def test_without_resampling_there_is_no_resampler(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", sound(1, 5000), 8000)
    made = dataset(tmp_path)
    expected = {"files": 1, "sample_rates": [8000], "files_resampled": 0, "resampler": None}
    assert made.protocol() == expected
    assert divide_windows(made).judged.protocol() == expected
