"""Writing TFRecord files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from audiogan.atomic import atomic_file
from audiogan.data.framing import frame
from audiogan.data.shard_index import index_path, write_index


def write_shard(path: Path, records: Iterable[bytes]) -> int:
    """Writes a TFRecord file and its index, and returns the number of records.

    ``records`` is consumed one by one, so that a shard may be larger than memory. The file appears whole or not at all;
    missing folders are made, and a file of that name is replaced.

    :raises DataError: the file cannot be written.
    """
    framed_lengths = []
    with atomic_file(path) as file:
        for record in records:
            framed = frame(record)
            file.write(framed)
            framed_lengths.append(len(framed))
        # An index of the file about to be replaced would call the new one damaged.
        index_path(path).unlink(missing_ok=True)
    write_index(path, framed_lengths)
    return len(framed_lengths)
