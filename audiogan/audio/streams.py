"""What libsndfile passes over in silence: damage of Ogg streams, and MP3 files that do not state their length."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import final

from attrs import frozen

from audiogan.errors import DamagedDataError

_REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_LARGEST_PAGE = 27 + 255 + 255 * 255
_END_OF_STREAM = 4

_BITRATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
"""Of layer III in kbit/s, in MPEG-1 and in the halved sample rates after it (ISO 11172-3, 13818-3)."""
_SAMPLE_RATES = (44_100, 48_000, 32_000)
_DECODER_DELAY = 529
"""Samples that decoders leave out at the beginning of a file that states its length."""
_MOST_FRAMES = 2**31 - 1


def check_ogg(path: Path) -> None:
    """Holds every page of an Ogg file to its checksum, and the stream to the order and the end of its pages (RFC 3533).

    libsndfile drops damaged pages and plays on, and takes a stream that is cut off for one that ends.

    :raises DamagedDataError: a page is damaged or missing, the last one is not marked as such, or another stream
        follows, which libsndfile does not read; the text names the byte.
    """
    at, number, serial, flags = 0, 0, b"", 0
    with path.open("rb") as file:
        while True:
            file.seek(at)
            page = file.read(_LARGEST_PAGE)
            if not page or (flags & _END_OF_STREAM and page[:4] != b"OggS"):  # what is not Ogg may follow, such as tags
                break
            body = 27 + (page[26] if len(page) > 26 else 0)
            page = page[: body + sum(page[27:body])]
            serial = serial or page[14:18]
            if page[:4] == b"OggS" and flags & _END_OF_STREAM:
                raise DamagedDataError(
                    f"{path}: several streams one after the other, of which only the first would be read; convert it "
                    "to FLAC"
                )
            if page[:4] != b"OggS" or page[14:22] != serial + number.to_bytes(4, "little") or not _is_whole(page):
                raise DamagedDataError(f"{path}: damaged at byte {at} (an Ogg page); fetch or write it again")
            at, number, flags = at + len(page), number + 1, page[5]
    if not flags & _END_OF_STREAM:
        raise DamagedDataError(f"{path}: cut short, its {at} bytes do not end a stream; fetch or write it again")


def _is_whole(page: bytes) -> bool:
    # The checksum is that of zlib with the bits of every byte, and of the result, in the opposite order, and with
    # nothing inverted at either end.
    content = page[:22] + bytes(4) + page[26:]
    checksum = zlib.crc32(content.translate(_REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return checksum == int.from_bytes(page[22:26].translate(_REVERSED_BITS), "big")


@final
@frozen
class LengthTag:
    """Frames to put before an MP3 file, so that libsndfile decodes all of it."""

    content: bytes
    skipped: int
    """Samples that they add."""


def holds_length(path: Path) -> bool:
    """Whether an MP3 file states its length in its first frame, as Xing's or Fraunhofer's encoders do.

    :raises OSError: the file cannot be read.
    """
    frame = _first_frame(path)
    return any(tag in frame for tag in (b"Xing", b"Info", b"VBRI"))


def length_tag(path: Path) -> LengthTag | None:
    """What to put before an MP3 file that does not state its length, whose length libsndfile guesses from its size.

    A frame with a tag of the greatest length, and a silent one in which the decoder starts. ``None`` where the file
    states its length or its first frame is of another layer.

    :raises OSError: the file cannot be read.
    """
    head = _first_frame(path)[:4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or holds_length(path):
        return None
    mpeg_1, mono = head[1] & 0x18 == 0x18, head[3] >> 6 == 3
    bitrate, rate_index = _BITRATES[mpeg_1][head[2] >> 4], head[2] >> 2 & 3
    if bitrate == 0 or rate_index == 3:
        return None
    rate = _SAMPLE_RATES[rate_index] // {0x18: 1, 0x10: 2}.get(head[1] & 0x18, 4)
    samples = 1152 if mpeg_1 else 576
    size = samples // 8 * bitrate * 1000 // rate + (head[2] >> 1 & 1)
    side_information = (17 if mono else 32) if mpeg_1 else (9 if mono else 17)
    head = bytes((head[0], head[1] | 1, head[2], head[3]))  # without a checksum
    silent = head.ljust(size, b"\0")
    tag = b"Info" + (1).to_bytes(4, "big") + _MOST_FRAMES.to_bytes(4, "big")
    return LengthTag((head + bytes(side_information) + tag).ljust(size, b"\0") + silent, samples - _DECODER_DELAY)


def _first_frame(path: Path) -> bytes:
    """The first bytes behind the ID3 tags."""
    at = 0
    with path.open("rb") as file:
        while True:
            file.seek(at)
            content = file.read(200)
            if content[:3] != b"ID3" or len(content) < 10:
                return content
            at += 10 + sum((byte & 0x7F) << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))
