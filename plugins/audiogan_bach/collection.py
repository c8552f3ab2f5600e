"""The rendered collection in the user's cache: TFRecord shards, made when first needed."""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import attrs
from crc32c import crc32c

from audiogan.data.cache import CACHE_VARIABLE, cache_directory
from audiogan.data.clips import write_clips
from audiogan.errors import DataError
from audiogan.files import read_json, write_json
from audiogan_bach.plan import Plan
from audiogan_bach.recording import cut_clips, record
from audiogan_bach.rendition import Rendition

_CONTENTS = "contents.json"
_READ_SIZE = 1 << 22
_SECONDS_A_MINUTE = 0.3
_ABANDONED_AFTER_S = 3600
_log = logging.getLogger("audiogan")


def rendered_collection(plan: Plan, *, sample_rate: int, hops: int) -> Path:
    """The folder that holds the plan's shards ``train-*.tfrecord`` and ``test-*.tfrecord``, one for each rendition.

    ``hops`` is the length of a clip in hops of the bass track. What is in the cache and intact is used; anything else
    is rendered, which the logger ``audiogan`` reports. The folder appears complete or not at all, and several
    processes may ask at once: each renders, and the first to finish is used by all.

    :raises DataError: the cache cannot be written.
    """
    folder = cache_directory() / "bach-piano" / _key(plan, sample_rate, hops)
    fault = _fault(folder)
    if fault is None:
        return folder
    if folder.exists():
        _log.warning("the Bach piano recordings in %s are damaged (%s) and are rendered again", folder, fault)
    own = folder.with_name(f"{folder.name}.{uuid4().hex}.partial")
    try:
        own.mkdir(parents=True)
        _remove_abandoned(folder.parent)
        _render(plan, own, sample_rate=sample_rate, hops=hops)
        _move_into_place(own, folder)
    except OSError as error:
        raise DataError(
            f"{folder}: the Bach piano recordings cannot be kept there ({error}); free space, or set {CACHE_VARIABLE} "
            "to a folder you may write to"
        ) from error
    finally:
        shutil.rmtree(own, ignore_errors=True)
    return folder


def _key(plan: Plan, sample_rate: int, hops: int) -> str:
    described = json.dumps(
        [rendering_hash(), sample_rate, hops, attrs.asdict(plan)], sort_keys=True, default=str
    ).encode()
    return f"{sample_rate}-{sha256(described).hexdigest()[:16]}"


def rendering_hash() -> str:
    """A SHA-256 over the code that renders: whatever changes in it, no cache keeps the old samples by the new name."""
    digest = sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()


def _render(plan: Plan, folder: Path, *, sample_rate: int, hops: int) -> None:
    minutes = sum(rendition.duration_s for rendition in plan.train + plan.test) / 60
    _log.info(
        "rendering %.0f minutes of Bach at the piano into %s: once, and for about %.0f s",
        minutes,
        folder.parent,
        _SECONDS_A_MINUTE * minutes * sample_rate / 16_000,
    )
    began = time.monotonic()
    written = _write_part("train", plan.train, folder, sample_rate, hops)
    written |= _write_part("test", plan.test, folder, sample_rate, hops)
    contents = {name: _checksum(folder / name) for name in written}
    write_json(folder / _CONTENTS, contents)
    _log.info("rendered %d clips in %.0f s", sum(written.values()), time.monotonic() - began)


def _write_part(
    part: str, renditions: Sequence[Rendition], folder: Path, sample_rate: int, hops: int
) -> dict[str, int]:
    """Writes one shard for each rendition and returns the number of clips in each."""
    written = {}
    for number, rendition in enumerate(renditions):
        recording = record(rendition, sample_rate=sample_rate)
        name = f"{part}-{number:02d}.tfrecord"
        written[name] = write_clips(folder / name, cut_clips(recording, hops=hops, sample_rate=sample_rate))
    return written


def _fault(folder: Path) -> str | None:
    """What keeps the folder from being used, or ``None``."""
    try:
        contents = read_json(folder / _CONTENTS)
        for name, checksum in contents.items():
            if _checksum(folder / name) != checksum:
                return f"{name} has changed"
    except (OSError, DataError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _checksum(path: Path) -> int:
    """The CRC-32C of a file, which costs a tenth of a second for the whole collection."""
    value = 0
    with path.open("rb") as file:
        while block := file.read(_READ_SIZE):
            value = crc32c(block, value)
    return value


def _remove_abandoned(parent: Path) -> None:
    """Removes what a rendering that was killed left behind; one that is still going on is younger than that."""
    for partial in parent.glob("*.partial"):
        with suppress(OSError):
            if time.time() - partial.stat().st_mtime > _ABANDONED_AFTER_S:
                shutil.rmtree(partial)


def _move_into_place(own: Path, folder: Path) -> None:
    discarded = own.with_suffix(".replaced")
    for _ in range(3):
        try:
            own.rename(folder)
        except OSError:
            if not folder.exists():
                raise
            if _fault(folder) is None:
                return
            folder.rename(discarded)
            shutil.rmtree(discarded, ignore_errors=True)
        else:
            return
    raise OSError("another process keeps putting a damaged collection there")
