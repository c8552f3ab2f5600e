"""The frames of an MPEG audio stream (MP3), found without decoding them.

An MP3 file has no header of its own. Most encoders put the number of frames into a first frame without sound, the Xing
or Info tag; where there is none, decoders guess the length from the file's size and the first frame's bit rate, and may
be off by a factor of three where the bit rate varies. Sources: for the frame header, ISO/IEC 11172-3, section 2.4.1.3,
and ISO/IEC 13818-3; for the tag, the layout that LAME documents.
"""

from __future__ import annotations

from mmap import mmap
from typing import final

from attrs import frozen

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
_SIDE_BYTES = {(1, False): 32, (1, True): 17, (2, False): 17, (2, True): 9}
"""Bytes of side information in layer III, by generation and whether the stream is mono."""
_FIELDS = ((1, 4), (2, 4), (4, 100), (8, 4))
"""The flag and the bytes of what may stand in a tag: frames, bytes, a table to seek by, quality."""
_DELAY_AFTER_FIELDS = 21


@final
@frozen
class MpegFrame:
    """One frame: where it begins, and its size, in bytes; and the samples that it decodes to."""

    offset: int
    size: int
    samples: int
    layer: int
    generation: int
    """1 for MPEG-1, 2 for MPEG-2 and its extension to lower rates."""
    is_mono: bool
    has_checksum: bool

    @property
    def side_information(self) -> slice:
        """The bytes of a layer III frame, counted from its beginning, that say how to decode what follows them."""
        begin = 6 if self.has_checksum else 4
        return slice(begin, begin + _SIDE_BYTES[self.generation, self.is_mono])


@final
@frozen
class LengthTag:
    """What a Xing or Info tag states; ``None`` for what it leaves out."""

    frames: int | None
    size: int | None
    """Bytes of the stream, counted from the frame that holds the tag."""
    delay: int
    """Samples that the encoder put before the first, 0 where it does not say."""


def audio_start(content: bytes | mmap) -> int:
    """The byte after the ID3v2 tag that ``content`` begins with, or 0 where it begins with none."""
    if bytes(content[:3]) != b"ID3" or len(content) < 10:
        return 0
    size = 0
    for byte in bytes(content[6:10]):
        size = size << 7 | byte & 0x7F
    has_footer = content[5] & 0x10
    return 10 + size + (10 if has_footer else 0)


def frame_at(content: bytes | mmap, offset: int) -> MpegFrame | None:
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
    return MpegFrame(
        offset=offset,
        size=size,
        samples=samples,
        layer=layer,
        generation=generation,
        is_mono=header >> 6 & 3 == 3,
        has_checksum=not header >> 16 & 1,
    )


def length_tag(content: bytes | mmap, frame: MpegFrame) -> LengthTag | None:
    """The Xing or Info tag in ``frame``, the first of a stream, or ``None`` where that is a frame like the others."""
    # Where the tag begins does not depend on a checksum.
    at = frame.offset + 4 + _SIDE_BYTES[frame.generation, frame.is_mono]
    if bytes(content[at : at + 4]) not in (b"Xing", b"Info"):
        return None
    present = int.from_bytes(bytes(content[at + 4 : at + 8]), "big")
    at += 8
    stated: dict[int, int] = {}
    for flag, size in _FIELDS:
        if present & flag:
            stated[flag] = int.from_bytes(bytes(content[at : at + min(size, 4)]), "big")
            at += size
    delay = int.from_bytes(bytes(content[at + _DELAY_AFTER_FIELDS : at + _DELAY_AFTER_FIELDS + 2]), "big") >> 4
    return LengthTag(stated.get(1), stated.get(2), delay)


def length_tag_frame(content: bytes, frames: int) -> bytes:
    """A frame without sound that fits the one which ``content`` begins with, and says that ``frames`` follow it.

    :raises ValueError: ``content`` begins with no frame.
    """
    header = bytearray(content[:4])
    header[1] |= 1  # no checksum
    header[2] = header[2] & 0x0F | 0xE0  # the highest bit rate, for room
    frame = frame_at(bytes(header), 0)
    if frame is None:
        raise ValueError("a stream begins with a frame")
    tag = b"Xing" + _FIELDS[0][0].to_bytes(4, "big") + frames.to_bytes(4, "big")
    begin = frame.side_information.stop
    return bytes(header) + bytes(begin - 4) + tag + bytes(frame.size - begin - len(tag))


def silenced(content: bytes, frame: MpegFrame) -> bytes:
    """The bytes of a layer III frame, ``content``, changed so that it decodes to silence.

    What later frames borrow from it, their main data, and where it borrows itself stay as they are.
    """
    side = frame.side_information
    begun_before = content[side.start : side.start + 2]
    bits = 0x80 if frame.generation == 1 else 0x00  # main_data_begin has nine bits in MPEG-1, eight in MPEG-2
    changed = bytearray(content)
    changed[1] |= 1  # the checksum would no longer be right
    changed[4 : side.stop] = bytes(side.stop - 4)
    changed[4], changed[5] = begun_before[0], begun_before[1] & bits
    return bytes(changed)
