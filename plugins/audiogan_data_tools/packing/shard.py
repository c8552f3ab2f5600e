"""One shard of a pack, written in one go."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path
from typing import final

from attrs import frozen

from audiogan.audio import AudioDecoder
from audiogan.data.clips import Clip, encode_clip
from audiogan.data.shard_writer import write_shard
from audiogan.errors import DamagedDataError, DataError
from audiogan_data_tools.packing.plan import PlannedShard


@final
@frozen
class ShardTask:
    """A shard, and the folder that it goes into."""

    shard: PlannedShard
    folder: Path


@final
@frozen
class PackedShard:
    """A written shard."""

    name: str
    records: int
    file_bytes: int
    sha256: str
    """Of the file."""
    skipped: tuple[str, ...]
    """What was wrong with each clip that was passed over."""


def pack_shard(task: ShardTask) -> PackedShard:
    """Decodes and writes the clips of a shard, one at a time; the file appears whole or not at all.

    :raises DamagedDataError: a recording is damaged, and the plan does not say to pass over it.
    :raises DataError: a recording is gone, or the shard cannot be written.
    """
    skipped: list[str] = []
    path = task.folder / task.shard.name
    written = write_shard(path, _records(task.shard, skipped), compression=task.shard.compression)
    return PackedShard(task.shard.name, written, path.stat().st_size, file_sha256(path), tuple(skipped))


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file in the folder of a pack.

    :raises DataError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); name another folder") from error


def _records(shard: PlannedShard, skipped: list[str]) -> Iterator[bytes]:
    decoder = AudioDecoder()
    for clip in shard.clips:
        try:
            samples = clip.recording.read(clip.start, clip.stop, decoder=decoder)
        except DamagedDataError as error:
            if shard.on_error == "stop":
                raise DamagedDataError(f"{error} (or pass over damaged recordings with --on-error skip)") from error
            skipped.append(str(error))
            continue
        except DataError as error:
            raise DataError(f"{error} (of this command's options, --out-of-range clip may help)") from error
        yield encode_clip(Clip(clip.recording.name, samples, clip.label, clip.slice))
