"""Telling whether recordings are the same by what they hold, without reading all of it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from audiogan.errors import DataError

_READ_WHOLE = 2**18
_EDGE = 2**16
_BLOCK = 2**12
_BLOCKS = 32
_THREADS = 8


def content_digest(path: Path) -> str:
    """A SHA-256 of a file's size and of its bytes: all of them up to 256 KiB, a sample of them beyond.

    The sample is the first and the last 64 KiB and 32 blocks of 4 KiB at equal distances between them. What changes a
    recording as a whole (another take, level, encoder, length, or tag at either end) changes it; a change in place that
    keeps the file's size and falls between the blocks, such as a click repaired in a long WAV file, does not. A FLAC
    file has a checksum of all its samples among its first bytes, so that no change of its sound goes unnoticed.

    :raises DataError: the file cannot be read.
    """
    digest = sha256()
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
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
        raise DataError(f"{path}: cannot be read: {error.strerror}; was the file moved?") from error
    return digest.hexdigest()


def file_size(path: Path) -> int:
    """The size of a file in bytes.

    :raises DataError: the file cannot be found.
    """
    try:
        return path.stat().st_size
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}; was the file moved?") from error


def content_digests(paths: Iterable[Path]) -> tuple[str, ...]:
    """The digest of each file, several being read at a time.

    :raises DataError: a file cannot be read.
    """
    executor = ThreadPoolExecutor(_THREADS)
    try:
        return tuple(executor.map(content_digest, paths))
    finally:
        executor.shutdown(cancel_futures=True)
