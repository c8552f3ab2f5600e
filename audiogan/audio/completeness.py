"""Whether an audio file is all there, by what it says of its own size.

libsndfile reads what is left of a file cut short as if it were the whole.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from audiogan.audio.mpeg_frames import audio_start, frame_at, length_tag
from audiogan.errors import DamagedDataError

_HEADER_BYTES = 12
_UNKNOWN_SIZE = 0x7FFF0000
"""WAV files written to a pipe give a size from here on, since they cannot know it."""
_TAGS_BYTES = 4096
"""How much of an MP3 file is looked at for its first frame, after an ID3v2 tag."""


def check_complete(path: Path, file: BinaryIO) -> None:
    """Compares the size that a WAV, AIFF or tagged MP3 file promises with its own, and rewinds ``file``.

    :raises DamagedDataError: it holds less than it promises, or nothing.
    """
    header = file.read(_HEADER_BYTES)
    held = file.seek(0, os.SEEK_END)
    promised = _promised_size(file, header)
    file.seek(0)
    if held == 0:
        raise DamagedDataError(f"{path}: is empty; fetch or write it again")
    if promised is not None and held + 1 < promised:  # a final pad byte is often counted and left out
        raise DamagedDataError(f"{path}: cut short, {held} bytes of {promised}; fetch or write it again")


def _promised_size(file: BinaryIO, header: bytes) -> int | None:
    if header[:4] == b"RIFF" and header[8:] == b"WAVE":
        return _unless_unknown(int.from_bytes(header[4:8], "little") + 8)
    if header[:4] == b"FORM" and header[8:] in (b"AIFF", b"AIFC"):
        return _unless_unknown(int.from_bytes(header[4:8], "big") + 8)
    if header[:3] == b"ID3" or frame_at(header, 0) is not None:
        return _mpeg_size(file, header)
    return None


def _unless_unknown(size: int) -> int | None:
    return size if size < _UNKNOWN_SIZE else None


def _mpeg_size(file: BinaryIO, header: bytes) -> int | None:
    start = audio_start(header)
    file.seek(start)
    content = file.read(_TAGS_BYTES)
    first = frame_at(content, 0)
    tag = None if first is None else length_tag(content, first)
    return None if tag is None or tag.size is None else start + tag.size
