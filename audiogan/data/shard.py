"""Reading TFRecord files, trusting nothing in them."""

from __future__ import annotations

import os
from array import array
from pathlib import Path
from typing import BinaryIO

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.data.framing import CHECKSUM, FRAME_BYTES, HEADER_BYTES, LENGTH, masked_crc
from audiogan.data.shard_index import check_against_index
from audiogan.errors import DataError

_GZIP_MAGIC = b"\x1f\x8b"


@frozen
class RecordPlace:
    """Where a record stands: its file, its number from 0, and the byte at which its frame begins."""

    path: Path
    number: int
    offset: int

    def __str__(self) -> str:
        return f"{self.path}, record {self.number} at byte {self.offset}"


@frozen(eq=False)
class Shard:
    """A TFRecord file with the places of its records, made by :func:`open_shard`.

    No file stays open between reads: a shard may be pickled, sent to a process started in any way, and used there.
    """

    path: Path
    offsets: NDArray[np.int64]
    """The byte at which each record's frame begins."""
    lengths: NDArray[np.int64]
    """The bytes of each record, without its frame."""
    checksums: NDArray[np.uint32]
    """The masked CRC-32C of each record as the file states it, not yet compared with the data."""

    def __len__(self) -> int:
        return len(self.offsets)

    def place(self, number: int) -> RecordPlace:
        """The place of a record, for messages."""
        return RecordPlace(self.path, number, int(self.offsets[number]))

    def read(self, number: int) -> bytes:
        """The bytes of record ``number``, from 0, after its checksum was found right.

        :raises DataError: the file is gone or was changed since it was opened, or the record is damaged.
        """
        place = self.place(number)
        length = int(self.lengths[number])
        try:
            data = _read_at(self.path, place.offset + HEADER_BYTES, length)
        except OSError as error:
            raise DataError(f"{place}: cannot be read ({error.strerror}); was the file moved?") from error
        if len(data) < length:
            raise DataError(f"{place}: the file was cut off while it was in use; copy it again")
        if masked_crc(data) != self.checksums[number]:
            raise DataError(
                f"{place}: the data do not match their checksum, so some byte of them is wrong or the file was changed "
                "while it was in use; copy or write the file again"
            )
        return data


def _read_at(path: Path, offset: int, length: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.pread(descriptor, length, offset)
    finally:
        os.close(descriptor)


def open_shard(path: Path) -> Shard:
    """The shard at ``path``; walks over the frames without reading the data between them.

    Every length is checked against its checksum and against what is left of the file before it is used.

    :raises DataError: the file cannot be read, a frame is damaged or cut off, or the index beside the file promises
        other contents.
    """
    try:
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            shard = _walk(path, file, size)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    check_against_index(path, records=len(shard), size_bytes=size)
    return shard


def _walk(path: Path, file: BinaryIO, size: int) -> Shard:
    offsets, lengths, checksums = array("q"), array("q"), array("I")
    offset = 0
    while offset < size:
        place = RecordPlace(path, len(offsets), offset)
        length = _data_length(file.read(HEADER_BYTES), place, left=size - offset)
        file.seek(offset + HEADER_BYTES + length)
        checksum = file.read(CHECKSUM.size)
        if len(checksum) < CHECKSUM.size:
            raise DataError(f"{place}: the file was changed while it was read; start again")
        offsets.append(offset)
        lengths.append(length)
        checksums.append(CHECKSUM.unpack(checksum)[0])
        offset += FRAME_BYTES + length
    return Shard(
        path, np.array(offsets, dtype=np.int64), np.array(lengths, dtype=np.int64), np.array(checksums, dtype=np.uint32)
    )


def _data_length(header: bytes, place: RecordPlace, *, left: int) -> int:
    if place.offset == 0 and header.startswith(_GZIP_MAGIC):
        raise DataError(f"{place.path}: is compressed with gzip; decompress it first (gunzip)")
    if len(header) < HEADER_BYTES:
        raise DataError(
            f"{place}: the file ends within the record's header ({left} bytes left); it was cut off, copy it again"
        )
    stated = header[: LENGTH.size]
    if masked_crc(stated) != CHECKSUM.unpack(header[LENGTH.size :])[0]:
        raise DataError(
            f"{place}: the length does not match its checksum; the file is damaged from there on, or not a TFRecord"
        )
    length: int = LENGTH.unpack(stated)[0]
    if length > left - FRAME_BYTES:
        raise DataError(
            f"{place}: the record claims {length} bytes where {max(left - FRAME_BYTES, 0)} are left; "
            "the file was cut off, copy it again"
        )
    return length
