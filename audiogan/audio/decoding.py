"""Decoding audio files: any stretch of those that are read in place, others as a whole."""

from __future__ import annotations

import os
import shutil
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import final

import numpy as np
import soundfile
from attrs import evolve
from numpy.typing import NDArray

from audiogan.audio.headers import AudioHeader, file_version, read_header, reason, soundfile_name
from audiogan.audio.streams import check_ogg, holds_length, length_tag
from audiogan.errors import DamagedDataError, DataError
from audiogan.files import atomic_file, locked_folder

_BLOCK = 2**16


def decoded_blocks(path: Path) -> Iterator[NDArray[np.float32]]:
    """All samples of an audio file from first to last, in blocks ``[channels, length]``, full scale being 1.

    A header's length is not relied on: memory is bounded by a block, and what is there is compared with it at the end.

    :raises DamagedDataError: the file is not audio, is damaged or ends too early; the text says at which time.
    """
    header = read_header(path)
    done = 0
    try:
        if header.format == "OGG":
            check_ogg(path)
        with _opened_whole(path, header) as (opened, skipped):
            while len(samples := opened.read(skipped or _BLOCK, dtype="float32", always_2d=True)):
                if not skipped:
                    done += len(samples)
                    yield samples.T
                skipped = 0
        states_length = header.format != "MP3" or holds_length(path)
    except OSError as error:
        raise DamagedDataError(f"{path}: cannot be read: {error.strerror}; check its permissions") from error
    except soundfile.SoundFileError as error:
        raise _damaged(path, done / header.sample_rate, reason(error)) from error
    if done == 0 or (states_length and done < header.length):
        raise _ends_early(path, header, done)


def decode_whole(path: Path, into: Path) -> int:
    """Writes all samples of ``path`` to the Wave64 file ``into``, whole or not at all, and returns their number.

    They are float32, exactly as libsndfile decodes them, and interleaved.

    :raises DamagedDataError: as :func:`decoded_blocks`.
    :raises DataError: ``into`` cannot be written.
    """
    header, length = read_header(path), 0
    with (
        atomic_file(into) as file,
        soundfile.SoundFile(file, "w", header.sample_rate, header.channels, format="W64", subtype="FLOAT") as written,
    ):
        for block in decoded_blocks(path):
            written.write(block.T)
            length += block.shape[1]
    return length


def read_audio(path: str | Path) -> tuple[NDArray[np.float32], int]:
    """The waveform ``[channels, length]`` of an audio file, full scale being 1, and its sample rate in Hz.

    :raises DataError: the file cannot be opened, is not audio, is cut short, holds no samples, or holds a sample that
        is not finite.
    """
    path = Path(path)
    waveform = np.ascontiguousarray(np.concatenate(list(decoded_blocks(path)), axis=1))
    check_samples(path, waveform, "remove it from the dataset")
    return waveform, read_header(path).sample_rate


def check_samples(path: Path, waveform: NDArray[np.floating], way_out: str) -> None:
    """:raises DataError: there are no samples, or one that is not finite; the text says where, and ``way_out``."""
    if waveform.size == 0:
        raise DataError(f"{path}: no samples ({waveform.shape[0]} channels of {waveform.shape[1]}); {way_out}")
    finite = np.isfinite(waveform)
    if not finite.all():
        channel, position = np.argwhere(~finite)[0]
        raise DataError(
            f"{path}: {np.size(finite) - np.count_nonzero(finite)} samples are not finite, the first being "
            f"{waveform[channel, position]} at channel {channel}, sample {position}; {way_out}"
        )


@final
class AudioDecoder:
    """Reads stretches of audio files, keeping a bounded number of them open.

    A decoder may be pickled, or inherited by a forked process: the files are opened again there. It is not for several
    threads at a time.
    """

    _MOST_OPEN = 32

    def __init__(self) -> None:
        self._open: OrderedDict[Path, soundfile.SoundFile] = OrderedDict()
        self._process = os.getpid()

    def read(self, path: Path, header: AudioHeader, start: int, stop: int) -> NDArray[np.float32]:
        """Samples ``start`` to ``stop`` of each channel, ``[channels, stop - start]``, full scale being 1.

        They are to the bit what decoding the whole file gives, and do not depend on what was read before.

        :raises ValueError: the stretch does not lie within the file, or the file is not read in place and ``header``
            names no decoded samples.
        :raises DamagedDataError: the file is damaged there, or ends before it; the text says at which time.
        :raises DataError: the file cannot be opened, or was changed since ``header`` was read.
        """
        if not 0 <= start <= stop <= header.length:
            raise ValueError(f"{path}: samples {start} to {stop} do not lie within its {header.length}")
        try:
            self._check_version(path, header)
            file = self._file(path, header)
            file.seek(start)
            samples = file.read(stop - start, dtype="float32", always_2d=True)
        except OSError as error:
            self._close(path)
            raise DataError(f"{path}: cannot be read: {error.strerror}; was the file moved?") from error
        except soundfile.SoundFileError as error:
            self._close(path)
            raise _damaged(path, start / header.sample_rate, reason(error)) from error
        if len(samples) < stop - start:
            self._close(path)
            raise _ends_early(path, header, start + len(samples))
        waveform: NDArray[np.float32] = samples.T
        return waveform

    def _file(self, path: Path, header: AudioHeader) -> soundfile.SoundFile:
        if self._process != os.getpid():
            # Of a file that a forked process shares with its parent, each would move the other's position.
            self._open, self._process = OrderedDict(), os.getpid()
        if path in self._open:
            self._open.move_to_end(path)
            return self._open[path]
        file = self._open[path] = _opened(path, header)
        if len(self._open) > self._MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        return file

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

    def _close(self, path: Path) -> None:
        file = self._open.pop(path, None)
        if file is not None:
            file.close()

    def __reduce__(self) -> tuple[type[AudioDecoder], tuple[()]]:
        return AudioDecoder, ()


def _opened(path: Path, header: AudioHeader) -> soundfile.SoundFile:
    with path.open("rb"):  # for the system's own error where it cannot be opened
        pass
    if header.decoded is not None:
        if not header.decoded.exists():  # removed from the cache meanwhile, for other recordings
            with locked_folder(header.decoded.parent, busy="in use", timeout_s=-1):
                decode_whole(path, header.decoded)
        return soundfile.SoundFile(soundfile_name(header.decoded))
    if not header.in_place:
        raise ValueError(f"{path}: {header.subtype} is decoded as a whole before stretches of it are read")
    file = soundfile.SoundFile(soundfile_name(path))
    found = AudioHeader(file.samplerate, file.channels, file.frames, file.format, file.subtype, header.version)
    if found != evolve(header, decoded=None):
        file.close()
        raise _changed(path)
    return file


class _Sequential(soundfile.SoundFile):  # type: ignore[misc]  # soundfile is not typed
    """A file in which no position is sought: soundfile does so after each reading, and MP3 then differs by a bit."""

    def seekable(self) -> bool:
        """Never."""
        return False


@contextmanager
def _opened_whole(path: Path, header: AudioHeader) -> Iterator[tuple[soundfile.SoundFile, int]]:
    """The file, and how many samples at its beginning are none of its own."""
    tag = length_tag(path) if header.subtype == "MPEG_LAYER_III" else None
    if tag is None:
        with _Sequential(soundfile_name(path)) as opened:
            yield opened, 0
        return
    with TemporaryFile() as file, path.open("rb") as stored:
        file.write(tag.content)
        shutil.copyfileobj(stored, file)
        file.seek(0)
        with _Sequential(file) as opened:
            yield opened, tag.skipped


def _damaged(path: Path, time_s: float, what: str) -> DamagedDataError:
    return DamagedDataError(f"{path}: damaged at {time_s:.3f} s ({what}); fetch or write it again")


def _ends_early(path: Path, header: AudioHeader, length: int) -> DamagedDataError:
    return DamagedDataError(
        f"{path}: ends at {length / header.sample_rate:.3f} s where its header promises {header.duration_s:.3f} s; "
        "fetch or write it again"
    )


def _changed(path: Path) -> DataError:
    return DataError(
        f"{path}: changed while in use; restore the file as it was, or start again with what it is now, and leave "
        "recordings alone until the work is done"
    )
