"""Which of the paths that are to be inspected are recordings, and which are TFRecord files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from audiogan.audio import is_audio_name
from audiogan.data.record_list import find_shards
from audiogan.data.recordings.listing import FoundFile, find_recordings
from audiogan.errors import DataError

_SHARD_MARK = ".tfrecord"


def sort_paths(paths: Iterable[str]) -> tuple[tuple[FoundFile, ...], tuple[Path, ...]]:
    """The recordings and the TFRecord files that ``paths`` mean, each once.

    A folder is searched for both: for recordings by their suffixes, and for files with ``.tfrecord`` in their names. A
    file that is not a recording by its suffix is taken for a TFRecord file.

    :raises DataError: a path is not there or holds neither.
    """
    recordings: dict[Path, FoundFile] = {}
    shards: dict[Path, None] = {}
    for path in paths:
        found_shards = _shards_of(path)
        try:
            found = find_recordings([path]) if not found_shards or Path(path).expanduser().is_dir() else ()
        except DataError:
            if not found_shards:
                raise
            found = ()
        recordings.update((file.path, file) for file in found)
        shards.update((shard, None) for shard in found_shards)
    return tuple(recordings.values()), tuple(shards)


def _shards_of(given: str) -> tuple[Path, ...]:
    if not given:  # which as a path would be the folder one is in
        return ()
    path = Path(given).expanduser()
    if path.is_dir():
        return tuple(
            sorted(
                file
                for file in path.rglob("*")
                if _SHARD_MARK in file.name and file.suffix != ".index" and file.is_file()
            )
        )
    if path.is_file():
        return () if is_audio_name(path) else (path,)
    try:
        return tuple(shard for shard in find_shards([given]) if not is_audio_name(shard))
    except DataError:
        return ()
