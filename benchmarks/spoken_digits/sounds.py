"""The three folders that are judged: the dataset's test speech, the same with artifacts put in, and noise."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audiogan.audio import read_audio, write_audio
from audiogan.errors import DataError

SAMPLE_RATE, WINDOW_LENGTH = 8000, 8192
"""In Hz, and in samples."""
TEST_SPLIT = r"_[0-4]\.wav$"
"""What the names of the dataset's own test recordings match: the first five of each speaker and digit."""
LABEL = r"^(?P<label>\d)_"

STRIDE = 4
GAIN, OFFSET = 2.0, 0.02
"""How much louder, and by how much of full scale higher, every ``STRIDE``-th sample becomes."""

_TEST_RECORDINGS = 300
_NAME = re.compile(r"^\d_[a-z]+" + TEST_SPLIT)


def recordings_of_test_split(recordings: Path) -> tuple[Path, ...]:
    """The test recordings of the Free Spoken Digit Dataset in the folder ``recordings``, by name.

    :raises DataError: the folder cannot be read, or does not hold all of them.
    """
    try:
        found = sorted(path for path in recordings.iterdir() if _NAME.match(path.name))
    except OSError as error:
        raise DataError(
            f"{recordings}: cannot be read ({error.strerror}); name the folder 'recordings' of the Free Spoken Digit "
            "Dataset"
        ) from error
    if len(found) != _TEST_RECORDINGS:
        raise DataError(
            f"{recordings}: holds {len(found)} test recordings, named like 7_jackson_0.wav to 7_jackson_4.wav, where "
            f"the Free Spoken Digit Dataset has {_TEST_RECORDINGS}; name its folder 'recordings', as it was published"
        )
    return tuple(found)


def with_artifacts(waveform: NDArray[np.float32]) -> NDArray[np.float32]:
    """``waveform`` ``[channels, length]`` as a transposed convolution of stride ``STRIDE`` may leave it.

    One of the filters that take turns there has a larger gain than the others, which gives images of the sound, and a
    larger mean, which gives tones at the multiples of a quarter of the rate.
    """
    spoiled = waveform.copy()
    spoiled[:, ::STRIDE] = GAIN * spoiled[:, ::STRIDE] + OFFSET
    return spoiled


def copy_speech(speech: Sequence[Path], folder: Path) -> None:
    """Copies recordings into ``folder``, which is made.

    :raises DataError: one cannot be copied.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in speech:
            shutil.copyfile(path, folder / path.name)
    except OSError as error:
        raise DataError(
            f"{folder}: the test recordings cannot be copied there ({error}); name another folder"
        ) from error


def write_speech_with_artifacts(speech: Sequence[Path], folder: Path) -> None:
    """Writes recordings into ``folder`` with artifacts put in, clipped where that goes beyond full scale.

    :raises DataError: one cannot be read or written.
    """
    for path in speech:
        waveform, sample_rate = read_audio(path)
        write_audio(folder / path.name, with_artifacts(waveform), sample_rate)


def write_noise(count: int, folder: Path, *, seed: int = 0) -> None:
    """Writes ``count`` windows of white noise, uniform from -1 to 1, into ``folder``.

    :raises DataError: one cannot be written.
    """
    rng = np.random.default_rng(seed)
    for number in range(count):
        write_audio(folder / f"{number:03}.wav", rng.uniform(-1, 1, (1, WINDOW_LENGTH)), SAMPLE_RATE)
