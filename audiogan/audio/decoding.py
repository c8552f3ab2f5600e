"""Decoding any stretch of an audio file, exact to the sample, without decoding what lies before it."""

from __future__ import annotations

import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from attrs import frozen
from numpy.typing import NDArray

from audiogan.audio.completeness import check_complete, mpeg_samples
from audiogan.audio.formats import needs_run_up, stores_floats
from audiogan.audio.ogg_pages import last_page_start
from audiogan.errors import DamagedDataError, DataError

_RUN_UP = 18_432
"""Samples decoded before a stretch and thrown away, where a decoder carries state: 16 frames of MP3, the longest run
that its bit reservoir reaches back in practice, and more than two of the longest blocks of Vorbis."""
_NO_LENGTH = 2**60
"""What libsndfile gives as the length where it knows none is larger than this."""


@frozen
class AudioHeader:
    """What an audio file says of itself."""

    sample_rate: int
    """In Hz."""
    channels: int
    length: int
    """Samples, each channel."""
    format: str
    """libsndfile's name of the format, such as ``"WAV"``, ``"FLAC"``, ``"OGG"`` or ``"MP3"``."""
    subtype: str
    """libsndfile's name of the encoding, such as ``"PCM_16"``, ``"FLOAT"`` or ``"VORBIS"``."""
    last_seek: int
    """The last sample from which decoding may begin; one later on is reached by decoding."""

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return self.length / self.sample_rate

    @property
    def stores_floats(self) -> bool:
        """Whether samples are stored as numbers that may lie outside [-1, 1]."""
        return stores_floats(self.subtype)


def read_header(path: Path) -> AudioHeader:
    """The header of an audio file, its length made sure of where a format's header is known to lie.

    Reads some kibibytes; an MP3 file that states no length is read as a whole, but not decoded.

    :raises DamagedDataError: the file cannot be opened, is not audio, is cut short, holds no samples, or does not say
        how many.
    """
    try:
        with path.open("rb") as file:
            check_complete(path, file)
        with soundfile.SoundFile(path) as opened:
            return _header_of(path, opened)
    except OSError as error:
        raise DamagedDataError(
            f"{path}: cannot be read: {error.strerror}; check the path and its permissions"
        ) from error
    except (soundfile.SoundFileError, TypeError) as error:
        raise DamagedDataError(
            f"{path}: not an audio file that can be read ({reason(error)}); convert it to WAV or FLAC, or remove it"
        ) from error


def reason(error: Exception) -> str:
    """What libsndfile says is wrong, without a full stop."""
    return str(getattr(error, "error_string", error)).rstrip(".")


class AudioDecoder:
    """Reads stretches of audio files, keeping a bounded number of them open.

    A decoder may be pickled, or inherited by a forked process: the files are opened anew there. It is not for several
    threads at a time.
    """

    _MOST_OPEN = 32

    def __init__(self) -> None:
        self._open: OrderedDict[Path, Any] = OrderedDict()
        self._process = os.getpid()

    def read(self, path: Path, header: AudioHeader, start: int, stop: int) -> NDArray[np.float32]:
        """Samples ``start`` to ``stop`` of each channel, ``[channels, stop - start]``, full scale being 1.

        They are what decoding the whole file gives: to the bit, or, for MP3 and Opus, within 1e-6.

        :raises ValueError: the stretch does not lie within the file.
        :raises DamagedDataError: the file is damaged there, or ends before it; the text says at which time.
        :raises DataError: the file cannot be opened.
        """
        if not 0 <= start <= stop <= header.length:
            raise ValueError(f"{path}: samples {start} to {stop} do not lie within its {header.length}")
        begin = start
        if needs_run_up(header.subtype):
            begin = max(0, min(start - _RUN_UP, header.last_seek))
        try:
            opened = self._opened(path)
            opened.seek(begin)
            samples = opened.read(stop - begin, dtype="float32", always_2d=True)
        except soundfile.SoundFileError as error:
            self._close(path)
            raise DamagedDataError(
                f"{path}: damaged at {start / header.sample_rate:.3f} s ({reason(error)}); fetch or write it again"
            ) from error
        if len(samples) < stop - begin:
            self._close(path)
            raise DamagedDataError(
                f"{path}: ends at {(begin + len(samples)) / header.sample_rate:.3f} s where its header promises "
                f"{header.duration_s:.3f} s; fetch or write it again"
            )
        waveform: NDArray[np.float32] = samples[start - begin :].T
        return waveform

    def _opened(self, path: Path) -> Any:
        if self._process != os.getpid():
            # Of a file that a forked process shares with its parent, each would move the other's position.
            self._open, self._process = OrderedDict(), os.getpid()
        if path in self._open:
            self._open.move_to_end(path)
            return self._open[path]
        opened = _open(path)
        self._open[path] = opened
        if len(self._open) > self._MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        return opened

    def _close(self, path: Path) -> None:
        opened = self._open.pop(path, None)
        if opened is not None:
            opened.close()

    def __reduce__(self) -> tuple[type[AudioDecoder], tuple[()]]:
        return AudioDecoder, ()


def _open(path: Path) -> Any:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}; was the file moved?") from error
    return soundfile.SoundFile(path)


def _header_of(path: Path, opened: Any) -> AudioHeader:
    length = int(opened.frames)
    if length > _NO_LENGTH:
        raise DamagedDataError(f"{path}: does not say how long it is; convert it to WAV or FLAC")
    if opened.subtype.startswith("MPEG"):
        length = _mpeg_length(path, length)
    if length == 0:
        raise DamagedDataError(f"{path}: no samples ({opened.channels} channels of 0); remove it from the dataset")
    last_seek = last_page_start(path) if opened.subtype == "VORBIS" else length
    return AudioHeader(opened.samplerate, opened.channels, length, opened.format, opened.subtype, last_seek)


def _mpeg_length(path: Path, stated: int) -> int:
    counted = mpeg_samples(path)
    if counted is None:
        return stated
    if counted > stated:
        raise DamagedDataError(
            f"{path}: its first frame makes it {stated} samples long, its frames hold {counted}; decoders would stop "
            "short of its end: convert it to WAV or FLAC"
        )
    return counted
