"""Whether an audio file is all there, by what it says of its own size.

libsndfile reads what is left of a file cut short as if it were the whole.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Literal

from audiogan.audio.mpeg_frames import audio_start, frame_at, length_tag
from audiogan.audio.ogg_pages import ends_stream
from audiogan.errors import DamagedDataError

_HEADER_BYTES = 12
_LONGEST_HEADER_BYTES = 24
_WAVE64_MARK = bytes.fromhex("726966662e91cf11a5d628db04c10000")
_CHUNK_HEADER_BYTES = 8
_MOST_CHUNKS = 1024
_UNKNOWN_SIZES = (0x7FFFFFFF, 0xFFFFFFFF)
_UNKNOWN_WITHIN = 2**16
"""What is written to a pipe states a size near one of these, or 0, since it cannot be known."""
_TAGS_BYTES = 4096
"""How much of an MP3 file is looked at for its first frame, after an ID3v2 tag."""


def check_complete(path: Path, file: BinaryIO) -> None:
    """Compares what a file says of its end with where it ends, and rewinds ``file``.

    WAV and AIFF files state the size of the whole, or, where that is one that is written for want of a better, of their
    samples; Wave64 and AU files, and MP3 files with a tag, state theirs; the last page of an Ogg stream is marked as
    such (RFC 3533, section 6). Other formats pass.

    :raises DamagedDataError: it holds less than it promises, or nothing.
    """
    header = file.read(_LONGEST_HEADER_BYTES)
    held = file.seek(0, os.SEEK_END)
    promised = _promised_size(file, header)
    is_cut_ogg = header[:4] == b"OggS" and not ends_stream(file)
    file.seek(0)
    if held == 0:
        raise DamagedDataError(f"{path}: is empty; fetch or write it again")
    if promised is not None and held + 1 < promised:  # a final pad byte is often counted and left out
        raise DamagedDataError(f"{path}: cut short, {held} bytes of {promised}; fetch or write it again")
    if is_cut_ogg:
        raise DamagedDataError(
            f"{path}: cut short, its {held} bytes do not end with a stream's last page; fetch or write it again"
        )


def _promised_size(file: BinaryIO, header: bytes) -> int | None:
    if header[:4] == b"RIFF" and header[8:12] == b"WAVE":
        return _chunked_size(file, header, b"data", "little")
    if header[:4] in (b"RF64", b"BW64") and header[8:12] == b"WAVE":
        return _size_beyond_4_gib(file)
    if header[:4] == b"FORM" and header[8:12] in (b"AIFF", b"AIFC"):
        return _chunked_size(file, header, b"SSND", "big")
    if header[:4] == b".snd":
        size = int.from_bytes(header[8:12], "big")
        return None if _is_unknown(size) else int.from_bytes(header[4:8], "big") + size
    if header[:16] == _WAVE64_MARK:
        return int.from_bytes(header[16:24], "little") or None
    if header[:3] == b"ID3" or frame_at(header, 0) is not None:
        return _mpeg_size(file, header)
    return None


def _chunked_size(
    file: BinaryIO, header: bytes, sample_chunk: bytes, byte_order: Literal["little", "big"]
) -> int | None:
    size = int.from_bytes(header[4:8], byte_order)
    if not _is_unknown(size):
        return _CHUNK_HEADER_BYTES + size
    begin = _HEADER_BYTES
    for _ in range(_MOST_CHUNKS):
        file.seek(begin)
        chunk = file.read(_CHUNK_HEADER_BYTES)
        if len(chunk) < _CHUNK_HEADER_BYTES:
            return None
        size = int.from_bytes(chunk[4:], byte_order)
        if chunk[:4] == sample_chunk:
            return None if _is_unknown(size) else begin + _CHUNK_HEADER_BYTES + size
        begin += _CHUNK_HEADER_BYTES + size + size % 2
    return None


def _size_beyond_4_gib(file: BinaryIO) -> int | None:
    """Of a WAV file that keeps its size, in 64 bits, in its first chunk (EBU Tech 3306)."""
    file.seek(_HEADER_BYTES)
    chunk = file.read(2 * _CHUNK_HEADER_BYTES)
    size = int.from_bytes(chunk[_CHUNK_HEADER_BYTES:], "little")
    return _CHUNK_HEADER_BYTES + size if chunk[:4] == b"ds64" and not _is_unknown(size) else None


def _is_unknown(size: int) -> bool:
    return size == 0 or any(abs(size - unknown) <= _UNKNOWN_WITHIN for unknown in _UNKNOWN_SIZES)


def _mpeg_size(file: BinaryIO, header: bytes) -> int | None:
    start = audio_start(header)
    file.seek(start)
    content = file.read(_TAGS_BYTES)
    first = frame_at(content, 0)
    tag = None if first is None else length_tag(content, first)
    return None if tag is None or tag.size is None else start + tag.size
