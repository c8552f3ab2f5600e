"""Decoding any stretch of an audio file, exact to the sample, without decoding what lies before it."""

from __future__ import annotations

import os
from collections import OrderedDict
from pathlib import Path
from typing import final

import numpy as np
import soundfile
from attrs import frozen
from numpy.typing import NDArray

from audiogan.audio.completeness import check_complete
from audiogan.audio.file_version import FileVersion, file_version
from audiogan.audio.formats import needs_run_up, stores_floats
from audiogan.audio.mpeg_index import MpegIndices, mpeg_index, states_length
from audiogan.audio.ogg_damage import OggDamage, OggDamages
from audiogan.audio.ogg_pages import is_chained, last_page_start
from audiogan.audio.opening import is_special, open_sound
from audiogan.audio.sources import MpegSource, SeekableSource, Source
from audiogan.errors import DamagedDataError, DataError

_OPUS_POSITIONS_PER_S = 48_000
"""Whatever the sample rate (RFC 7845, section 4)."""
_NO_LENGTH = 2**60
"""What libsndfile gives as the length where it knows none is larger than this."""


@final
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
    version: FileVersion
    """Of the file, when this was read from it."""

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

    :raises DamagedDataError: the file cannot be opened, is a pipe or a device, is not audio, is cut short, holds no
        samples, or does not say how many.
    """
    try:
        if is_special(path):  # which may wait for ever for somebody to write
            raise DamagedDataError(
                f"{path}: not a regular file, but a named pipe, socket or device; remove it, or write the recording "
                "to a file"
            )
        version = file_version(path)
        with path.open("rb") as file:
            check_complete(path, file)
        with open_sound(path) as opened:
            return _header_of(path, opened, version)
    except OSError as error:
        raise DamagedDataError(
            f"{path}: cannot be read: {error.strerror}; check the path and its permissions"
        ) from error
    except (soundfile.SoundFileError, TypeError) as error:
        raise DamagedDataError(
            f"{path}: not an audio file that can be read ({reason(error)}); "
            "convert it to WAV or FLAC, or remove it from the dataset"
        ) from error


def reason(error: Exception) -> str:
    """What libsndfile says is wrong, without a full stop."""
    return str(getattr(error, "error_string", error)).rstrip(".")


@final
class AudioDecoder:
    """Reads stretches of audio files, keeping a bounded number of them open, and the indices of MP3 files.

    A decoder may be pickled, or inherited by a forked process: the files are opened anew there. It is not for several
    threads at a time.
    """

    _MOST_OPEN = 32

    def __init__(self) -> None:
        self._open: OrderedDict[Path, Source] = OrderedDict()
        self._process = os.getpid()
        self._mpeg_indices = MpegIndices()
        self._ogg_damages = OggDamages()

    def read(self, path: Path, header: AudioHeader, start: int, stop: int) -> NDArray[np.float32]:
        """Samples ``start`` to ``stop`` of each channel, ``[channels, stop - start]``, full scale being 1.

        They are what decoding the whole file gives: to the bit, or, for MP3 and Opus, within 1e-6, but for stretches of
        Opus at 16 and 24 kHz, of which one in ten is off by up to 3e-3; and they do not depend on what was read before.

        :raises ValueError: the stretch does not lie within the file.
        :raises DamagedDataError: the file is damaged there, or ends before it; the text says at which time.
        :raises DataError: the file cannot be opened, or was changed since ``header`` was read.
        """
        if not 0 <= start <= stop <= header.length:
            raise ValueError(f"{path}: samples {start} to {stop} do not lie within its {header.length}")
        try:
            self._check_version(path, header)
            samples = self._source(path, header).read(start, stop)
        except OSError as error:
            self._close(path)
            raise DataError(f"{path}: cannot be read: {error.strerror}; was the file moved?") from error
        except soundfile.SoundFileError as error:
            self._close(path)
            raise DamagedDataError(
                f"{path}: damaged at {start / header.sample_rate:.3f} s ({reason(error)}); fetch or write it again"
            ) from error
        if len(samples) < stop - start:
            self._close(path)
            raise DamagedDataError(
                f"{path}: ends at {(start + len(samples)) / header.sample_rate:.3f} s where its header promises "
                f"{header.duration_s:.3f} s; fetch or write it again"
            )
        waveform: NDArray[np.float32] = samples.T
        return waveform

    def _source(self, path: Path, header: AudioHeader) -> Source:
        if self._process != os.getpid():
            # Of a file that a forked process shares with its parent, each would move the other's position.
            self._open, self._process = OrderedDict(), os.getpid()
        if path in self._open:
            self._open.move_to_end(path)
            return self._open[path]
        source = self._open[path] = self._opened(path, header)
        if len(self._open) > self._MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        return source

    def _check_version(self, path: Path, header: AudioHeader) -> None:
        try:
            version = file_version(path)
        except FileNotFoundError:
            if path not in self._open:
                raise
            return  # what is open can be read although its name is gone
        if version != header.version:
            self._close(path)
            raise _changed(path)

    def _opened(self, path: Path, header: AudioHeader) -> Source:
        with path.open("rb"):  # for the system's own error where it cannot be opened
            pass
        index = self._mpeg_indices.of(path) if header.subtype == "MPEG_LAYER_III" else None
        if index is not None:
            return MpegSource(index)
        file = open_sound(path)
        promised = (header.sample_rate, header.channels, header.length, header.format, header.subtype)
        if (file.samplerate, file.channels, file.frames, file.format, file.subtype) != promised:
            file.close()
            raise _changed(path)
        if not needs_run_up(header.subtype):
            return SeekableSource(path, file, last_seek=None)
        damages: tuple[OggDamage, ...] = ()
        if header.format == "OGG":
            rate = header.sample_rate
            damages = self._ogg_damages.of(
                path,
                length=header.length,
                sample_rate=rate,
                positions_per_s=_OPUS_POSITIONS_PER_S if header.subtype == "OPUS" else rate,
            )
        return SeekableSource(path, file, last_seek=header.last_seek, damages=damages)

    def _close(self, path: Path) -> None:
        source = self._open.pop(path, None)
        if source is not None:
            source.close()

    def __reduce__(self) -> tuple[type[AudioDecoder], tuple[()]]:
        return AudioDecoder, ()


def _changed(path: Path) -> DataError:
    return DataError(
        f"{path}: changed while in use; give back the file as it was, or start again with what it is now, and leave "
        "recordings alone until the work is done"
    )


def _header_of(path: Path, opened: soundfile.SoundFile, version: FileVersion) -> AudioHeader:
    length = int(opened.frames)
    if length > _NO_LENGTH:
        raise DamagedDataError(f"{path}: does not say how long it is; convert it to WAV or FLAC")
    if opened.subtype == "MPEG_LAYER_III" and not states_length(path):
        index = mpeg_index(path)
        length = length if index is None else index.length
    if length == 0:
        raise DamagedDataError(f"{path}: no samples ({opened.channels} channels of 0); remove it from the dataset")
    if opened.format == "OGG" and is_chained(path):
        raise DamagedDataError(
            f"{path}: several streams one after the other, of which only the first would be read; convert it to FLAC"
        )
    last_seek = last_page_start(path) if opened.subtype == "VORBIS" else length
    return AudioHeader(opened.samplerate, opened.channels, length, opened.format, opened.subtype, last_seek, version)
