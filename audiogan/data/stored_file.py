"""Reading a file at any place without copying."""

from __future__ import annotations

import mmap
import os
import weakref
from pathlib import Path
from typing import Any, final

_MOST_MAPPED = 128
"""Files that are mapped at once; each takes two of the descriptors that a process may have."""


@final
class StoredFile:
    """A file that is mapped into memory at the first read, in every process that it is pickled or forked into.

    The map goes when nothing refers to the file and to what was read from it. Where mapping is refused, or too many
    files are mapped already, each read opens the file and copies.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._map: _Map | None = None

    def read(self, offset: int, length: int) -> memoryview:
        """The ``length`` bytes from ``offset`` on, or fewer where the file ends; read-only.

        They may be a view of the file: whoever keeps them for long should copy them, since the process is killed
        (SIGBUS) that looks at bytes which were cut off the file meanwhile.

        :raises OSError: the file cannot be read, or was deleted or replaced and cannot be read anew.
        """
        mapped = self._map or self._mapped()
        if mapped is None:
            return _read_at(self.path, offset, length)
        status = os.fstat(mapped.descriptor)
        if not status.st_nlink:
            # what the path names now, if anything, is another file
            self._map = None
            return _read_at(self.path, offset, length)
        return mapped.content[offset : min(offset + length, status.st_size)]

    def __reduce__(self) -> tuple[Any, ...]:
        return StoredFile, (self.path,)

    def _mapped(self) -> _Map | None:
        if len(_mapped_files) >= _MOST_MAPPED:
            return None
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            self._map = _Map(descriptor)
        except (OSError, ValueError):  # ValueError: the file is empty
            os.close(descriptor)
            return None
        _mapped_files.add(self._map)
        return self._map


@final
class _Map:
    """A mapped file, open so that its size can be asked for."""

    def __init__(self, descriptor: int) -> None:
        self.content = memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
        self.descriptor = descriptor
        weakref.finalize(self, os.close, descriptor).atexit = False


_mapped_files: weakref.WeakSet[_Map] = weakref.WeakSet()


def _read_at(path: Path, offset: int, length: int) -> memoryview:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return memoryview(os.pread(descriptor, length, offset))
    finally:
        os.close(descriptor)
