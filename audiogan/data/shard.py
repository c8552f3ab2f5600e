"""Reading TFRecord files, trusting nothing in them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, NamedTuple, final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from audiogan.data.compression import Compression, DecompressedFile, decompressed_file, detect_compression
from audiogan.data.frames import Frames, walk_frames
from audiogan.data.framing import HEADER_BYTES, masked_crc
from audiogan.data.shard_index import index_fault
from audiogan.data.stored_file import StoredFile
from audiogan.errors import DamagedDataError, DataError


@final
class RecordPlace(NamedTuple):
    """Where a record stands: its file, its number from 0, and the byte at which its frame begins."""

    path: Path
    number: int
    offset: int
    """In the file or, of a compressed one, in the decompressed data."""
    compressed: bool = False

    def __str__(self) -> str:
        of_what = " of the decompressed data" if self.compressed else ""
        return f"{self.path}, record {self.number} at byte {self.offset}{of_what}"


@final
@frozen(eq=False)
class Shard:
    """A TFRecord file with the places of its records, made by :func:`open_shard` or :func:`survey_shard`.

    It may be pickled, sent to a process started in any way, and used there.
    """

    path: Path
    stored: Path
    """The file that the records are read from: ``path`` or, of a compressed one, its decompressed copy."""
    offsets: NDArray[np.int64]
    """The byte at which each record's frame begins."""
    lengths: NDArray[np.int64]
    """The bytes of each record, without its frame."""
    checksums: NDArray[np.uint32]
    """The masked CRC-32C of each record as the file states it, not yet compared with the data."""
    fault: str | None
    """What was lost behind the last record, file and byte included; ``None`` where the shard is whole."""
    compressed: bool
    _file: StoredFile = field(init=False)

    @_file.default
    def _stored_file(self) -> StoredFile:
        return StoredFile(self.stored)

    def __len__(self) -> int:
        return len(self.offsets)

    def place(self, number: int) -> RecordPlace:
        """The place of a record, for messages."""
        return RecordPlace(self.path, number, int(self.offsets[number]), self.compressed)

    def read(self, number: int) -> memoryview:
        """The bytes of record ``number``, from 0, after its checksum was found right; read-only.

        They may be a view of the file: copy what is to be kept, see :meth:`StoredFile.read`.

        :raises DamagedDataError: the data of the record are damaged.
        :raises DataError: the file is gone or was cut off since it was opened.
        """
        length = self.lengths.item(number)
        try:
            data = self._file.read(self.offsets.item(number) + HEADER_BYTES, length)
        except OSError as error:
            raise DataError(
                f"{self.place(number)}: cannot be read ({error.strerror}); was {self._stored_name()} moved?"
            ) from error
        if len(data) < length:
            raise DataError(
                f"{self.place(number)}: {self._stored_name()} was cut off while it was in use; copy it again"
            )
        if masked_crc(data) != self.checksums.item(number):
            raise DamagedDataError(
                f"{self.place(number)}: the data do not match their checksum, so some byte of them is wrong or "
                f"{self._stored_name()} was changed while it was in use; copy or write the file again"
            )
        return data

    def _stored_name(self) -> str:
        return f"its decompressed copy {self.stored}" if self.compressed else "the file"


def open_shard(path: Path, *, compression: Compression | Literal["auto"] = "auto") -> Shard:
    """The shard at ``path``, as :func:`survey_shard` finds it, if it is whole.

    :raises DamagedDataError: a frame is damaged or cut off, or the index beside the file promises other contents.
    :raises DataError: the file cannot be read, or cannot be decompressed into the cache folder.
    """
    shard = survey_shard(path, compression=compression)
    if shard.fault is not None:
        raise DamagedDataError(shard.fault)
    return shard


def survey_shard(path: Path, *, compression: Compression | Literal["auto"] = "auto") -> Shard:
    """The shard at ``path`` up to the first frame that is damaged; ``fault`` then tells of it.

    It walks over the frames without reading the data between them. Behind a damaged frame nothing says where the next
    one begins. ``"auto"`` tells by the first bytes whether the file is compressed.

    :raises DataError: the file cannot be read, or cannot be decompressed into the cache folder.
    """
    try:
        decompressed = _decompressed(path, compression)
        stored = path if decompressed is None else decompressed.path
        with stored.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            frames = walk_frames(file, size)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    if decompressed is None:
        fault = _frame_fault(path, frames, size) or index_fault(path, records=len(frames.offsets), size_bytes=size)
    else:
        fault = _stream_fault(path, frames, size, decompressed) or _frame_fault(path, frames, size, compressed=True)
    return Shard(path, stored, frames.offsets, frames.lengths, frames.checksums, fault, decompressed is not None)


def _decompressed(path: Path, compression: Compression | Literal["auto"]) -> DecompressedFile | None:
    if compression == "auto":
        with path.open("rb", buffering=0) as file:
            compression = detect_compression(file.read(HEADER_BYTES))
    return None if compression == "none" else decompressed_file(path, compression)


def _frame_fault(path: Path, frames: Frames, size: int, *, compressed: bool = False) -> str | None:
    fault = frames.fault
    if fault is None:
        return None
    place = RecordPlace(path, len(frames.offsets), fault.offset, compressed)
    way_out = "; the file was cut off, copy it again" if fault.cut_off else ""
    return f"{place}: {fault.reason}{way_out}; the {size - fault.offset} bytes from there on are lost"


def _stream_fault(path: Path, frames: Frames, size: int, decompressed: DecompressedFile) -> str | None:
    fault = decompressed.fault
    if fault is None or (frames.fault is not None and not frames.fault.cut_off):
        return None
    place = RecordPlace(path, len(frames.offsets), size if frames.fault is None else frames.fault.offset, True)
    return (
        f"{place}: decompression fails at byte {fault.compressed_offset} of the compressed file ({fault.reason}); what "
        "follows is lost, copy the file again"
    )
