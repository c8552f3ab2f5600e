"""Features in files: a safetensors file each, followed by the SHA-256 of its key and content."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import safetensors.numpy
from safetensors import SafetensorError

from audiogan.errors import CheckpointError
from audiogan.evaluation.features.extraction import ClassifierFeatures
from audiogan.files import ABANDONED_AFTER_S, atomic_file, remove_partials

_SUFFIX = ".features"
_CHECKSUM_BYTES = hashlib.sha256().digest_size


def write_features(folder: Path, key: str, features: ClassifierFeatures, *, limit_bytes: int) -> None:
    """Keeps ``features`` under ``key``; then those used least recently go, until the files take ``limit_bytes``.

    :raises DataError: the file cannot be written.
    """
    content = safetensors.numpy.save({"probabilities": features.probabilities, "pooled": features.pooled})
    with atomic_file(_path(folder, key)) as file:
        file.write(content)
        file.write(_checksum(key, content))
    remove_partials(folder, abandoned_after_s=ABANDONED_AFTER_S)
    _prune(folder, limit_bytes)


def read_features(folder: Path, key: str) -> ClassifierFeatures | None:
    """The features kept under ``key``, or ``None`` where there are none.

    :raises CheckpointError: the file is damaged or cannot be read; the text names it.
    """
    path = _path(folder, key)
    try:
        stored = path.read_bytes()
        os.utime(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror})") from error
    content, checksum = stored[:-_CHECKSUM_BYTES], stored[-_CHECKSUM_BYTES:]
    if _checksum(key, content) != checksum:
        raise CheckpointError(f"{path}: damaged, its checksum does not fit")
    try:
        arrays = safetensors.numpy.load(content)
        return ClassifierFeatures(arrays["probabilities"], arrays["pooled"])
    except (SafetensorError, KeyError) as error:
        raise CheckpointError(f"{path}: not features of a classifier ({error})") from error


def _path(folder: Path, key: str) -> Path:
    return folder / f"{key}{_SUFFIX}"


def _checksum(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + hashlib.sha256(content).digest()).digest()


def _prune(folder: Path, limit_bytes: int) -> None:
    # Other processes may read, write and prune the same folder: what is gone already is no concern.
    found = []
    for path in folder.glob(f"*{_SUFFIX}"):
        with suppress(OSError):
            status = path.stat()
            found.append((status.st_mtime_ns, status.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= limit_bytes:
            return
        with suppress(OSError):
            path.unlink()
        total -= size
