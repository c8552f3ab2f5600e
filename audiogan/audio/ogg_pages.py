"""The pages of an Ogg file.

A page states the position of the last sample that ends on it (its granule position), so that a decoder can begin at any
page and knows where it is; but for the last page, whose position leaves out the samples that are cut off at the end.
libsndfile 1.2 does not allow for that (its issue 885) and is off by their number after it has sought to the last page.
Source: RFC 3533, section 6.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

_PAGE_HEADER_BYTES = 27
_LARGEST_PAGE = _PAGE_HEADER_BYTES + 255 + 255 * 255
_NO_POSITION = 2**64 - 1
"""The position of a page on which nothing ends."""
_FLAGS = 5
_LAST_OF_STREAM = 4
_SEGMENTS = 26
"""The byte that says how many segments a page has, whose sizes follow its header."""


def last_page_start(path: Path) -> int:
    """The position, in samples, at which the last page begins; 0 where there are fewer than two pages with positions.

    :raises OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        positions = [page.position for page in _pages(_tail(file)) if page.position != _NO_POSITION]
    earlier = [position for position in positions if position < positions[-1]]
    return max(earlier, default=0)


def is_chained(path: Path) -> bool:
    """Whether another stream than the first one ends the file; libsndfile reads the first alone.

    :raises OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        first = next(_pages(file.read(_PAGE_HEADER_BYTES)), None)
        serials = [page.serial for page in _pages(_tail(file))]
    return first is not None and bool(serials) and serials[-1] != first.serial


def ends_stream(file: BinaryIO) -> bool:
    """Whether the last page of the file is all there and marked as the last of its stream."""
    content = _tail(file)
    last = next(iter(deque(_pages(content), maxlen=1)), None)
    return last is not None and last.ends_stream and last.end <= len(content)


@frozen
class _Page:
    position: int
    serial: int
    ends_stream: bool
    end: int
    """The byte behind it, counted from where the content begins."""


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 3 * _LARGEST_PAGE))
    return file.read()


def _pages(content: bytes) -> Iterator[_Page]:
    offset = content.find(b"OggS\0")
    while offset >= 0 and offset + _PAGE_HEADER_BYTES <= len(content):
        header = content[offset : offset + _PAGE_HEADER_BYTES]
        body = offset + _PAGE_HEADER_BYTES + header[_SEGMENTS]
        yield _Page(
            int.from_bytes(header[6:14], "little"),
            int.from_bytes(header[14:18], "little"),
            bool(header[_FLAGS] & _LAST_OF_STREAM),
            body + sum(content[offset + _PAGE_HEADER_BYTES : body]),
        )
        offset = content.find(b"OggS\0", offset + _PAGE_HEADER_BYTES)
