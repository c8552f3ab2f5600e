"""Small real audio files, in every format that recordings come in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

FORMATS = {
    "a.wav": ("WAV", "PCM_16"),
    "b.wav": ("WAV", "PCM_24"),
    "c.wav": ("WAV", "PCM_32"),
    "d.wav": ("WAV", "FLOAT"),
    "a.aiff": ("AIFF", "PCM_24"),
    "a.flac": ("FLAC", "PCM_16"),
    "b.flac": ("FLAC", "PCM_24"),
    "a.ogg": ("OGG", "VORBIS"),
    "a.opus": ("OGG", "OPUS"),
    "a.mp3": ("MP3", "MPEG_LAYER_III"),
}
"""libsndfile's format and subtype by file name."""
_BLOCK = 2**16


def sound(channels: int, length: int, *, seed: int = 0) -> NDArray[np.float32]:
    """A gliding tone in noise ``[channels, length]``, such that no stretch of it is like any other."""
    rng = np.random.default_rng(seed)
    glide = np.sin(np.cumsum(np.linspace(0.01, 0.4, length)))
    return (0.3 * glide + rng.normal(0, 0.05, (channels, length))).clip(-1, 1).astype(np.float32)


def write_sound(path: Path, waveform: NDArray[np.float32], sample_rate: int) -> Path:
    """Writes a waveform ``[channels, length]`` in the format and subtype that ``FORMATS`` has for the path's name.

    A name that is not there is written in the default of its suffix.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file_format, subtype = FORMATS.get(path.name, FORMATS[f"a{path.suffix}"])
    with soundfile.SoundFile(path, "w", sample_rate, waveform.shape[0], format=file_format, subtype=subtype) as file:
        # libsndfile keeps what it is given for Vorbis on the stack.
        for start in range(0, waveform.shape[1], _BLOCK):
            file.write(waveform[:, start : start + _BLOCK].T)
    return path


def decoded(path: Path) -> NDArray[np.float32]:
    """The whole file ``[channels, length]`` as libsndfile decodes it from its beginning."""
    samples, _ = soundfile.read(path, dtype="float32", always_2d=True)
    whole: NDArray[np.float32] = samples.T
    return whole
