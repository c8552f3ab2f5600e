"""The frames of an MPEG audio stream (MP3), counted without decoding them.

An MP3 file has no header of its own. Most encoders put the number of frames into a first frame without sound, the Xing
or Info tag; where there is none, decoders guess the length from the file's size and the first frame's bit rate, and may
be off by a factor of three where the bit rate varies. Sources: for the frame header, ISO/IEC 11172-3, section 2.4.1.3,
and ISO/IEC 13818-3; for the tag, the layout that LAME documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

_SYNC = re.compile(rb"\xff[\xe0-\xff]")
_KBIT_PER_S = {
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates by generation (MPEG-1, or MPEG-2 and 2.5) and layer."""
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Sample rates by the two bits that name the version: 3 is MPEG-1, 2 is MPEG-2, 0 is MPEG-2.5."""
_TAG_AT = {(1, False): 36, (1, True): 21, (2, False): 21, (2, True): 13}
"""Where in the first frame a tag begins, by generation and whether the stream is mono."""
_HAS_FRAMES, _HAS_BYTES = 1, 2


@frozen
class MpegFrame:
    """One frame: where it begins, and its size, in bytes; and the samples that it decodes to."""

    offset: int
    size: int
    samples: int
    generation: int
    is_mono: bool


@frozen
class LengthTag:
    """What a Xing or Info tag states; ``None`` for what it leaves out."""

    frames: int | None
    size: int | None
    """Bytes of the stream, counted from the frame that holds the tag."""


def audio_start(content: bytes | memoryview) -> int:
    """The byte after the ID3v2 tag that ``content`` begins with, or 0 where it begins with none."""
    if bytes(content[:3]) != b"ID3" or len(content) < 10:
        return 0
    size = 0
    for byte in bytes(content[6:10]):
        size = size << 7 | byte & 0x7F
    has_footer = content[5] & 0x10
    return 10 + size + (10 if has_footer else 0)


def frame_at(content: bytes | memoryview, offset: int) -> MpegFrame | None:
    """The frame that begins at ``offset``, or ``None`` where none does; frames of free bit rate are not known."""
    header = int.from_bytes(bytes(content[offset : offset + 4]), "big")
    version, layer = header >> 19 & 3, 4 - (header >> 17 & 3)
    bit_rate, sample_rate, padding = header >> 12 & 15, header >> 10 & 3, header >> 9 & 1
    if header >> 21 != 0x7FF or version == 1 or layer == 4 or bit_rate in (0, 15) or sample_rate == 3:
        return None
    generation = 1 if version == 3 else 2
    bits_per_s = 1000 * _KBIT_PER_S[generation, layer][bit_rate]
    rate = _SAMPLE_RATES[version][sample_rate]
    samples = 384 if layer == 1 else 576 if (generation, layer) == (2, 3) else 1152
    slot = 4 if layer == 1 else 1
    size = (samples // 8 // slot * bits_per_s // rate + padding) * slot
    return MpegFrame(offset, size, samples, generation, header >> 6 & 3 == 3)


def length_tag(content: bytes | memoryview, frame: MpegFrame) -> LengthTag | None:
    """The Xing or Info tag in ``frame``, the first of a stream, or ``None`` where that is a frame like the others."""
    begin = frame.offset + _TAG_AT[frame.generation, frame.is_mono]
    tag = bytes(content[begin : begin + 16])
    if tag[:4] not in (b"Xing", b"Info") or len(tag) < 16:
        return None
    fields = iter((tag[8:12], tag[12:16]))
    present = tag[7]
    frames = int.from_bytes(next(fields), "big") if present & _HAS_FRAMES else None
    size = int.from_bytes(next(fields), "big") if present & _HAS_BYTES else None
    return LengthTag(frames, size)


def frames_from(content: bytes | memoryview, offset: int) -> Iterator[MpegFrame]:
    """The frames from ``offset`` to the end; bytes between them that are none, such as tags, are passed over.

    A frame that the file ends in is not counted.
    """
    while True:
        frame = frame_at(content, offset)
        if frame is None:
            found = _next_frame(content, offset + 1)
            if found is None:
                return
            offset = found
            continue
        offset += frame.size
        if offset > len(content):
            return
        yield frame


def _next_frame(content: bytes | memoryview, offset: int) -> int | None:
    # Two bytes that look like a frame's occur in any data; that another frame follows where this one ends does not.
    for sync in _SYNC.finditer(content, offset):
        frame = frame_at(content, sync.start())
        if frame is None:
            continue
        end = frame.offset + frame.size
        if end == len(content) or frame_at(content, end) is not None:
            return frame.offset
    return None
