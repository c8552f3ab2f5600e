"""Files: written whole or not at all, JSON and records in it, and the lock on a folder."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar
from uuid import uuid4

from audiogan.errors import AudioganError, CheckpointError, DataError

if TYPE_CHECKING:
    from cattrs import Converter

_Record = TypeVar("_Record")

_PARTIAL = ".partial"
_PARTIAL_NAME = re.compile(r"\..+\.[0-9a-f]{32}\.partial", re.DOTALL)
ABANDONED_AFTER_S = 3600.0
"""An hour without a write: its writer was killed."""


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """A binary file to write, which takes the place of ``path`` once the block ends well.

    Until then, and for good if the block raises, ``path`` keeps what it held. Missing folders are made. The bytes are
    on the disk before the name is, so that a power cut leaves the old file or the new one. Where ``path`` is a symbolic
    link, the link is replaced and the file that it names stays as it is.

    :raises DataError: the file cannot be written; the text names it and the system's reason.
    """
    partial = _partial_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            partial.unlink()


def write_bytes(path: Path, content: bytes) -> None:
    """Writes ``content`` to ``path``, whole or not at all.

    :raises DataError: the file cannot be written.
    """
    with atomic_file(path) as file:
        file.write(content)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill, which takes the name ``folder`` once the block ends well; until then that name is free.

    :raises AudioganError: there is something at ``folder`` other than an empty folder, or it cannot be written.
    """
    check_new_folder(folder)
    partial = _partial_name(folder)
    try:
        partial.mkdir(parents=True)
        yield partial
        if folder.is_dir():
            folder.rmdir()
        partial.rename(folder)
    except (DataError, CheckpointError) as error:
        # what could not be written is to be found under the name that was asked for, or not at all
        raise type(error)(str(error).replace(str(partial), str(folder))) from error
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def check_new_folder(folder: Path) -> None:
    """Sees that there is nothing at ``folder`` yet, or an empty folder, and that it could be written.

    :raises AudioganError: there is something, or a file is in the way.
    """
    if folder.is_dir():
        if any(folder.iterdir()):
            raise AudioganError(f"{folder}: exists and is not empty; name another folder, or delete it first")
        return
    if folder.exists() or folder.is_symlink():
        raise AudioganError(f"{folder}: is a file, not a folder; name another folder to write to")
    check_writable(folder)


def check_writable(path: Path) -> None:
    """Sees, before long work, that a file or folder could be made at ``path``, and makes nothing.

    :raises DataError: a file is in the way, or a folder may not be written to.
    """
    nearest = next(place for place in path.absolute().parents if os.path.lexists(place))
    if not nearest.is_dir():
        reason = f"{nearest} is a file, not a folder"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        reason = f"you may not write to {nearest}"
    else:
        return
    raise DataError(f"{path}: cannot be written ({reason}); choose another place")


def refuse_links(folder: Path) -> None:
    """Sees that nothing inside ``folder`` is a symbolic link, which would have files written elsewhere.

    :raises DataError: there is one; the text names it and where it leads.
    """
    for path in folder.rglob("*"):
        if path.is_symlink():
            raise DataError(f"{path}: is a symbolic link to {path.readlink()}; put a real file or folder there")


@contextmanager
def locked_folder(folder: Path, *, busy: str, timeout_s: float = 0.0) -> Iterator[None]:
    """Makes ``folder`` if need be, holds it against other processes, and removes what killed writers left in it.

    ``timeout_s`` is how long another process is waited for, without end where it is negative.

    :raises DataError: another process holds it, which ``busy`` words, or it cannot be made or written.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=timeout_s)
        lock.acquire()
    except Timeout as error:
        raise DataError(f"{folder}: {busy}") from error
    except OSError as error:
        check_writable(folder / ".lock")
        raise _unwritable(folder, error) from error
    try:
        remove_partials(folder)
        yield
    finally:
        lock.release()


def remove_partials(folder: Path, *, abandoned_after_s: float = 0.0) -> None:
    """Removes what writers that were killed left in ``folder`` and below it.

    In a folder that nobody holds a lock on, give :data:`ABANDONED_AFTER_S`, so that no file is taken from its writer.
    """
    for partial in folder.rglob(f".*{_PARTIAL}"):
        with suppress(OSError):
            if _PARTIAL_NAME.fullmatch(partial.name) and time.time() - partial.stat().st_mtime >= abandoned_after_s:
                shutil.rmtree(partial) if partial.is_dir() else partial.unlink()


def write_json(path: Path, document: Any) -> None:
    """Writes ``document`` to ``path``, whole or not at all.

    :raises DataError: the file cannot be written.
    """
    # A surrogate, as in a name of a file that is not UTF-8, becomes the escape that JSON reads back as it.
    content = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    write_bytes(path, content.encode("utf-8", "backslashreplace"))


def read_json(path: Path) -> Any:
    """The value in a JSON file; ``None`` where there is no file.

    :raises DataError: it is not a regular file, cannot be read, or is not JSON; the text names the line.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for without end
            raise DataError(f"{path}: is not a regular file; remove it")
        value = json.loads(path.read_bytes().decode())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: damaged: byte {error.start} is not UTF-8; delete the file to start over") from error
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {error.lineno}: damaged: {error.msg}; delete the file to start over") from error
    except RecursionError as error:
        raise DataError(f"{path}: damaged: nested too deeply; delete the file to start over") from error
    if value is None:
        raise DataError(f"{path}: damaged: holds null; delete the file to start over")
    return value


def write_record(path: Path, record: Any) -> None:
    """Writes an attrs object with the ``FORMAT`` of its class, whole or not at all; :func:`read_record` reads it.

    :raises DataError: the file cannot be written.
    """
    write_json(path, {"format": record.FORMAT, **record_to_json(record)})


def read_record(path: Path, record_class: type[_Record]) -> _Record | None:
    """The object that :func:`write_record` wrote to ``path``; ``None`` where there is no file.

    :raises DataError: the file is damaged, of another format, or holds something else; the text names key and value.
    """
    document = read_json(path)
    if document is None:
        return None
    expected = record_class.FORMAT  # type: ignore[attr-defined]  # every record class has one
    if not isinstance(document, dict) or document.pop("format", None) != expected:
        raise DataError(
            f"{path}: not of format {expected}, which this version of audiogan reads; use another folder, or delete "
            "the file to start over"
        )
    return record_from_json(document, record_class, place=str(path))


def record_to_json(record: Any) -> dict[str, Any]:
    """An attrs object in terms that JSON can hold; a number that is not finite becomes null."""
    document: dict[str, Any] = _converter().unstructure(record)
    return document


def record_from_json(document: Any, record_class: type[_Record], *, place: str) -> _Record:
    """The object that :func:`record_to_json` made a document of; null gives NaN where a number is due.

    :raises DataError: keys are missing or values of another type; ``place``, the key and the value are named.
    """
    from cattrs import BaseValidationError, transform_error

    try:
        return _converter().structure(document, record_class)
    except BaseValidationError as error:
        faults = transform_error(error, path="", format_exception=_fault)
        raise DataError(f"{place}: {'; '.join(fault.replace(' @ .', ' at ') for fault in faults)}") from error


@cache
def _converter() -> Converter:
    from cattrs import Converter

    def exactly(kind: type, name: str) -> Any:
        def structure(value: Any, _: Any) -> Any:
            if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
                raise TypeError(f"should be {name}, not {value!r}")
            return value

        return structure

    def number(value: Any, _: Any) -> float:
        if value is None:
            return math.nan
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise TypeError(f"should be a number, not {value!r}")
        return float(value)

    converter = Converter()
    for kind, name in ((str, "a string"), (int, "an integer"), (bool, "true or false")):
        converter.register_structure_hook(kind, exactly(kind, name))
    converter.register_structure_hook(float, number)
    converter.register_unstructure_hook(float, lambda value: value if math.isfinite(value) else None)
    return converter


def _fault(error: BaseException, _: Any) -> str:
    return f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)


def _partial_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid4().hex}{_PARTIAL}")


def _unwritable(path: Path, error: OSError) -> DataError:
    return DataError(
        f"{path}: cannot be written ({error.strerror or error}); free space, or choose a folder you may write to"
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
