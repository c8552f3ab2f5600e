"""What a pack is made of and how far it has come: ``pack.json`` beside the shards."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

from attrs import asdict, evolve, frozen

from audiogan.errors import DataError
from audiogan.files import read_json, write_json
from audiogan_data_tools.packing.shard import PackedShard

NAME = "pack.json"
_FORMAT = 2


@final
@frozen
class Manifest:
    """The plan's hash, how the clips were made, and the shards that are written."""

    plan: str
    protocol: Mapping[str, Any]
    """Rates, channels, labels, resampler and versions, in terms that JSON can hold."""
    packed: Mapping[str, PackedShard]
    """By name."""

    def with_shard(self, shard: PackedShard) -> Manifest:
        """With one more shard written."""
        return evolve(self, packed={**self.packed, shard.name: shard})

    def write(self, folder: Path) -> None:
        """Writes it beside the shards.

        :raises DataError: it cannot be written.
        """
        document = {
            "format": _FORMAT,
            "plan": self.plan,
            **self.protocol,
            "records": sum(shard.records for shard in self.packed.values()),
            "shards": [asdict(self.packed[name]) for name in sorted(self.packed)],
        }
        write_json(folder / NAME, document)


def packed_before(folder: Path, plan: str) -> dict[str, PackedShard]:
    """The shards of the plan that were written before and are still there, as long as they were.

    Whether they hold what they did is for the caller to see, since it takes reading them.

    :raises DataError: the folder holds a pack of something else, or files that are not of a pack at all.
    """
    path = folder / NAME
    try:
        document = read_json(path)
        if document is None:
            if folder.is_dir() and any(folder.glob("*.tfrecord*")):
                raise DataError(f"{folder}: holds TFRecord files of another origin; name another folder")
            return {}
        if document["format"] != _FORMAT or document["plan"] != plan:
            raise DataError(
                f"{folder}: holds a pack of other recordings, or made with other options or by another version; name "
                "another folder, or remove this one"
            )
        shards = [PackedShard(**{**entry, "skipped": tuple(entry["skipped"])}) for entry in document["shards"]]
        return {shard.name: shard for shard in shards if _is_there(folder / shard.name, shard.file_bytes)}
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: is not what a pack leaves there; name another folder, or remove this one") from error


def _is_there(path: Path, file_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == file_bytes
