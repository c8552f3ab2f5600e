"""Setting recordings aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import final

from attrs import frozen

from audiogan.data.recordings.listing import FoundFile, identity
from audiogan.errors import DataError


@final
@frozen
class Split:
    """The recordings to train on, and those held out."""

    train: tuple[FoundFile, ...]
    held_out: tuple[FoundFile, ...]


def split_by_share(files: Sequence[FoundFile], share: float) -> Split:
    """Holds out those files of whose names the hash is among the lowest ``share`` of all hashes.

    The name is the path within the folder that was searched. A file stays where it is whatever others come or go, and
    wherever the folder is moved; so the share held out is near ``share`` for many files, and may be off for few.

    :raises DataError: no file is left to train on, or none is held out.
    """
    return _split(files, lambda file: _position(file.name) < share, f"held_out_share = {share:g}")


def split_by_pattern(files: Sequence[FoundFile], pattern: str) -> Split:
    """Holds out those files in whose names the regular expression ``pattern`` matches anywhere.

    :raises DataError: no file is left to train on, or none is held out.
    :raises ValueError: it is no regular expression.
    """
    expression = compiled(pattern)
    return _split(files, lambda file: expression.search(file.name) is not None, f"held_out_pattern = '{pattern}'")


def compiled(pattern: str) -> re.Pattern[str]:
    """The regular expression.

    :raises ValueError: it is none; the text says why.
    """
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"'{pattern}' is not a regular expression: {error}") from error


def split_by_path(files: Sequence[FoundFile], held_out: Sequence[FoundFile]) -> Split:
    """Holds out the files found elsewhere.

    :raises DataError: a file is among both, be it by links; the text gives both names.
    """
    trained_on = {_reached(file.path): file for file in files}
    for file in held_out:
        same = trained_on.get(_reached(file.path))
        if same is not None:
            also = "" if same.path == file.path else f", there as {same.path}"
            raise DataError(f"{file.path}: lies in both path and held_out_path{also}; narrow one of them")
    return Split(tuple(files), tuple(held_out))


def _reached(path: Path) -> tuple[int, int] | Path:
    return identity(path) or path.resolve()


def _split(files: Sequence[FoundFile], is_held_out: Callable[[FoundFile], bool], rule: str) -> Split:
    decided = [(file, is_held_out(file)) for file in files]
    split = Split(tuple(file for file, held in decided if not held), tuple(file for file, held in decided if held))
    if not split.train or not split.held_out:
        what = "nothing to train on" if not split.train else "nothing held out"
        raise DataError(f"{rule} leaves {what} of {len(files)} recordings; the first is called '{files[0].name}'")
    return split


def _position(name: str) -> float:
    """Where the hash of a name lies between 0 and 1."""
    digest = sha256(name.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
