"""The pages of an Ogg file.

A page states the position of the last sample that ends on it (its granule position), so that a decoder can begin at any
page and knows where it is; but for the last page, whose position leaves out the samples that are cut off at the end.
libsndfile 1.2 does not allow for that (its issue 885) and is off by their number after it has sought to the last page.
Source: RFC 3533, section 6.
"""

from __future__ import annotations

import os
import zlib
from collections import deque
from collections.abc import Iterator
from mmap import mmap
from pathlib import Path
from typing import BinaryIO, final

from attrs import frozen

NO_POSITION = 2**64 - 1
"""The position of a page on which nothing ends."""
_HEADER_BYTES = 27
_LARGEST_PAGE = _HEADER_BYTES + 255 + 255 * 255
_FLAGS = 5
_LAST_OF_STREAM = 4
_CHECKSUM = slice(22, 26)
_SEGMENTS = 26
"""The byte that says how many segments a page has, whose sizes follow its header."""
_REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@final
@frozen
class OggPage:
    """A page whose checksum is right."""

    position: int
    """In samples, or ``NO_POSITION``."""
    serial: int
    """Of the stream that it belongs to."""
    number: int
    """Within that stream, from 0 on."""
    ends_stream: bool
    begin: int
    """Its first byte."""
    end: int
    """The byte behind it."""


def sound_pages(content: bytes | mmap) -> Iterator[OggPage]:
    """The pages in ``content`` whose checksums are right; bytes between them that are none are passed over."""
    begin = content.find(b"OggS\0")
    while begin >= 0:
        page = _page_at(content, begin)
        if page is not None:
            yield page
        begin = content.find(b"OggS\0", begin + 1 if page is None else page.end)


def _page_at(content: bytes | mmap, begin: int) -> OggPage | None:
    header = content[begin : begin + _HEADER_BYTES]
    if len(header) < _HEADER_BYTES:
        return None
    body = begin + _HEADER_BYTES + header[_SEGMENTS]
    end = body + sum(content[begin + _HEADER_BYTES : body])
    if end > len(content):
        return None
    without_checksum = header[: _CHECKSUM.start] + bytes(4) + content[begin + _CHECKSUM.stop : end]
    # The checksum is that of zlib with the bits of every byte, and of the result, in the opposite order, and with
    # nothing inverted at either end.
    checksum = zlib.crc32(without_checksum.translate(_REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    if checksum != int.from_bytes(header[_CHECKSUM].translate(_REVERSED_BITS), "big"):
        return None
    return OggPage(
        int.from_bytes(header[6:14], "little"),
        int.from_bytes(header[14:18], "little"),
        int.from_bytes(header[18:22], "little"),
        bool(header[_FLAGS] & _LAST_OF_STREAM),
        begin,
        end,
    )


def last_page_start(path: Path) -> int:
    """The position, in samples, at which the last page begins; 0 where there are fewer than two pages with positions.

    :raises OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        positions = [page.position for page in sound_pages(_tail(file)) if page.position != NO_POSITION]
    earlier = [position for position in positions if position < positions[-1]]
    return max(earlier, default=0)


def is_chained(path: Path) -> bool:
    """Whether another stream than the first one ends the file; libsndfile reads the first alone.

    :raises OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        first = next(sound_pages(file.read(_LARGEST_PAGE)), None)
        last = _last_page(file)
    return first is not None and last is not None and last.serial != first.serial


def ends_stream(file: BinaryIO) -> bool:
    """Whether the last page of the file is all there, sound, and marked as the last of its stream."""
    last = _last_page(file)
    return last is not None and last.ends_stream


def _last_page(file: BinaryIO) -> OggPage | None:
    return next(iter(deque(sound_pages(_tail(file)), maxlen=1)), None)


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 3 * _LARGEST_PAGE))
    return file.read()
