"""Packing: planned at once, written shard by shard, taken up again where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from attrs import asdict

from audiogan.audio import resampler_with_version
from audiogan.data.processes import in_processes
from audiogan.durations import duration
from audiogan.files import locked_folder, remove_partials
from audiogan_data_tools.packing.manifest import Manifest, packed_before
from audiogan_data_tools.packing.plan import PackOptions, PlannedShard, plan_hash
from audiogan_data_tools.packing.shard import PackedShard, ShardTask, file_sha256, pack_shard

_TOLD_EVERY_S = 10


def pack(
    shards: Sequence[PlannedShard], folder: Path, options: PackOptions, *, jobs: int, tell: Callable[[str], None]
) -> Manifest:
    """Writes the shards that are not there yet, in ``jobs`` processes, and ``pack.json`` after each of them.

    ``tell`` receives a line for each shard. What is written stays, whatever happens; the same call goes on from there.

    :raises DamagedDataError: a recording is damaged and ``options.on_error`` is ``"stop"``.
    :raises DataError: the folder holds something else, cannot be written, or is being written by another process.
    """
    plan = plan_hash(shards, options)
    with locked_folder(folder, busy="another process is packing into it; wait for it, or name another folder"):
        return _pack(shards, folder, options, plan, jobs=jobs, tell=tell)


def _pack(
    shards: Sequence[PlannedShard],
    folder: Path,
    options: PackOptions,
    plan: str,
    *,
    jobs: int,
    tell: Callable[[str], None],
) -> Manifest:
    before = packed_before(folder, plan)
    manifest = Manifest(plan, _protocol(options), _unchanged(before, folder, jobs=jobs, tell=tell))
    missing = [shard for shard in shards if shard.name not in manifest.packed]
    if len(missing) < len(shards):
        tell(f"{len(shards) - len(missing)} of {len(shards)} shards are there already")
    manifest.write(folder)
    samples, done, started = sum(shard.samples for shard in missing), 0, time.monotonic()
    tasks = [ShardTask(shard, folder) for shard in missing]
    try:
        for number, packed in in_processes(pack_shard, tasks, jobs=jobs):
            manifest = manifest.with_shard(packed)
            manifest.write(folder)
            done += missing[number].samples
            left = (time.monotonic() - started) * (samples - done) / done
            tell(
                f"{packed.name}: {packed.records:,} clips; {len(manifest.packed)} of {len(shards)} shards, "
                f"{duration(left)} left"
            )
    finally:
        remove_partials(folder)
    return manifest


def _unchanged(
    before: Mapping[str, PackedShard], folder: Path, *, jobs: int, tell: Callable[[str], None]
) -> dict[str, PackedShard]:
    """Those shards whose files hold what was written, which takes reading them."""
    unchanged = {}
    told = time.monotonic()
    shards = list(before.values())
    paths = [folder / shard.name for shard in shards]
    for done, (number, digest) in enumerate(in_processes(file_sha256, paths, jobs=jobs), start=1):
        if digest == shards[number].sha256:
            unchanged[shards[number].name] = shards[number]
        else:
            tell(f"{shards[number].name}: has changed since it was packed, and is packed again")
        if time.monotonic() - told > _TOLD_EVERY_S:
            told = time.monotonic()
            tell(f"{done} of {len(shards)} shards that are there are looked through")
    return unchanged


def _protocol(options: PackOptions) -> dict[str, object]:
    return {
        "options": asdict(options),
        "resampler": resampler_with_version(),
        "audiogan": version("audiogan"),
    }
