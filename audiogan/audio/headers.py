"""What an audio file says of itself, held against what is there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO, Literal, final

import soundfile
from attrs import frozen

from audiogan.audio.streams import holds_length
from audiogan.errors import DamagedDataError

AUDIO_SUFFIXES = frozenset(
    (
        *(".aif", ".aifc", ".aiff", ".au", ".caf", ".flac", ".mp3", ".oga", ".ogg", ".opus", ".rf64"),
        *(".w64", ".wav", ".wave"),
        *(".aac", ".ape", ".m4a", ".mka", ".mp4", ".wma", ".wv"),
    )
)
"""Suffixes, in lower case, of files that are taken for audio.

The last line are formats that libsndfile does not read: a recording in one of them is an error rather than no
recording.
"""

_READ_IN_PLACE = frozenset(
    (
        *("PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"),
        *("ALAC_16", "ALAC_20", "ALAC_24", "ALAC_32"),
    )
)
"""Encodings in which libsndfile seeks to the sample."""
_MOST_SAMPLES_A_BYTE = 8192
"""FLAC's longest block in its shortest frame; of the lossy formats none holds more."""
_NOT_AUDIO = (
    (
        b"version https://git-lfs",
        "a Git LFS pointer, not the recording itself; fetch the recordings with `git lfs pull`",
    ),
    (b"<!doctype html", "a web page (HTML), not a recording; download the recording again"),
    (b"<html", "a web page (HTML), not a recording; download the recording again"),
)
_UNKNOWN_SIZES = (0x7FFFFFFF, 0xFFFFFFFF)
_UNKNOWN_WITHIN = 2**16
"""What is written to a pipe states a size near one of these, or 0, since it cannot be known."""
_MOST_CHUNKS = 1024


@final
@frozen
class AudioHeader:
    """What an audio file says of itself."""

    sample_rate: int
    """In Hz."""
    channels: int
    length: int
    """Samples, each channel; of a file that is not ``in_place`` no more than a claim, until ``decoded`` is set."""
    format: str
    """libsndfile's name of the format, such as ``"WAV"``, ``"FLAC"``, ``"OGG"`` or ``"MP3"``."""
    subtype: str
    """libsndfile's name of the encoding, such as ``"PCM_16"``, ``"FLOAT"`` or ``"VORBIS"``."""
    version: tuple[int, int]
    """The file's size in bytes and when it was last written, in nanoseconds since 1970."""
    decoded: Path | None = None
    """The samples of the whole file, decoded once, where it is not read in place."""

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return self.length / self.sample_rate

    @property
    def stores_floats(self) -> bool:
        """Whether samples are stored as numbers that may lie outside [-1, 1]."""
        return self.subtype in ("FLOAT", "DOUBLE")

    @property
    def in_place(self) -> bool:
        """Whether stretches are read from the file itself; a lossy file is decoded as a whole first."""
        return self.subtype in _READ_IN_PLACE


def is_audio_name(path: Path) -> bool:
    """Whether a file is taken for audio: its suffix is an audio format's, and its name does not begin with a dot."""
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def file_version(path: Path) -> tuple[int, int]:
    """The size in bytes of the file that ``path`` leads to, and when it was last written, in ns since 1970.

    :raises OSError: it leads nowhere.
    """
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def soundfile_name(path: Path) -> str | bytes:
    """The path as soundfile takes it: as a string it refuses names that are not UTF-8."""
    return str(path) if sys.platform == "win32" else os.fsencode(path)  # on Windows every name is a string


def reason(error: Exception) -> str:
    """What libsndfile says is wrong, without a full stop."""
    return str(getattr(error, "error_string", error)).rstrip(".")


def read_header(path: Path) -> AudioHeader:
    """The header of an audio file.

    That the stated length is there is made sure of where the file is read in place, by reading its last sample; of
    any other file a length is refused that its size cannot hold.

    :raises DamagedDataError: the file cannot be opened, is no regular file, is not audio, is cut short, holds no
        samples, or does not say how many.
    """
    try:
        if not path.is_file() and not path.is_dir() and path.exists():  # a pipe would be waited for without end
            raise DamagedDataError(f"{path}: not a regular file; remove it, or write the recording to a file")
        version = file_version(path)
        with path.open("rb") as file:
            _check_content(path, file, version[0])
        with soundfile.SoundFile(soundfile_name(path)) as opened:
            length = _checked_length(path, opened, version[0])
            return AudioHeader(opened.samplerate, opened.channels, length, opened.format, opened.subtype, version)
    except OSError as error:
        raise DamagedDataError(
            f"{path}: cannot be read: {error.strerror}; check the path and its permissions"
        ) from error
    except (soundfile.SoundFileError, TypeError) as error:
        raise DamagedDataError(
            f"{path}: not an audio file that can be read ({reason(error)}); "
            "convert it to WAV or FLAC, or remove it from the dataset"
        ) from error


def _checked_length(path: Path, opened: soundfile.SoundFile, file_bytes: int) -> int:
    length = int(opened.frames)
    if length == 0:
        raise DamagedDataError(f"{path}: no samples ({opened.channels} channels of 0); remove it from the dataset")
    if length > file_bytes * _MOST_SAMPLES_A_BYTE and (opened.format != "MP3" or holds_length(path)):
        raise DamagedDataError(
            f"{path}: its header promises {length} samples, which {file_bytes} bytes cannot hold; fetch or write it "
            "again, or convert it to WAV or FLAC if it was written to a pipe"
        )
    if opened.subtype in _READ_IN_PLACE:
        try:
            opened.seek(length - 1)
            complete = len(opened.read(1)) == 1
        except soundfile.SoundFileError:
            complete = False
        if not complete:
            raise DamagedDataError(
                f"{path}: ends before the {length / opened.samplerate:.3f} s that its header promises; fetch or write "
                "it again"
            )
    return length


def _check_content(path: Path, file: BinaryIO, file_bytes: int) -> None:
    """:raises DamagedDataError: the file is empty, no audio but text known by its first bytes, or cut short."""
    head = file.read(512)
    if not head:
        raise DamagedDataError(f"{path}: is empty; fetch or write it again")
    for mark, complaint in _NOT_AUDIO:
        if head.lstrip().lower().startswith(mark):
            raise DamagedDataError(f"{path}: {complaint}")
    end: int | None = None
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        end = _samples_end(file, b"data", "little")
    elif head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        end = _samples_end(file, b"SSND", "big")
    if end is not None and end > file_bytes:
        raise DamagedDataError(f"{path}: cut short, {file_bytes} bytes of {end}; fetch or write it again")


def _samples_end(file: BinaryIO, samples_chunk: bytes, byte_order: Literal["little", "big"]) -> int | None:
    """Where a WAV or AIFF file's samples end, by the size of their chunk; ``None`` where that is left open.

    Beyond 4 GiB the size stands in the chunk ``ds64`` (EBU Tech 3306). The size of the whole file, which writers often
    get wrong, does not count.
    """
    begin, size_beyond_4_gib = 12, None
    for _ in range(_MOST_CHUNKS):
        file.seek(begin)
        chunk = file.read(24)
        if len(chunk) < 8:
            return None
        size = int.from_bytes(chunk[4:8], byte_order)
        if chunk[:4] == b"ds64":
            size_beyond_4_gib = int.from_bytes(chunk[16:24], "little")
        if chunk[:4] == samples_chunk:
            if size == 0xFFFFFFFF and size_beyond_4_gib is not None:
                return begin + 8 + size_beyond_4_gib
            is_open = size == 0 or any(abs(size - unknown) <= _UNKNOWN_WITHIN for unknown in _UNKNOWN_SIZES)
            return None if is_open else begin + 8 + size
        begin += 8 + size + size % 2
    return None
