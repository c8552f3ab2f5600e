from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiogan.audio import read_audio, write_audio
from audiogan.errors import DataError


@pytest.mark.parametrize("suffix", ["wav", "flac", "WAV"])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_sixteen_bit_audio_comes_back_exactly(tmp_path: Path, channels: int, suffix: str) -> None:
    steps = np.random.default_rng(0).integers(-32768, 32768, (channels, 1001))
    steps[0, :3] = -32768, 0, 32767
    waveform = (steps / 32768).astype(np.float32)
    path = tmp_path / f"a.{suffix}"
    write_audio(path, waveform, 44100)
    found, sample_rate = read_audio(path)
    np.testing.assert_array_equal(found, waveform)
    assert found.dtype == np.float32
    assert found.flags.c_contiguous
    assert sample_rate == 44100
    assert soundfile.info(path).subtype == "PCM_16"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_values_are_rounded_and_clipped(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_audio(path, np.array([[0.6, 0.4, -0.6, 40000, 32768, -32769, -1e9]]) / 32768, 8000)
    steps, _ = soundfile.read(path, dtype="int16")
    assert steps.tolist() == [1, 0, -1, 32767, 32767, -32768, -32768]


def test_a_non_contiguous_waveform_is_written_channel_by_channel(tmp_path: Path) -> None:
    waveform = (np.arange(12).reshape(6, 2) / 32).T[:, ::2]
    write_audio(tmp_path / "a.wav", waveform, 8000)
    np.testing.assert_array_equal(read_audio(tmp_path / "a.wav")[0], waveform.astype(np.float32))


def test_other_sample_formats_are_read_at_full_scale_one(tmp_path: Path) -> None:
    waveform = np.array([[0.5, -1.0, 0.25]])
    for subtype in ("PCM_U8", "PCM_24", "FLOAT", "DOUBLE"):
        soundfile.write(tmp_path / "a.wav", waveform.T, 22050, subtype=subtype)
        np.testing.assert_allclose(read_audio(tmp_path / "a.wav")[0], waveform, atol=1 / 128)


def broken_text(path: Path) -> None:
    path.write_text("not audio " * 30)


def broken_empty_file(path: Path) -> None:
    path.touch()


def broken_folder(path: Path) -> None:
    path.mkdir()


def broken_no_samples(path: Path) -> None:
    soundfile.write(path, np.zeros((0, 2)), 16000)


def broken_not_finite(path: Path) -> None:
    soundfile.write(path, np.array([[0, 1], [0, np.nan], [np.inf, 0]]), 16000, subtype="FLOAT")


def broken_cut_in_header(path: Path) -> None:
    write_audio(path, np.zeros((1, 100)), 16000)
    path.write_bytes(path.read_bytes()[:30])


def broken_cut_short(path: Path) -> None:
    write_audio(path, np.zeros((1, 100)), 16000)
    path.write_bytes(path.read_bytes()[:-50])


@pytest.mark.parametrize(
    ("break_file", "complaint"),
    [
        (lambda path: None, "cannot be read: No such file or directory; check the path"),
        (broken_folder, "cannot be read: Is a directory; check the path"),
        (broken_text, r"not an audio file that can be read \(Format not recognised\); convert it to WAV or FLAC"),
        (broken_empty_file, "is empty; fetch or write it again"),
        (broken_no_samples, r"no samples \(2 channels of 0\); remove it from the dataset"),
        (broken_not_finite, "2 samples are not finite, the first being inf at channel 0, sample 2; remove it"),
        (broken_cut_in_header, "not an audio file that can be read"),
        (broken_cut_short, "cut short, 194 bytes of 244; fetch or write it again"),
    ],
)
def test_broken_files_are_named_with_a_way_out(
    tmp_path: Path, break_file: Callable[[Path], None], complaint: str
) -> None:
    path = tmp_path / "broken.wav"
    break_file(path)
    with pytest.raises(DataError, match=rf"broken\.wav: {complaint}"):
        read_audio(path)


def test_headerless_audio_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.raw").write_bytes(bytes(100))
    with pytest.raises(DataError, match="convert it to WAV or FLAC"):
        read_audio(tmp_path / "a.raw")


def test_a_wav_file_written_to_a_pipe_has_no_size_to_check(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_audio(path, np.full((1, 100), 0.5), 16000)
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    np.testing.assert_array_equal(read_audio(path)[0], np.full((1, 100), 0.5))


@pytest.mark.parametrize(
    ("name", "waveform", "complaint"),
    [
        ("a.wav", np.zeros((1, 0)), "no samples"),
        ("a.wav", np.zeros((0, 4)), "no samples"),
        ("a.wav", np.array([[0, np.nan]]), "1 samples are not finite, the first being nan at channel 0, sample 1"),
        ("a.txt", np.zeros((1, 4)), "'.txt' is no format for 16-bit audio; name the file .wav or .flac"),
        ("a.mp3", np.zeros((1, 4)), "'.mp3' is no format for 16-bit audio"),
        ("a.flac", np.zeros((9, 4)), "9 channels at 16000 Hz cannot be written as FLAC"),
    ],
)
def test_what_cannot_be_written_leaves_the_old_file_alone(
    tmp_path: Path, name: str, waveform: np.ndarray, complaint: str
) -> None:
    (tmp_path / name).write_text("before")
    with pytest.raises(DataError, match=complaint):
        write_audio(tmp_path / name, waveform, 16000)
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [(name, "before")]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_audio(tmp_path / "new" / "folder" / "a.wav", np.full((1, 4), 0.5), 16000)
    np.testing.assert_array_equal(read_audio(tmp_path / "new" / "folder" / "a.wav")[0], np.full((1, 4), 0.5))


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("before")
    with pytest.raises(DataError, match=r"file/a\.wav: cannot be written"):
        write_audio(tmp_path / "file" / "a.wav", np.zeros((1, 4)), 16000)


def test_a_waveform_has_two_axes(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\[channels, length\], not \[4\]"):
        write_audio(tmp_path / "a.wav", np.zeros(4), 16000)
