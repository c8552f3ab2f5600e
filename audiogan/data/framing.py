"""How TFRecord files frame their records.

A record of n bytes is stored as n (uint64), the masked CRC-32C of those eight bytes, the n bytes, and their masked
CRC-32C, all little-endian. There is neither a header to the file nor a mark at its end.
Source: TensorFlow's documentation of the format, https://www.tensorflow.org/tutorials/load_data/tfrecord.
"""

from __future__ import annotations

import struct

from crc32c import crc32c

LENGTH = struct.Struct("<Q")
CHECKSUM = struct.Struct("<I")
HEADER_BYTES = LENGTH.size + CHECKSUM.size
FRAME_BYTES = HEADER_BYTES + CHECKSUM.size
"""What framing adds to each record."""

_MASK_DELTA = 0xA282EAD8


def masked_crc(data: bytes | memoryview) -> int:
    """CRC-32C, rotated right by 15 bits, plus a constant, modulo 2^32.

    The mask keeps the checksum of data that themselves hold checksums from degenerating.

    >>> hex(masked_crc(b"123456789"))
    '0xc78ab0e5'
    """
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def frame(record: bytes | memoryview) -> tuple[bytes, bytes | memoryview, bytes]:
    """``record`` as it stands in a file, uncopied: its length and the checksum of that, the data, their checksum."""
    length = LENGTH.pack(len(record))
    return length + CHECKSUM.pack(masked_crc(length)), record, CHECKSUM.pack(masked_crc(record))
