"""Writing audio files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from audiogan.audio.decoding import check_samples
from audiogan.audio.headers import reason
from audiogan.errors import DataError
from audiogan.files import write_bytes

_FULL_SCALE = 32768


def write_audio(path: str | Path, waveform: NDArray[Any], sample_rate: int) -> None:
    """Writes a waveform ``[channels, length]`` as 16-bit PCM in the format of the path's suffix, such as ``.wav``.

    Samples beyond full scale, [-1, 1 - 2**-15], are clipped to it; the others are rounded to the nearest step, so that
    what :func:`audiogan.audio.read_audio` gives of a 16-bit file is written back unchanged. Missing folders are made.
    The file appears under its name only when it is complete, in place of any file of that name.

    :raises DataError: the suffix names no format with 16-bit PCM, the waveform is empty or not finite, or the file
        cannot be written.
    :raises ValueError: the waveform has not two axes.
    """
    path = Path(path)
    waveform = np.asarray(waveform)
    if waveform.ndim != 2:
        raise ValueError(f"a waveform has the shape [channels, length], not {list(waveform.shape)}")
    file_format = path.suffix.removeprefix(".").upper()
    if file_format not in soundfile.available_formats() or not soundfile.check_format(file_format, "PCM_16"):
        raise DataError(f"{path}: '{path.suffix}' is no format for 16-bit audio; name the file .wav or .flac")
    check_samples(path, waveform, "there is nothing to write")
    steps = np.rint(waveform.astype(np.float64) * _FULL_SCALE)
    pcm = np.clip(steps, -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)
    encoded = io.BytesIO()  # libsndfile's callbacks cannot hand on an error, such as that of a full disk
    try:
        soundfile.write(encoded, pcm.T, sample_rate, format=file_format, subtype="PCM_16")
    except soundfile.SoundFileError as error:
        raise DataError(
            f"{path}: {waveform.shape[0]} channels at {sample_rate} Hz cannot be written as {file_format} "
            f"({reason(error)}); choose fewer channels or another sample rate"
        ) from error
    write_bytes(path, encoded.getvalue())
