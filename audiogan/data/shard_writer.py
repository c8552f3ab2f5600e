"""Writing TFRecord files."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from audiogan.data.compression import WINDOW_BITS, Compression
from audiogan.data.framing import FRAME_BYTES, frame
from audiogan.data.shard_index import index_path, write_index
from audiogan.files import atomic_file

# Of audio as floats, zlib's usual level 6 makes files 3% smaller than level 1, in seven times the time.
_LEVEL = 1
_COMPRESSED_AT_ONCE = 2**20


def write_shard(path: Path, records: Iterable[bytes], *, compression: Compression = "none") -> int:
    """Writes a TFRecord file, and its index where it is not compressed; returns the number of records.

    ``records`` is consumed one by one, so that a shard may be larger than memory. The file appears whole or not at all;
    missing folders are made, and a file of that name is replaced. The same records give the same bytes.

    :raises DataError: the file cannot be written.
    """
    framed_lengths = []
    with atomic_file(path) as file:
        compressor = None if compression == "none" else zlib.compressobj(_LEVEL, wbits=WINDOW_BITS[compression])
        for record in records:
            for piece in frame(record):
                file.writelines([piece] if compressor is None else _compressed(piece, compressor))
            framed_lengths.append(FRAME_BYTES + len(record))
        if compressor is not None:
            file.write(compressor.flush())
        # An index of the file about to be replaced would call the new one damaged.
        index_path(path).unlink(missing_ok=True)
    if compression == "none":
        write_index(path, framed_lengths)
    return len(framed_lengths)


def _compressed(piece: bytes | memoryview, compressor: zlib._Compress) -> Iterator[bytes]:
    # of a long record at once, zlib would hold the result twice
    for start in range(0, len(piece), _COMPRESSED_AT_ONCE):
        yield compressor.compress(memoryview(piece)[start : start + _COMPRESSED_AT_ONCE])
