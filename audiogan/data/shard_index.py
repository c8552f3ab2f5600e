"""The index beside a shard: a text file of one ``offset length`` line a record, both in bytes, framing included.

It is the format that the ``tfrecord`` package reads and its ``tfrecord2idx`` writes. A TFRecord file does not say where
it ends; the index does, so that a file cut off between two records is noticed. A compressed file says so itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiogan.errors import DataError
from audiogan.files import write_bytes


def index_path(shard: Path) -> Path:
    """Where the index of ``shard`` lies: its name with ``.index`` added."""
    return shard.with_name(shard.name + ".index")


def write_index(shard: Path, framed_lengths: Sequence[int]) -> None:
    """Writes the index of records that take ``framed_lengths`` bytes each, one after the other.

    :raises DataError: the index cannot be written.
    """
    offset = 0
    lines = []
    for length in framed_lengths:
        lines.append(f"{offset} {length}\n")
        offset += length
    write_bytes(index_path(shard), "".join(lines).encode("ascii"))


def index_fault(shard: Path, *, records: int, size_bytes: int) -> str | None:
    """In what a shard falls short of its index; ``None`` where it agrees with it or has none.

    :raises DataError: the index cannot be read, or is not an index.
    """
    index = index_path(shard)
    try:
        lines = index.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataError(f"{index}: cannot be read ({error.strerror})") from error
    try:
        offset, length = map(int, lines[-1].split()) if lines else (0, 0)
    except ValueError:
        raise DataError(
            f"{index}: line {len(lines)} is not 'offset length'; delete the index to do without it"
        ) from None
    if (records, size_bytes) == (len(lines), offset + length):
        return None
    return (
        f"{shard}: holds {records} records in {size_bytes} bytes, but {index.name} beside it promises "
        f"{len(lines)} records in {offset + length} bytes; copy the shard again, or delete the index if it is old"
    )
