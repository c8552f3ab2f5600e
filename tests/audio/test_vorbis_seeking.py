"""Vorbis whose block sizes change, as those of speech and drums do, is read as exactly as a steady sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from audiogan.audio.decoding import AudioDecoder, AudioHeader, read_header
from tests.audio.sound_files import decoded, write_sound

RATE = 16_000
LENGTH = 30 * RATE + 1
WINDOW = 4001
RUN_UP = 18_432


def bursts() -> NDArray[np.float32]:
    """Decaying bursts of noise, two to ten a second, over a faint tone ``[1, LENGTH]``: long blocks between short."""
    rng = np.random.default_rng(3)
    waveform = 0.01 * np.sin(np.arange(LENGTH) * 0.1)
    for onset in np.cumsum(rng.integers(RATE // 10, RATE // 2, 150)):
        length = min(2000, max(0, LENGTH - onset))
        waveform[onset : onset + length] += rng.normal(0, 0.4, length) * np.exp(-np.arange(length) / 300)
    clipped: NDArray[np.float32] = waveform.clip(-1, 1)[None].astype(np.float32)
    return clipped


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, AudioHeader, NDArray[np.float32]]:
    path = write_sound(tmp_path_factory.mktemp("vorbis") / "a.ogg", bursts(), RATE)
    return path, read_header(path), decoded(path)


def test_windows_ahead_of_the_last_are_slices_of_the_whole(
    recording: tuple[Path, AudioHeader, NDArray[np.float32]],
) -> None:
    path, header, whole = recording
    decoder, rng, start = AudioDecoder(), np.random.default_rng(0), 0
    for jump in rng.integers(16_000, 120_000, 300):
        start = (start + int(jump)) % (LENGTH - WINDOW)
        np.testing.assert_array_equal(decoder.read(path, header, start, start + WINDOW), whole[:, start:][:, :WINDOW])


@pytest.mark.parametrize("ahead", [0, 1, 63, 64, 128, 1000, 31_999, 32_000, 32_001])
def test_decoding_may_begin_right_where_the_last_window_ended_or_just_ahead(
    recording: tuple[Path, AudioHeader, NDArray[np.float32]], ahead: int
) -> None:
    path, header, whole = recording
    decoder = AudioDecoder()
    for first in range(5, LENGTH - 2 * WINDOW - RUN_UP - ahead, 31_013):
        decoder.read(path, header, first, first + WINDOW)
        start = first + WINDOW + ahead + RUN_UP
        np.testing.assert_array_equal(decoder.read(path, header, start, start + WINDOW), whole[:, start:][:, :WINDOW])
        np.testing.assert_array_equal(decoder.read(path, header, start, LENGTH), whole[:, start:])
