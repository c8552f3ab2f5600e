"""The folder of a run: where everything lies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import final

from attrs import frozen

from audiogan.errors import CheckpointError
from audiogan.files import check_writable, locked_folder, refuse_links
from audiogan.training.checkpoint import read_document, write_checkpoint
from audiogan.training.trainer import Trainer


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
    def traceback(self) -> Path:
        """Where a plugin failed, for its author."""
        return self.path / "traceback.txt"

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

        :raises DataError: it cannot.
        """
        check_writable(self.path / "run.json")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the folder against a second run of the same file.

        :raises DataError: another process holds it, the folder cannot be made, or something in it is a symbolic link.
        """
        with locked_folder(self.path, busy="another audiogan run is at work here; wait for it or use --output DIR"):
            refuse_links(self.path)
            yield
