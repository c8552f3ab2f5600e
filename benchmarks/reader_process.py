"""A reader in a process of its own, timed there."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

from benchmarks.tfrecord_readers import Reader, Stream

_UNTIMED = 2048
"""Examples taken before each timing, one pass over the file: it starts threads and processes, and maps the file."""


class ReaderProcess:
    """One reader at one file."""

    def __init__(self, reader: Reader, path: Path) -> None:
        self._reader, self._path = reader, path
        self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    def contents(self, examples: int) -> frozenset[str]:
        """The hashes of the first ``examples`` examples, whatever their order."""
        return self._pool.submit(_contents, self._reader, self._path, examples).result()

    def seconds(self, examples: int) -> float:
        """How long ``examples`` examples take, once reading is under way."""
        return self._pool.submit(_seconds, self._reader, self._path, examples).result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown()


def _contents(reader: Reader, path: Path, examples: int) -> frozenset[str]:
    hashes: set[str] = set()
    for array in reader.read(path):
        hashes.update(sha256(example.tobytes()).hexdigest() for example in array[: examples - len(hashes)])
        if len(hashes) == examples:
            break
    return frozenset(hashes)


def _seconds(reader: Reader, path: Path, examples: int) -> float:
    # A stream left open would read ahead while others are timed.
    with closing(reader.read(path)) as stream:
        _take(stream, _UNTIMED)
        start = perf_counter()
        _take(stream, examples)
        return perf_counter() - start


def _take(stream: Stream, examples: int) -> None:
    taken = 0
    for array in stream:
        taken += len(array)
        if taken >= examples:
            return
