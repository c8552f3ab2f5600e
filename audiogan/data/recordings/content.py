"""Telling whether recordings are the same by what they hold."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import file_digest, sha256
from pathlib import Path

from audiogan.data.recordings.known_digests import FileState, KnownDigests, file_state
from audiogan.errors import DataError

_READ_WHOLE = 2**18
_EDGE = 2**16
_BLOCK = 2**12
_BLOCKS = 32
_THREADS = 8
_TELL_EVERY_S = 5.0

_log = logging.getLogger("audiogan")


def content_digest(path: Path) -> str:
    """A SHA-256 of a file's size, in 8 bytes, and of all its bytes.

    :raises DataError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return file_digest(file, lambda: sha256(size.to_bytes(8, "big"))).hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def content_digests(paths: Iterable[Path]) -> tuple[str, ...]:
    """The digest of each file, several being read at a time; a long reading tells now and then how far it is.

    Those that were taken before of files that have not changed since come from the cache folder, see
    :class:`~audiogan.data.recordings.known_digests.KnownDigests`.

    :raises DataError: a file cannot be read, or changes meanwhile.
    """
    paths = tuple(paths)
    executor = ThreadPoolExecutor(_THREADS)
    try:
        states = tuple(executor.map(_state, paths))
        known = KnownDigests.in_cache()
        digests = known.of(states)
        missing = [(path, state) for path, state in zip(paths, states, strict=True) if state not in digests]
        new: dict[FileState, str] = {}
        told = time.monotonic()
        try:
            for (_, state), digest in zip(missing, executor.map(_unchanged_digest, *_columns(missing)), strict=True):
                new[state] = digest
                if time.monotonic() - told > _TELL_EVERY_S:
                    told = time.monotonic()
                    _log.info("content of %d of %d recordings hashed", len(new), len(missing))
        finally:
            known.keep(new)  # also where the reading is interrupted
    finally:
        executor.shutdown(cancel_futures=True)
    digests.update(new)
    return tuple(digests[state] for state in states)


def sampled_digests(paths: Iterable[Path]) -> tuple[str, ...]:
    """A quick digest of each file: where two differ the files do, where they agree the files may be the same.

    Of a file beyond 256 KiB it takes the size, the first and the last 64 KiB and 32 blocks of 4 KiB at equal distances
    between them.

    :raises DataError: a file cannot be read.
    """
    executor = ThreadPoolExecutor(_THREADS)
    try:
        return tuple(executor.map(_sampled_digest, paths))
    finally:
        executor.shutdown(cancel_futures=True)


def file_size(path: Path) -> int:
    """The size of a file in bytes.

    :raises DataError: the file cannot be found.
    """
    return _state(path).size


def _columns(rows: Sequence[tuple[Path, FileState]]) -> tuple[list[Path], list[FileState]]:
    return [path for path, _ in rows], [state for _, state in rows]


def _state(path: Path) -> FileState:
    try:
        return file_state(path)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unchanged_digest(path: Path, state: FileState) -> str:
    digest = content_digest(path)
    if _state(path) != state:
        raise DataError(f"{path}: changed while it was read; wait until nothing writes to it, and start again")
    return digest


def _sampled_digest(path: Path) -> str:
    digest = sha256()
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest.update(size.to_bytes(8, "big"))
            if size <= _READ_WHOLE:
                digest.update(file.read())
                return digest.hexdigest()
            digest.update(file.read(_EDGE))
            between = size - 2 * _EDGE - _BLOCK
            for number in range(_BLOCKS):
                file.seek(_EDGE + between * number // (_BLOCKS - 1))
                digest.update(file.read(_BLOCK))
            file.seek(size - _EDGE)
            digest.update(file.read())
    except OSError as error:
        raise _unreadable(path, error) from error
    return digest.hexdigest()


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(f"{path}: cannot be read: {error.strerror}; was the file moved?")
