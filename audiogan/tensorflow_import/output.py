"""A new folder that appears whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from audiogan.errors import AudioganError, DataError


def check_new(folder: Path) -> None:
    """Sees that there is nothing at ``folder`` yet, or an empty folder, and that it could be written.

    :raises AudioganError: there is something, or a file is in the way.
    """
    in_the_way = next((place for place in folder.parents if place.exists() and not place.is_dir()), None)
    if in_the_way is not None:
        raise AudioganError(f"{folder}: cannot be made: {in_the_way} is a file, not a folder; name another folder")
    if folder.is_dir():
        if any(folder.iterdir()):
            raise AudioganError(f"{folder}: exists and is not empty; name another folder, or delete it first")
    elif folder.exists() or folder.is_symlink():
        raise AudioganError(f"{folder}: is a file, not a folder; name another folder to write to")


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill, which takes the name ``folder`` once the block ends well; until then that name is free.

    :raises AudioganError: there is something at ``folder``, or it cannot be written.
    """
    check_new(folder)
    partial = folder.with_name(f".{folder.name}.{uuid4().hex}.partial")
    try:
        partial.mkdir(parents=True)
        yield partial
        if folder.is_dir():
            folder.rmdir()
        partial.rename(folder)
    except AudioganError as error:
        # what could not be written is to be found under the name that was asked for, or not at all
        raise type(error)(str(error).replace(str(partial), str(folder))) from error
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written ({error.strerror}); free space, or choose a folder you may write to"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
