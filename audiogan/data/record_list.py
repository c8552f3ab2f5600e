"""Several TFRecord files as one list of records."""

from __future__ import annotations

import glob
from bisect import bisect_right
from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Literal, final

import numpy as np
from attrs import field, frozen

from audiogan.data.compression import Compression
from audiogan.data.example import Example, decode_example
from audiogan.data.example_layout import KnownLayouts
from audiogan.data.shard import RecordPlace, Shard, open_shard, survey_shard
from audiogan.errors import DataError


@final
@frozen(eq=False)
class RecordList:
    """The records of several shards, numbered through; made by :func:`open_shards` or :func:`survey_shards`."""

    shards: tuple[Shard, ...]
    ends: tuple[int, ...]
    """For each shard, how many records there are up to its end."""
    _layouts: KnownLayouts = field(init=False, factory=KnownLayouts)

    def __len__(self) -> int:
        return self.ends[-1] if self.ends else 0

    def example(self, number: int) -> Example:
        """The example in record ``number`` in ``range(len(self))``.

        :raises DamagedDataError: the record is damaged or holds no example; the text names file, record and byte.
        :raises DataError: its file cannot be read any more.
        """
        shard, within = self._find(number)
        record = shard.read(within)
        layout = self._layouts.of(record)
        if layout is None:
            return decode_example(record, shard.place(within))
        return Example(partial(shard.place, within), record, layout)

    def place(self, number: int) -> RecordPlace:
        """The place of record ``number``, for messages."""
        shard, within = self._find(number)
        return shard.place(within)

    def content_hash(self) -> str:
        """A SHA-256 over the length and the checksum of every record in order; neither names nor sharding count.

        It takes the checksums from the frames, so that it costs no reading; :meth:`example` holds the data to them.
        """
        digest = sha256()
        for shard in self.shards:
            digest.update(np.stack([shard.lengths, shard.checksums.astype(np.int64)], axis=1).astype("<i8").tobytes())
        return digest.hexdigest()

    def _find(self, number: int) -> tuple[Shard, int]:
        which = bisect_right(self.ends, number)
        shard = self.shards[which]
        return shard, number - (self.ends[which - 1] if which else 0)


def open_shards(paths: Iterable[Path], *, compression: Compression | Literal["auto"] = "auto") -> RecordList:
    """The records of the files at ``paths``, in that order; see :func:`open_shard`.

    :raises DamagedDataError: a file is damaged.
    :raises DataError: a file cannot be read.
    """
    return _listed(open_shard(path, compression=compression) for path in paths)


def survey_shards(paths: Iterable[Path], *, compression: Compression | Literal["auto"] = "auto") -> RecordList:
    """The records of the files at ``paths``, of a damaged one those before the damage; see :func:`survey_shard`.

    :raises DataError: a file cannot be read.
    """
    return _listed(survey_shard(path, compression=compression) for path in paths)


def _listed(opened: Iterable[Shard]) -> RecordList:
    shards = tuple(opened)
    return RecordList(shards, tuple(accumulate(map(len, shards))))


def find_shards(patterns: Iterable[str]) -> tuple[Path, ...]:
    """The files that match any of the glob patterns, each once, sorted by path; ``**`` and ``~`` are understood.

    :raises DataError: a pattern matches no file, and the text says where it was looked for; or there is no pattern.
    """
    found: set[Path] = set()
    for pattern in patterns:
        # Path.glob takes no absolute pattern.
        matches = map(Path, glob.glob(str(Path(pattern).expanduser()), recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        shards = {path for path in matches if path.is_file() and path.suffix != ".index"}
        if not shards:
            raise DataError(
                f"no file matches '{pattern}', looked for in {Path.cwd()}; mend the path or go to its folder"
            )
        found |= shards
    if not found:
        raise DataError(
            "an empty list of paths names no file; give at least one glob pattern, such as 'data/*.tfrecord'"
        )
    return tuple(sorted(found))
