"""What makes an experiment the same experiment when its run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from audiogan.errors import CheckpointError
from audiogan.files import read_json, write_json
from audiogan.run.folder import ExperimentFolder
from audiogan.spec.schema import ExperimentSpec

BUDGET = ("training.epochs", "training.steps", "training.duration_s")
_FREE = (
    "title",
    "published",
    "training.device",
    "training.threads",
    "training.workers",
    "training.checkpoint_every_s",
)


def identity(spec: ExperimentSpec) -> dict[str, Any]:
    """Every key path of ``spec`` with its value, but for those that may change between two sittings of a run."""
    flat = _flatten("", _plain(spec))
    return {key: value for key, value in flat.items() if not _belongs(key, (*BUDGET, *_FREE))}


def budget(spec: ExperimentSpec) -> dict[str, Any]:
    """How long the experiment is to train; a finished one goes on when this grows."""
    return {key.rpartition(".")[2]: value for key, value in _flatten("", _plain(spec)).items() if key in BUDGET}


def check_identity(folder: ExperimentFolder, spec: ExperimentSpec) -> None:
    """Claims ``folder`` for ``spec``, or sees that it is already its own.

    What never came as far as a checkpoint leaves nothing to mix up, so that a mistake can be mended where it was made.

    :raises CheckpointError: it holds another experiment; the text names every key that differs.
    """
    mine = identity(spec)
    stored = read_json(folder.identity)
    if stored is None or not folder.latest.exists():
        write_json(folder.identity, mine)
        return
    if not isinstance(stored, dict):
        raise CheckpointError(f"{folder.identity}: damaged: holds {stored!r}; delete {folder.path} to start over")
    keys = sorted({*mine, *stored})
    differing = [
        f"  {key}: was {stored.get(key)!r}, is {mine.get(key)!r}" for key in keys if stored.get(key) != mine.get(key)
    ]
    if differing:
        raise CheckpointError(
            f"{folder.path} was made by another experiment of that name:\n"
            + "\n".join(differing)
            + "\n  run it elsewhere with --output DIR, or delete that folder to begin anew"
        )


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        return {field.name: _plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _flatten(path: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        joined = {}
        for key, item in value.items():
            joined.update(_flatten(f"{path}.{key}" if path else key, item))
        return joined
    return {path: value}


def _belongs(key: str, roots: tuple[str, ...]) -> bool:
    return any(key == root or key.startswith(f"{root}.") for root in roots)
