"""Where the frames of an MP3 file are."""

from __future__ import annotations

import mmap
import os
import re
from array import array
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.audio.mpeg_frames import MpegFrame, audio_start, frame_at, length_tag

STRIDE = 16
"""Only every so many frames is kept, or the index of an hour would take a mebibyte."""
_SYNC = re.compile(rb"\xff(?=[\xe0-\xff])")
DECODER_DELAY = 529
"""Samples that a decoder's filters take to begin, and drops where a tag says that the encoder reckoned with it."""
_KNOWN_KINDS = 4096
_ID3_HEADER_BYTES = 10
_LARGEST_FRAME = 4096


@final
@frozen(eq=False)
class MpegIndex:
    """The frames of a layer III stream, without the first where that is a tag."""

    path: Path
    first: MpegFrame
    offsets: NDArray[np.int64]
    """The bytes at which the frames numbered 0, 16, 32 and so on begin."""
    end: int
    """The byte behind the last frame."""
    frames: int
    skipped: int
    """Samples decoded before the recording's first."""

    @property
    def length(self) -> int:
        """Samples of the recording, each channel."""
        return max(0, self.frames * self.first.samples - self.skipped)


@final
class MpegIndices:
    """Indices of MP3 files, made when they are first asked for, and kept, the last used, up to 32 MiB.

    That is enough for some 480 hours.
    """

    _MOST_BYTES = 2**25

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, MpegIndex | None] = OrderedDict()
        self._bytes = 0

    def of(self, path: Path) -> MpegIndex | None:
        """As :func:`mpeg_index`.

        :raises OSError: the file cannot be read.
        """
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        index = self._kept[path] = mpeg_index(path)
        self._bytes += _bytes_of(index)
        while self._bytes > self._MOST_BYTES and len(self._kept) > 1:
            self._bytes -= _bytes_of(self._kept.popitem(last=False)[1])
        return index


def _bytes_of(index: MpegIndex | None) -> int:
    return 0 if index is None else index.offsets.nbytes


def states_length(path: Path) -> bool:
    """Whether an MP3 file has a tag with its length that can be trusted: one whose size in bytes is the file's.

    :raises OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        start = audio_start(file.read(_ID3_HEADER_BYTES))
        file.seek(start)
        content = file.read(_LARGEST_FRAME)
        held = os.fstat(file.fileno()).st_size
    first = frame_at(content, 0)
    tag = None if first is None else length_tag(content, first)
    if tag is None or tag.frames is None or tag.size is None:
        return False
    return abs(held - start - tag.size) <= _LARGEST_FRAME


def mpeg_index(path: Path) -> MpegIndex | None:
    """The index of an MP3 file, made by walking from header to header, or ``None`` where it holds no layer III stream.

    Bytes that are no frame, such as tags, are passed over; a frame that the file ends in is not counted.

    :raises OSError: the file cannot be read.
    """
    if path.stat().st_size == 0:  # which cannot be mapped
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        first = _next_frame(content, audio_start(content))
        if first is None or first.layer != 3:
            return None
        begin, skipped = first.offset, 0
        tag = length_tag(content, first)
        if tag is not None:
            begin += first.size
            skipped = 0 if tag.frames is None else tag.delay + DECODER_DELAY
        offsets, end, frames = _walk(content, begin)
    return MpegIndex(path, first, np.array(offsets, dtype=np.int64), end, frames, skipped)


def _walk(content: mmap.mmap, offset: int) -> tuple[array[int], int, int]:
    sizes: dict[bytes, int] = {}  # by the three bytes that decide on it
    offsets, size_of_file, end = array("q"), len(content), offset
    frames = 0
    while True:
        kind = content[offset : offset + 3]
        size = sizes.get(kind)
        if size is None:
            frame = frame_at(content, offset) or _next_frame(content, offset)
            if frame is None:
                return offsets, end, frames
            offset, size = frame.offset, frame.size
            if len(sizes) < _KNOWN_KINDS:
                sizes[content[offset : offset + 3]] = size
        if offset + size > size_of_file:
            return offsets, end, frames
        if frames % STRIDE == 0:
            offsets.append(offset)
        offset += size
        end = offset
        frames += 1


def frames_in(content: bytes) -> Iterator[MpegFrame]:
    """The frames in ``content``, which begins with one; bytes between them that are none are passed over."""
    offset = 0
    while True:
        frame = frame_at(content, offset) or _next_frame(content, offset)
        if frame is None or frame.offset + frame.size > len(content):
            return
        yield frame
        offset = frame.offset + frame.size


def _next_frame(content: bytes | mmap.mmap, offset: int) -> MpegFrame | None:
    # Two bytes that look like a frame's occur in any data; that another frame follows where this one ends does not.
    for sync in _SYNC.finditer(content, offset):
        frame = frame_at(content, sync.start())
        if frame is None:
            continue
        end = frame.offset + frame.size
        if end == len(content) or frame_at(content, end) is not None:
            return frame
    return None
