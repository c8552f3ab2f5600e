"""Packing: planned at once, written shard by shard, taken up again where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from attrs import asdict
from filelock import FileLock, Timeout

from audiogan.audio.resampling import resampler_with_version
from audiogan.data.packing.manifest import NAME, Manifest, packed_before
from audiogan.data.packing.plan import PackOptions, PlannedShard, plan_hash
from audiogan.data.packing.shard import PackedShard, ShardTask, file_sha256, pack_shard
from audiogan.data.processes import in_processes
from audiogan.durations import duration
from audiogan.errors import DataError

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
    with _locked(folder):
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
    _clear_partials(folder, shards)
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
        _clear_partials(folder, missing)
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


def _clear_partials(folder: Path, shards: Sequence[PlannedShard]) -> None:
    # A process that was killed in the middle of a file could not clear it away itself.
    for name in (NAME, *(shard.name for shard in shards)):
        for partial in folder.glob(f".{name}.*.partial"):
            partial.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise DataError(
            f"{folder}: another process is packing into this folder; wait for it, or name another folder"
        ) from None
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror}); name another folder") from error
    try:
        yield
    finally:
        lock.release()


def _protocol(options: PackOptions) -> dict[str, object]:
    return {
        "options": asdict(options),
        "resampler": resampler_with_version(),
        "audiogan": version("audiogan"),
    }
