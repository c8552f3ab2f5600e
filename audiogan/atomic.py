"""Files that appear whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from audiogan.errors import DataError


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """A binary file to write, which takes the place of ``path`` once the block ends well.

    Until then, and for good if the block raises, ``path`` keeps what it held. Missing folders are made. The bytes are
    on the disk before the name is, so that a power cut leaves the old file or the new one.

    :raises DataError: the file cannot be written; the text names it and the system's reason.
    """
    partial = path.with_name(f".{path.name}.{uuid4().hex}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise DataError(
            f"{path}: cannot be written ({error}); free space, or choose a folder you may write to"
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink()


def check_writable(path: Path) -> None:
    """Sees, before long work, that a file could be written to ``path``, and makes nothing.

    :raises DataError: a folder is there, a file is in the way, or a folder may not be written to.
    """
    nearest = next(folder for folder in path.absolute().parents if folder.exists())
    if path.is_dir():
        reason = "it is a folder"
    elif not nearest.is_dir():
        reason = f"{nearest} is a file, not a folder"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        reason = f"you may not write to {nearest}"
    else:
        return
    raise DataError(f"{path}: cannot be written ({reason}); name another file")


def write_json(path: Path, document: Any) -> None:
    """Writes ``document`` to ``path``, whole or not at all.

    :raises DataError: the file cannot be written.
    """
    with atomic_file(path) as file:
        # A surrogate, as in a name of a file that is not UTF-8, becomes the escape that JSON reads back as it.
        file.write((json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
