"""Whether WAV and AIFF files cut short are noticed, whatever their headers leave open."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiogan.audio import read_audio, read_header
from audiogan.errors import DamagedDataError
from tests.audio.sound_files import sound, write_sound

LENGTH = 1000
SAMPLES_AT = 44
PIPED = (0, 0x7FFFFFFF, 0x7FFFF024, 0x80000024, 0xFFFFFFFF, 0xFFFFFFD6)
"""What sox, arecord, ffmpeg and others state where they cannot know the size."""


def wav(folder: Path, *, riff_size: int, data_size: int, held: int = SAMPLES_AT + 2 * LENGTH) -> Path:
    path = write_sound(folder / "a.wav", sound(1, LENGTH), 8000)
    content = bytearray(path.read_bytes())
    content[4:8], content[40:44] = riff_size.to_bytes(4, "little"), data_size.to_bytes(4, "little")
    path.write_bytes(content[:held])
    return path


@pytest.mark.parametrize("data_size", PIPED[1:])
@pytest.mark.parametrize("riff_size", PIPED)
def test_sizes_that_pipes_write_promise_nothing(tmp_path: Path, riff_size: int, data_size: int) -> None:
    path = wav(tmp_path, riff_size=riff_size, data_size=data_size)
    assert read_header(path).length == LENGTH


@pytest.mark.parametrize("riff_size", PIPED)
def test_the_samples_own_size_counts_where_that_of_the_whole_is_left_open(tmp_path: Path, riff_size: int) -> None:
    whole = wav(tmp_path, riff_size=riff_size, data_size=2 * LENGTH)
    assert read_header(whole).length == LENGTH
    path = wav(tmp_path, riff_size=riff_size, data_size=2 * LENGTH, held=1000)
    with pytest.raises(DamagedDataError, match=r"a\.wav: cut short, 1000 bytes of 2044; fetch or write it again"):
        read_header(path)


@pytest.mark.parametrize("riff_size", [SAMPLES_AT + 2 * LENGTH, SAMPLES_AT + 2 * LENGTH + 2, 10, 2**24])
def test_the_size_of_the_whole_does_not_count_where_all_samples_are_there(tmp_path: Path, riff_size: int) -> None:
    path = wav(tmp_path, riff_size=riff_size, data_size=2 * LENGTH)
    assert read_header(path).length == LENGTH
    np.testing.assert_allclose(read_audio(path)[0], sound(1, LENGTH), atol=2**-15)


@pytest.mark.parametrize("size", [0x7FFE_FFFE, 0x8001_0000, 0xC000_0000, 0xFFFE_FFFE])
def test_large_files_are_held_to_their_size(tmp_path: Path, size: int) -> None:
    path = wav(tmp_path, riff_size=0, data_size=size)
    with pytest.raises(DamagedDataError, match=f"cut short, 2044 bytes of {size + SAMPLES_AT}"):
        read_header(path)


def test_a_large_file_that_is_all_there_passes(tmp_path: Path) -> None:
    size = 0xC000_0000
    path = wav(tmp_path, riff_size=size, data_size=size - 36)
    os.truncate(path, size + 8)  # the rest is a hole that takes no space
    assert read_header(path).length == (size - 36) // 2


def test_a_wav_file_with_a_size_of_64_bits_is_held_to_it(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, sound(1, LENGTH).T, 8000, format="RF64", subtype="PCM_16")
    content = path.read_bytes()
    assert content[:4] == b"RF64"
    assert read_header(path).length == LENGTH
    path.write_bytes(content[:-1000])
    with pytest.raises(DamagedDataError, match=f"cut short, {len(content) - 1000} bytes of {len(content)}"):
        read_header(path)


def test_other_chunks_before_the_samples_are_stepped_over(tmp_path: Path) -> None:
    path = wav(tmp_path, riff_size=0, data_size=2 * LENGTH)
    content = path.read_bytes()
    odd = b"LIST" + (5).to_bytes(4, "little") + b"INFO!\0"
    path.write_bytes(content[:36] + odd + content[36:])
    assert read_header(path).length == LENGTH
    path.write_bytes((content[:36] + odd + content[36:])[:-100])
    with pytest.raises(DamagedDataError, match=f"cut short, {2044 + 14 - 100} bytes of {2044 + 14}"):
        read_header(path)


def test_an_aiff_file_without_a_size_is_held_to_that_of_its_samples(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.aiff", sound(1, LENGTH), 8000)
    content = bytearray(path.read_bytes())
    content[4:8] = bytes(4)
    path.write_bytes(content)
    assert read_header(path).length == LENGTH
    path.write_bytes(content[:-1500])
    with pytest.raises(DamagedDataError, match=rf"a\.aiff: cut short, {len(content) - 1500} bytes of {len(content)}"):
        read_header(path)


@pytest.mark.parametrize("header", [b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF"])
def test_a_file_of_chunks_without_samples_is_not_walked_for_ever(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(header + bytes(2**20))
    with pytest.raises(DamagedDataError, match=r"a\.wav: "):
        read_header(path)
