"""The folder of a run: where everything lies."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, final

from attrs import frozen
from filelock import FileLock, Timeout

from audiogan.errors import AudioganError, CheckpointError
from audiogan.training.checkpoint import read_document, write_checkpoint
from audiogan.training.trainer import Trainer

_Document = TypeVar("_Document", dict[str, Any], list[Any])


@final
@frozen
class ExperimentFolder:
    """Where one experiment keeps what it makes."""

    path: Path

    @property
    def latest(self) -> Path:
        """The checkpoint to go on from."""
        return self.path / "checkpoints" / "latest.safetensors"

    @property
    def best(self) -> Path:
        """The checkpoint that scored best."""
        return self.path / "checkpoints" / "best.safetensors"

    @property
    def metrics(self) -> Path:
        """Losses and scores, a line each."""
        return self.path / "metrics.jsonl"

    @property
    def result(self) -> Path:
        """The row of the table, once the experiment has ended."""
        return self.path / "result.json"

    @property
    def identity(self) -> Path:
        """What the experiment is, to recognise it by when the run goes on."""
        return self.path / "experiment.json"

    def samples(self, step: int) -> Path:
        """The folder of the WAV files made at ``step``."""
        return self.path / "samples" / f"step-{step:06d}"

    def steps_done(self) -> int:
        """Generator updates behind the checkpoint to go on from; 0 where there is none.

        :raises CheckpointError: it is damaged.
        """
        if not self.latest.exists():
            return 0
        try:
            return int(read_document(self.latest)["state"]["step"])
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(
                f"{self.latest}: not the checkpoint of a training; delete {self.path} to begin anew"
            ) from error

    def keep_latest(self, trainer: Trainer) -> None:
        """Saves all that going on needs."""
        write_checkpoint(self.latest, trainer.checkpoint())

    def keep_best(self, trainer: Trainer) -> None:
        """Saves the networks that scored best so far."""
        write_checkpoint(self.best, trainer.checkpoint())


@final
@frozen
class RunFolder:
    """The folder of one experiment file."""

    path: Path

    def experiment(self, name: str) -> ExperimentFolder:
        """The folder of one of its experiments."""
        return ExperimentFolder(self.path / name)

    def check_writable(self) -> None:
        """Sees that the folder can be made or written to, without doing so.

        :raises AudioganError: it cannot.
        """
        nearest = _nearest_existing(self.path)
        if not nearest.is_dir():
            raise self._unwritable(_in_the_way(nearest))
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise self._unwritable(f"you may not write to {nearest}")

    def _unwritable(self, reason: str) -> AudioganError:
        return AudioganError(f"{self.path}: the run folder cannot be written: {reason}; use --output DIR")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the folder against a second run of the same file.

        :raises AudioganError: another process holds it, or the folder cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / ".lock", timeout=0)
            lock.acquire()
        except Timeout as error:
            raise AudioganError(
                f"{self.path}: another audiogan run is at work here; wait for it or use --output"
            ) from error
        except OSError as error:
            nearest = _nearest_existing(self.path)
            reason = str(error.strerror) if nearest.is_dir() else _in_the_way(nearest)
            raise self._unwritable(reason) from error
        try:
            yield
        finally:
            lock.release()


def _nearest_existing(path: Path) -> Path:
    return next((candidate for candidate in (path, *path.parents) if os.path.lexists(candidate)), Path("/"))


def _in_the_way(path: Path) -> str:
    return f"{path} is a file, not a folder"


def read_json(path: Path, kind: type[_Document]) -> _Document | None:
    """What :func:`audiogan.atomic.write_json` wrote, a ``kind``, or ``None`` where there is nothing.

    :raises CheckpointError: the file holds something else.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path}: cannot be read: {error}; delete it to make it anew") from error
    if not isinstance(document, kind):
        raise CheckpointError(f"{path}: holds something else than was written; delete it to make it anew")
    return document
