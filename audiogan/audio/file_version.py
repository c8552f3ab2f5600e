"""Whether a file is still the one that was looked at before."""

from __future__ import annotations

from pathlib import Path
from typing import final

from attrs import frozen


@final
@frozen
class FileVersion:
    """What changes when a file is written or replaced."""

    size: int
    """In bytes."""
    modified_ns: int
    """When it was last written, in nanoseconds since 1970."""


def file_version(path: Path) -> FileVersion:
    """The version of the file that ``path`` leads to now.

    :raises OSError: it leads nowhere.
    """
    status = path.stat()
    return FileVersion(status.st_size, status.st_mtime_ns)
