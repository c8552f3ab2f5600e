"""One call of ``train`` in memory, with checkpoints and scores at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from audiogan.interfaces.records import ScoreRecord, StepRecord
from audiogan.spec.schema import EvaluationSpec, TrainingSpec
from audiogan.training.checkpoint import Checkpoint
from audiogan.training.components import Components
from audiogan.training.log import MetricsLog
from audiogan.training.loop import Outcome, train
from audiogan.training.stop import StopSignal
from audiogan.training.trainer import Trainer
from tests.training.linear_gan import CPU, noisy_components, training_spec
from tests.training.witness import Witness

FIGURE = "goodness"


class MemoryKeeper:
    """Keeps every checkpoint, as JSON would bring it back."""

    def __init__(self) -> None:
        self.latest: list[Checkpoint] = []
        self.best: list[Checkpoint] = []

    def keep_latest(self, trainer: Trainer) -> None:
        self.latest.append(_copy(trainer.checkpoint()))

    def keep_best(self, trainer: Trainer) -> None:
        self.best.append(_copy(trainer.checkpoint()))


def _copy(checkpoint: Checkpoint) -> Checkpoint:
    tensors = {name: tensor.clone() for name, tensor in checkpoint.tensors.items()}
    return Checkpoint(tensors, json.loads(json.dumps(checkpoint.document)))


class Sitting:
    """One call of ``train`` over the noisy linear networks; scores come from a list by step."""

    def __init__(
        self,
        folder: Path,
        *,
        training: TrainingSpec | None = None,
        evaluation: EvaluationSpec | None = None,
        goodness: Callable[[int], float] = float,
        start: Checkpoint | None = None,
        on_step: Callable[[StepRecord], None] = lambda record: None,
        components: Components | None = None,
    ) -> None:
        self.training = training or training_spec()
        self.evaluation = evaluation or EvaluationSpec(every_steps=2, best_by=FIGURE)
        self.stop = StopSignal()
        self.keeper = MemoryKeeper()
        self.witness = Witness(on_step)
        self.scored: list[int] = []
        self.during_score: Callable[[int], None] = lambda step: None
        self._goodness = goodness
        self.path = folder / "metrics.jsonl"
        self.trainer = Trainer(components or noisy_components(), self.training, device=CPU)
        log = MetricsLog(self.path)
        if start is not None:
            self.trainer.restore(start)
        log.rewind(step=self.trainer.state.step, score_pending=self.trainer.state.score_pending)
        self._log = log

    def run(self) -> Outcome:
        return train(
            self.trainer,
            self.training,
            self.evaluation,
            score=self._score,
            keeper=self.keeper,
            log=self._log,
            observer=self.witness,
            stop=self.stop,
        )

    def _score(self, trainer: Trainer) -> ScoreRecord:
        step = trainer.state.step
        self.during_score(step)
        self.scored.append(step)
        epoch = trainer.state.position / len(trainer.components.dataset)
        return ScoreRecord(step, epoch, {FIGURE: self._goodness(step)}, 3)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def stored_steps(self) -> list[tuple[int, bool]]:
        """Step and debt of every latest checkpoint."""
        states = [checkpoint.document["state"] for checkpoint in self.keeper.latest]
        return [(state["step"], state["score_pending"]) for state in states]


def assert_same_networks(one: Trainer, other: Trainer) -> None:
    ours, theirs = one.checkpoint(), other.checkpoint()
    for name, tensor in ours.tensors.items():
        assert torch.equal(tensor, theirs.tensors[name]), name
