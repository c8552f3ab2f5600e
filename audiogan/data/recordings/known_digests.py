"""Digests of files that were read before, so that large ones need not be read again."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import final

from attrs import frozen

from audiogan.data.cache import cache_directory

_SETTLED_NS = 5_000_000_000
"""A file that was touched less than so long ago may be written once more without its times telling: file systems count
in steps of up to 2 s."""

_log = logging.getLogger("audiogan")


@final
@frozen
class FileState:
    """What the system says of a file; if all of it is the same, so is the content."""

    path: bytes
    """Absolute, links followed."""
    device: int
    inode: int
    size: int
    """In bytes."""
    modified_ns: int
    """When its content was last written, which programs may set back."""
    changed_ns: int
    """When anything of it was last changed, which they may not; on Windows when it was made."""

    @property
    def stamp(self) -> str:
        """All but the path, as a text."""
        return f"{self.device} {self.inode} {self.size} {self.modified_ns} {self.changed_ns}"


def file_state(path: Path) -> FileState:
    """What the system says of the file that ``path`` leads to.

    :raises OSError: it leads nowhere.
    """
    status = path.stat()
    place = os.fsencode(os.path.realpath(path))
    return FileState(place, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@final
class KnownDigests:
    """A database of digests by the state of the file, of which a path has the last.

    A database that cannot be used is told of and done without.
    """

    def __init__(self, database: Path) -> None:
        self._database = database

    @classmethod
    def in_cache(cls) -> KnownDigests:
        """The one in the cache folder."""
        return cls(cache_directory() / "recordings.sqlite")

    def of(self, states: Sequence[FileState]) -> dict[FileState, str]:
        """The digests of those files that are in the database with the same state."""
        if not self._database.exists():
            return {}
        digests: dict[FileState, str] = {}
        with self._told_of(), self._opened() as connection:
            for state in states:
                row = connection.execute("SELECT stamp, digest FROM digests WHERE path = ?", (state.path,)).fetchone()
                if row is not None and row[0] == state.stamp:
                    digests[state] = row[1]
        return digests

    def keep(self, digests: Mapping[FileState, str]) -> None:
        """Adds the digests of those files that were last touched more than 5 s ago."""
        settled_ns = time.time_ns() - _SETTLED_NS
        rows = [
            (state.path, state.stamp, digest)
            for state, digest in digests.items()
            if max(state.modified_ns, state.changed_ns) < settled_ns
        ]
        if not rows:
            return
        with self._told_of():
            self._database.parent.mkdir(parents=True, exist_ok=True)
            with self._opened() as connection:
                connection.executemany("INSERT OR REPLACE INTO digests VALUES (?, ?, ?)", rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._database)) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS digests (path BLOB PRIMARY KEY, stamp TEXT, digest TEXT)")
            yield connection

    @contextmanager
    def _told_of(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            _log.warning(
                "%s cannot be used (%s), so recordings are read anew; delete it if that happens again",
                self._database,
                error,
            )
