"""Finding the records of a TFRecord file by its frames alone, without reading the data between them."""

from __future__ import annotations

from array import array
from typing import BinaryIO, final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.data.framing import CHECKSUM, FRAME_BYTES, HEADER_BYTES, LENGTH, masked_crc


@final
@frozen
class FrameFault:
    """What keeps the walk from going on behind the last sound frame."""

    offset: int
    """The byte at which the unusable frame begins."""
    reason: str
    cut_off: bool
    """The file ends within the frame, which is sound as far as it goes."""


@final
@frozen(eq=False)
class Frames:
    """Where the records of a file stand."""

    offsets: NDArray[np.int64]
    """The byte at which each record's frame begins."""
    lengths: NDArray[np.int64]
    """The bytes of each record, without its frame."""
    checksums: NDArray[np.uint32]
    """The masked CRC-32C of each record as the file states it, not compared with the data."""
    fault: FrameFault | None
    """Why there are no records behind the last one, or ``None`` where the file ends with it."""


def walk_frames(file: BinaryIO, size: int) -> Frames:
    """The frames of a file of ``size`` bytes, up to its end or to the first that cannot be trusted.

    Every length is checked against its checksum and against what is left of the file before it is used.

    :raises OSError: the file cannot be read.
    """
    offsets, lengths, checksums = array("q"), array("q"), array("I")
    offset = 0
    fault: FrameFault | None = None
    while offset < size:
        header = file.read(HEADER_BYTES)
        fault = _header_fault(header, offset, left=size - offset)
        if fault is not None:
            break
        length: int = LENGTH.unpack_from(header)[0]
        file.seek(offset + HEADER_BYTES + length)
        checksum = file.read(CHECKSUM.size)
        if len(checksum) < CHECKSUM.size:
            fault = FrameFault(offset, "the file was changed while it was read", cut_off=True)
            break
        offsets.append(offset)
        lengths.append(length)
        checksums.append(CHECKSUM.unpack(checksum)[0])
        offset += FRAME_BYTES + length
    return Frames(
        np.array(offsets, dtype=np.int64),
        np.array(lengths, dtype=np.int64),
        np.array(checksums, dtype=np.uint32),
        fault,
    )


def starts_with_frame(head: bytes) -> bool:
    """Whether the first bytes of a file are the header of a frame: a length and the checksum of it."""
    return len(head) >= HEADER_BYTES and _length_is_sound(head[:HEADER_BYTES])


def _length_is_sound(header: bytes) -> bool:
    stated: int = CHECKSUM.unpack(header[LENGTH.size :])[0]
    return masked_crc(header[: LENGTH.size]) == stated


def _header_fault(header: bytes, offset: int, *, left: int) -> FrameFault | None:
    if len(header) < HEADER_BYTES:
        return FrameFault(offset, f"the data end within the record's header ({left} bytes left)", cut_off=True)
    if not _length_is_sound(header):
        return FrameFault(
            offset,
            "the length does not match its checksum; the file is damaged from there on, or not a TFRecord",
            cut_off=False,
        )
    length = LENGTH.unpack_from(header)[0]
    if length > left - FRAME_BYTES:
        return FrameFault(
            offset, f"the record claims {length} bytes where {max(left - FRAME_BYTES, 0)} are left", cut_off=True
        )
    return None
