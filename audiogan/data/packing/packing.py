"""Packing: planned at once, written shard by shard, taken up again where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import soxr
from attrs import asdict
from filelock import FileLock, Timeout

from audiogan.audio.resampling import RESAMPLER
from audiogan.data.packing.manifest import Manifest, packed_before
from audiogan.data.packing.plan import PackOptions, PlannedShard, plan_hash
from audiogan.data.packing.shard import ShardTask, pack_shard
from audiogan.data.processes import in_processes
from audiogan.durations import duration
from audiogan.errors import DataError


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
    manifest = Manifest(plan, _protocol(options), packed_before(folder, plan))
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
        # A process that was ended in the middle of a shard could not clear it away itself.
        for shard in missing:
            for partial in folder.glob(f".{shard.name}.*.partial"):
                partial.unlink(missing_ok=True)
    return manifest


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
        "resampler": f"{RESAMPLER} (soxr {soxr.__version__}, libsoxr {soxr.__libsoxr_version__})",
        "audiogan": version("audiogan"),
    }
