"""Finding the recordings that a path means."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import final

from attrs import frozen

from audiogan.audio import AUDIO_SUFFIXES, is_audio_name
from audiogan.errors import DataError


@final
@frozen
class FoundFile:
    """A file that is taken for audio."""

    path: Path
    name: str
    """Its path within the folder that was searched, with ``/`` between the parts; what labels and splits go by."""


def find_recordings(paths: Iterable[str]) -> tuple[FoundFile, ...]:
    """The audio files that ``paths`` mean, each once, in the order of ``paths`` and then of their names.

    A path is a folder, searched with all those in it; a file; or a glob pattern, in which ``**`` stands for any
    folders, and whose matches are taken like paths. ``~`` is understood. Which files are audio goes by the suffix
    (``AUDIO_SUFFIXES``); others, and those whose names begin with a dot, are passed over. A file that is reached by
    several ways, such as links, is taken the first time.

    :raises DataError: a path is not there, holds no audio, or cannot be searched; or there is none.
    """
    found: list[FoundFile] = []
    seen: set[tuple[int, int]] = set()
    given = False
    for given_path in paths:
        given = True
        at_this_path = sorted(_files_of(given_path), key=lambda file: (file.name, str(file.path)))
        if not at_this_path:
            raise DataError(
                f"{given_path}: no audio files; the suffixes looked for are {', '.join(sorted(AUDIO_SUFFIXES))}"
            )
        for file in at_this_path:
            reached = identity(file.path)
            if reached is None or reached not in seen:
                found.append(file)
            if reached is not None:
                seen.add(reached)
    if not given:
        raise DataError("an empty list of paths names no recordings; give at least one folder or glob pattern")
    return tuple(found)


def _files_of(given_path: str) -> Iterator[FoundFile]:
    if not given_path:
        raise DataError("a path is empty, ''; name a folder, a file or a glob pattern, '.' for the folder you are in")
    path = Path(given_path).expanduser()
    if path.is_dir():
        yield from _files_in(path, path)
    elif path.exists():
        yield FoundFile(path, path.name)
    else:
        matches = sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207 - Path.glob takes no absolute pattern
        if not matches:
            raise DataError(f"{given_path}: not there, looked for in {Path.cwd()}; check the path")
        root = _fixed_part(path)
        for match in matches:
            if match.is_dir():
                yield from _files_in(match, root)
            elif is_audio_name(match):
                yield FoundFile(match, _name(match, root))


def _files_in(folder: Path, root: Path) -> Iterator[FoundFile]:
    visited: set[tuple[int, int] | None] = set()
    for place, folders, names in os.walk(folder, followlinks=True, onerror=_complain):
        # A link to a folder further up would be followed for ever.
        here = identity(Path(place))
        if here in visited:
            folders.clear()
            continue
        visited.add(here)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(place, name)
            if is_audio_name(path):
                yield FoundFile(path, _name(path, root))


def _complain(error: OSError) -> None:
    raise DataError(f"{error.filename}: cannot be searched: {error.strerror}; check its permissions") from error


def identity(path: Path) -> tuple[int, int] | None:
    """Device and number of the file behind a path, the same for all links to it; ``None`` where there is none."""
    try:
        status = path.stat()
    except OSError:  # a link to nowhere, which is reported where it is opened
        return None
    return status.st_dev, status.st_ino


def _fixed_part(pattern: Path) -> Path:
    """The folder that a pattern begins with: all of it up to its first part with a wildcard."""
    fixed = Path()
    for part in pattern.parts[:-1]:
        if glob.has_magic(part):
            break
        fixed /= part
    return fixed


def _name(path: Path, root: Path) -> str:
    try:
        return str(PurePosixPath(*path.relative_to(root).parts))
    except ValueError:
        return path.name
