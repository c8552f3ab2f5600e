"""Compressed TFRecord files: recognised, compressed while written, and decompressed once into the cache folder.

Records of a compressed file cannot be read in any order, since a stream has to be decompressed from its beginning. So
the decompressed bytes are kept, in the cache folder, under a name made of a SHA-256 of the compressed file: that costs
the disk what the file takes decompressed, and memory no more than two buffers.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path
from typing import Any, BinaryIO, Literal, final

from attrs import asdict, frozen

from audiogan.data.cache import cache_directory
from audiogan.data.frames import starts_with_frame
from audiogan.data.framing import HEADER_BYTES
from audiogan.errors import DataError
from audiogan.files import ABANDONED_AFTER_S, atomic_file, read_json, remove_partials, write_json

Compression = Literal["none", "gzip", "zlib"]
"""How a TFRecord file is compressed, by TensorFlow's names in lower case."""

WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "zlib": zlib.MAX_WBITS}
"""What zlib calls the two formats: the same deflated data, in a gzip file or in a zlib stream."""

_GZIP_MAGIC = b"\x1f\x8b"
_DEFLATE = 8
_BLOCK_BYTES = 1 << 20
_TOLD_FROM_BYTES = 1 << 26
_log = logging.getLogger("audiogan")


@final
@frozen
class StreamFault:
    """Where the compressed data end before they should."""

    compressed_offset: int
    """The byte of the compressed file at or shortly before which decompression fails."""
    reason: str


@final
@frozen
class DecompressedFile:
    """The decompressed bytes of a file, as far as they can be had."""

    path: Path
    fault: StreamFault | None


def detect_compression(head: bytes) -> Compression:
    """The compression of a TFRecord file that begins with ``head``, of at least 12 bytes where the file has them.

    The first frame of a file that is not compressed proves itself by its checksum; anything else is known by the first
    bytes of the gzip (RFC 1952) or the zlib format (RFC 1950), and is otherwise not compressed.
    """
    if starts_with_frame(head[:HEADER_BYTES]):
        return "none"
    if head.startswith(_GZIP_MAGIC):
        return "gzip"
    if len(head) >= 2 and head[0] & 0x0F == _DEFLATE and head[0] >> 4 <= 7 and int.from_bytes(head[:2]) % 31 == 0:
        return "zlib"
    return "none"


def decompressed_file(path: Path, compression: Compression) -> DecompressedFile:
    """The decompressed copy of the file at ``path`` in the cache folder, made if it is not there.

    A copy may be deleted at any time; the next call makes it again. Several processes may ask at once.

    :raises OSError: ``path`` cannot be read.
    :raises DataError: the cache folder cannot be written, such as for want of space.
    """
    with path.open("rb") as file:
        key = file_digest(file, "sha256").hexdigest()
        copy = cache_directory() / "decompressed-shards" / f"{key}.{compression}.tfrecord"
        known = _known_copy(copy)
        if known is not None:
            return known
        size = file.tell()
        file.seek(0)
        if size >= _TOLD_FROM_BYTES:
            _log.info("decompressing %s (%.0f MB) into %s, once", path, size / 1e6, copy.parent)
        return _decompress(file, WINDOW_BITS[compression], copy)


def _known_copy(copy: Path) -> DecompressedFile | None:
    try:
        contents: Any = read_json(_contents_path(copy)) or {}
        if copy.stat().st_size != contents["size"]:
            return None
        fault = contents["fault"]
        return DecompressedFile(copy, None if fault is None else StreamFault(**fault))
    except (OSError, DataError, TypeError, KeyError):
        return None


def _decompress(file: BinaryIO, window_bits: int, copy: Path) -> DecompressedFile:
    stream = _Stream(file, window_bits)
    remove_partials(copy.parent, abandoned_after_s=ABANDONED_AFTER_S)
    with atomic_file(copy) as target:
        for block in stream:
            target.write(block)
        size = target.tell()
    # Written last, so that a copy without it is known to be unfinished.
    fault = None if stream.fault is None else asdict(stream.fault)
    write_json(_contents_path(copy), {"size": size, "fault": fault})
    return DecompressedFile(copy, stream.fault)


def _contents_path(copy: Path) -> Path:
    return copy.with_suffix(".json")


@final
class _Stream:
    """The decompressed blocks of a file of one or several compressed streams, up to the first fault."""

    def __init__(self, file: BinaryIO, window_bits: int) -> None:
        self.fault: StreamFault | None = None
        self._file, self._window_bits = file, window_bits

    def __iter__(self) -> Iterator[bytes]:
        decompressor = zlib.decompressobj(self._window_bits)
        while compressed := self._read():
            offset = self._file.tell() - len(compressed)
            while compressed:
                if decompressor.eof:
                    # gzip files may be padded with zeros, and may hold one stream after another
                    padded, compressed = len(compressed), compressed.lstrip(b"\0")
                    offset += padded - len(compressed)
                    if not compressed:
                        break
                    decompressor = zlib.decompressobj(self._window_bits)
                before = decompressor.copy()
                try:
                    yield decompressor.decompress(compressed, _BLOCK_BYTES)
                except zlib.error as error:
                    yield from self._salvage(before, compressed, offset, _zlib_reason(error))
                    return
                rest = decompressor.unused_data if decompressor.eof else decompressor.unconsumed_tail
                offset, compressed = offset + len(compressed) - len(rest), rest
        if not decompressor.eof:
            yield decompressor.flush()
        if not decompressor.eof:
            self.fault = StreamFault(self._file.tell(), "the compressed data end before their end mark")

    def _read(self) -> bytes:
        try:
            return self._file.read(_BLOCK_BYTES)
        except OSError as error:
            raise DataError(f"{self._file.name}: cannot be read ({error.strerror})") from error

    def _salvage(self, decompressor: Any, compressed: bytes, offset: int, reason: str) -> Iterator[bytes]:
        # zlib hands out nothing of a block in which it fails: byte by byte, only the last byte is lost
        for position in range(len(compressed)):
            self.fault = StreamFault(offset + position, reason)
            try:
                yield decompressor.decompress(compressed[position : position + 1])
            except zlib.error:
                return


def _zlib_reason(error: zlib.error) -> str:
    # the text begins with zlib's number for the kind of error, which says nothing to anybody
    return str(error).rpartition(": ")[2]
