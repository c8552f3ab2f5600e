"""What recordings hold: their digests, and copies on both sides of a split."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Sequence
from hashlib import file_digest
from pathlib import Path

from audiogan.data.cache import cache_directory
from audiogan.data.recordings.in_threads import in_threads
from audiogan.errors import DataError
from audiogan.files import read_json, write_json

_FORMAT = 1
_SETTLED_NS = 5_000_000_000
"""A file written less than so long ago may be written once more in the same tick of its file system's clock."""
_THREADS = 8

_log = logging.getLogger("audiogan")


def content_digest(path: Path) -> str:
    """The SHA-256 of a file's bytes.

    :raises DataError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def content_digests(paths: Iterable[Path]) -> tuple[str, ...]:
    """The SHA-256 of each file's bytes, several being read at a time.

    What was hashed is remembered in ``recording-digests.json`` in the cache folder, and read again only where a file's
    path, size or times differ.

    :raises DataError: a file cannot be read, or changes meanwhile.
    """
    paths = tuple(paths)
    states = tuple(in_threads(_state, paths, doing="recordings looked up", threads=_THREADS))
    places = [os.path.realpath(path) for path in paths]
    known = _remembered()
    missing = {
        place: (path, state)
        for place, path, state in zip(places, paths, states, strict=True)
        if known.get(place, [])[:-1] != state
    }
    settled_ns = time.time_ns() - _SETTLED_NS
    new: dict[str, list[int | str]] = {}
    try:
        digests = in_threads(_unchanged_digest, missing.values(), doing="recordings hashed", threads=_THREADS)
        for (place, (_, state)), digest in zip(missing.items(), digests, strict=True):
            new[place] = [*state, digest]
    finally:  # also where it is interrupted
        lasting = {place: entry for place, entry in new.items() if max(map(int, entry[1:3])) < settled_ns}
        if lasting:
            _remember(lasting)
    known |= new
    return tuple(str(known[place][-1]) for place in places)


def warn_of_copies(train: Sequence[Path], held_out: Sequence[Path]) -> None:
    """Warns once where files that are held out have the content of some that are trained on: how many, and one pair.

    Only files of a size that occurs on both sides are read.

    :raises DataError: a file cannot be read.
    """
    sizes = {path: _state(path)[0] for path in (*train, *held_out)}
    shared = {sizes[path] for path in train} & {sizes[path] for path in held_out}
    alike = [[path for path in part if sizes[path] in shared] for part in (train, held_out)]
    trained_on = dict(zip(content_digests(alike[0]), alike[0], strict=True))
    copies = [
        (path, trained_on[digest])
        for path, digest in zip(alike[1], content_digests(alike[1]), strict=True)
        if digest in trained_on
    ]
    if copies:
        _log.warning(
            "held out are copies of recordings that are trained on, %d of %d, such as %s of %s; values on them say "
            "nothing about new recordings: remove the copies from one side",
            len(copies),
            len(held_out),
            *copies[0],
        )


def _remembered() -> dict[str, list[int | str]]:
    try:
        document = read_json(_memory())
    except DataError as error:
        _log.warning("%s; recordings are hashed again", error)
        return {}
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        return {}
    digests: dict[str, list[int | str]] = document["digests"]
    return digests


def _remember(new: dict[str, list[int | str]]) -> None:
    try:
        write_json(_memory(), {"format": _FORMAT, "digests": _remembered() | new})
    except DataError as error:
        _log.warning("%s; recordings will be hashed again next time", error)


def _memory() -> Path:
    return cache_directory() / "recording-digests.json"


def _state(path: Path) -> list[int]:
    """Size, and when content and anything else were last changed (which cannot be set back), in ns since 1970."""
    try:
        status = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _unchanged_digest(missing: tuple[Path, list[int]]) -> str:
    path, state = missing
    digest = content_digest(path)
    if _state(path) != state:
        raise DataError(f"{path}: changed while it was read; wait until nothing writes to it, and start again")
    return digest


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(f"{path}: cannot be read: {error.strerror}; was the file moved?")
