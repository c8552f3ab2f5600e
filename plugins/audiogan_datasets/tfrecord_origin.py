"""What the programs that packed TFRecord files left beside them about how the samples were made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from audiogan.errors import DataError
from audiogan.files import read_json

_STATEMENTS = {"pack.json": ("options", "resampler", "audiogan"), "manifest.json": ("made_with",)}
"""By the name of a file, what it says of all samples beside it: of 'audiogan data pack' and of 'audiogan data bach'."""


def origins(shards: Iterable[Path]) -> list[dict[str, Any]]:
    """For each folder of shards, in order of their paths, what is said there; nothing of folders that say nothing."""
    found = []
    for folder in sorted({shard.parent for shard in shards}):
        for name, keys in _STATEMENTS.items():
            said = _read(folder / name)
            stated = {key: said[key] for key in keys if key in said}
            if stated:
                found.append({"file": name, **stated})
    return found


def _read(path: Path) -> dict[str, Any]:
    # The shards are read without it, so that a file of another program's is no fault.
    try:
        said = read_json(path)
    except DataError:
        return {}
    return said if isinstance(said, dict) else {}
