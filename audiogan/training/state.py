"""Where a training stands, beside the weights: counters, the best score, what is still owed."""

from __future__ import annotations

from typing import Any, final

from attrs import define

from audiogan.files import record_from_json, record_to_json
from audiogan.interfaces.records import ScoreRecord
from audiogan.spec.schema import EvaluationSpec, TrainingSpec


@final
@define
class TrainingState:
    """Counters of a training; they travel in every checkpoint."""

    step: int = 0
    """Generator updates done."""
    position: int = 0
    """Real windows that the discriminator has seen."""
    elapsed_s: float = 0.0
    """Wall time spent on steps, over all sittings."""
    score_pending: bool = False
    """A scoring is due at this step and has not been done."""
    best: ScoreRecord | None = None

    def to_json(self) -> dict[str, Any]:
        """A form that JSON can hold."""
        return {
            "step": self.step,
            "position": self.position,
            "elapsed_s": self.elapsed_s,
            "score_pending": self.score_pending,
            "best": None if self.best is None else record_to_json(self.best),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> TrainingState:
        """The inverse of :meth:`to_json`."""
        best = stored["best"]
        if best is not None:
            best = record_from_json(best, ScoreRecord, place="state.best")
        return cls(**{**stored, "best": best})


def budget_reached(training: TrainingSpec, state: TrainingState, windows_per_epoch: int) -> bool:
    """Whether any of the budgets of ``training`` is spent."""
    return (
        (training.steps is not None and state.step >= training.steps)
        or (training.epochs is not None and state.position >= training.epochs * windows_per_epoch)
        or (training.duration_s is not None and state.elapsed_s >= training.duration_s)
    )


def steps_in_budget(training: TrainingSpec, windows_per_epoch: int, seconds_per_step: float | None) -> int | None:
    """Generator updates that the tightest budget allows, or ``None`` while only a time budget is known."""
    limits = []
    if training.steps is not None:
        limits.append(training.steps)
    if training.epochs is not None:
        windows_per_step = training.batch_size * training.discriminator_steps
        limits.append(-(-training.epochs * windows_per_epoch // windows_per_step))
    if training.duration_s is not None and seconds_per_step:
        limits.append(max(1, -int(-training.duration_s // seconds_per_step)))
    return min(limits, default=None)


def score_due(evaluation: EvaluationSpec, *, step: int, before: float, after: float) -> bool:
    """Whether a scoring falls due with generator update ``step``, which moved the epoch from ``before`` to ``after``.

    Where the file names no interval, it is one epoch.
    """
    every_epochs = evaluation.every_epochs
    if every_epochs is None and evaluation.every_steps is None:
        every_epochs = 1.0
    by_steps = evaluation.every_steps is not None and step % evaluation.every_steps == 0
    by_epochs = every_epochs is not None and _whole(after / every_epochs) > _whole(before / every_epochs)
    return by_steps or by_epochs


def _whole(intervals: float) -> int:
    # 0.3 epochs are three intervals of 0.1, though binary fractions make it a hair less
    return int(intervals + 1e-9)
