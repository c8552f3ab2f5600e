"""What is put into the test speech, and what is refused as the dataset."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiogan.errors import DataError
from benchmarks.spoken_digits.sounds import (
    copy_speech,
    recordings_of_test_split,
    with_artifacts,
    write_noise,
    write_speech_with_artifacts,
)

SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")


def dataset(folder: Path) -> Path:
    folder.mkdir()
    for digit in range(10):
        for speaker in SPEAKERS:
            for take in (0, 1, 2, 3, 4, 5, 14):
                (folder / f"{digit}_{speaker}_{take}.wav").write_bytes(b"")
    return folder


def spectrum(waveform: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(np.fft.rfft(waveform)) / waveform.shape[-1])


def test_a_tone_with_artifacts_has_its_images_and_lines_at_a_quarter_of_the_rate() -> None:
    length, cycles = 1024, 100
    tone = 0.4 * np.cos(2 * np.pi * cycles / length * np.arange(length))[None]
    found = spectrum(with_artifacts(tone.astype(np.float32))[0])
    # gain and offset have the mean (1 + 1 + 1 + 2) / 4 and 0.02 / 4; all multiples of a quarter have the same rest
    expected = np.zeros(513)
    expected[cycles] = 0.2 * 5 / 4
    expected[[256 - cycles, 256 + cycles, 512 - cycles]] = 0.2 / 4
    expected[[0, 256, 512]] = 0.02 / 4
    np.testing.assert_allclose(found, expected, atol=1e-7)
    assert np.abs(spectrum(tone[0])[256]) < 1e-7


def test_odd_lengths_and_strided_channels_keep_the_other_samples() -> None:
    waveform = np.linspace(-0.4, 0.4, 22, dtype=np.float32).reshape(11, 2).T
    before = waveform.copy()
    spoiled = with_artifacts(waveform)
    np.testing.assert_array_equal(waveform, before)
    np.testing.assert_allclose(spoiled[:, [0, 4, 8]], 2 * before[:, [0, 4, 8]] + 0.02, atol=1e-7)
    kept = [1, 2, 3, 5, 6, 7, 9, 10]
    np.testing.assert_array_equal(spoiled[:, kept], before[:, kept])


def test_files_are_spoiled_and_clipped_at_full_scale(tmp_path: Path) -> None:
    pcm = np.array([8192, 100, -100, 0, -32768, 5, 6], dtype=np.int16)
    path = tmp_path / "7_theo_0.wav"
    soundfile.write(path, pcm, 8000, subtype="PCM_16")
    write_speech_with_artifacts([path], tmp_path / "spoiled")
    copy_speech([path], tmp_path / "copies")
    found, rate = soundfile.read(tmp_path / "spoiled" / path.name, dtype="int16")
    assert rate == 8000
    assert found.tolist() == [round(2 * 8192 + 0.02 * 32768), 100, -100, 0, -32768, 5, 6]
    assert (tmp_path / "copies" / path.name).read_bytes() == path.read_bytes()


def test_noise_is_uniform_and_every_file_another(tmp_path: Path) -> None:
    write_noise(3, tmp_path)
    windows = np.stack([soundfile.read(path)[0] for path in sorted(tmp_path.iterdir())])
    assert windows.shape == (3, 8192)
    np.testing.assert_allclose(windows.std(axis=1), 1 / np.sqrt(3), rtol=0.02)
    assert np.abs(np.corrcoef(windows)[np.triu_indices(3, 1)]).max() < 0.05


def test_the_test_split_is_the_first_five_of_each(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "recordings")
    found = recordings_of_test_split(folder)
    assert [path.name for path in found[:6]] == [f"0_george_{take}.wav" for take in range(5)] + ["0_jackson_0.wav"]
    assert len(set(found)) == 300
    (folder / "3_theo_2.wav").unlink()
    with pytest.raises(DataError, match=r"recordings: holds 299 test recordings.* has 300; name its folder"):
        recordings_of_test_split(folder)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"elsewhere: cannot be read \(No such file"):
        recordings_of_test_split(tmp_path / "elsewhere")
