"""The training loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from enum import Enum
from typing import Protocol

from audiogan.data.loader import BatchLoader
from audiogan.errors import DataError
from audiogan.interfaces.records import ScoreRecord, StepRecord
from audiogan.spec.schema import EvaluationSpec, TrainingSpec
from audiogan.training.log import MetricsLog
from audiogan.training.observer import Observer
from audiogan.training.state import budget_reached, score_due
from audiogan.training.stop import StopSignal
from audiogan.training.trainer import Trainer
from audiogan.training.waiting import TimedBatches, WaitingAdvice


class Outcome(Enum):
    """How a training ended."""

    FINISHED = "finished"
    STOPPED = "stopped"


class Keeper(Protocol):
    """Where a training is kept between sittings."""

    def keep_latest(self, trainer: Trainer) -> None:
        """Saves all that going on needs."""

    def keep_best(self, trainer: Trainer) -> None:
        """Saves the networks that scored best so far."""


def train(
    trainer: Trainer,
    training: TrainingSpec,
    evaluation: EvaluationSpec,
    *,
    score: Callable[[Trainer], ScoreRecord],
    keeper: Keeper,
    log: MetricsLog,
    observer: Observer,
    stop: StopSignal,
    lower_is_better: Collection[str] = (),
) -> Outcome:
    """Trains until a budget of ``training`` is spent or ``stop`` is requested; both leave a checkpoint behind.

    So does a window that cannot be read.

    A scoring falls due on the schedule of ``evaluation`` and once more at the end. It is preceded by a checkpoint, so
    that a stop in the middle of a long scoring loses nothing. ``lower_is_better`` names figures whose minimum is best.

    :raises TrainingError: a loss is not finite.
    :raises DataError: a window cannot be read.
    :raises Interrupted: a stop was requested during a scoring.
    """
    state = trainer.state
    dataset = trainer.components.dataset
    saved_at = time.monotonic()

    def score_now() -> None:
        nonlocal saved_at
        state.score_pending = True
        keeper.keep_latest(trainer)
        with stop.interruptible():
            record = score(trainer)
        best = is_better(record, state.best, evaluation.best_by, lower_is_better=evaluation.best_by in lower_is_better)
        if best:
            state.best = record
        state.score_pending = False
        log.write(record)
        observer.score(record, best=best)
        if best:
            keeper.keep_best(trainer)
        keeper.keep_latest(trainer)
        saved_at = time.monotonic()

    with BatchLoader(
        dataset,
        batch_size=training.batch_size,
        seed=training.seed,
        workers=training.workers,
        position=state.position,
        together=training.discriminator_steps,
    ) as loader:
        batches = TimedBatches(loader)
        advice, trained_s = WaitingAdvice(workers=training.workers), 0.0

        # A sitting that was cut off in a scoring owes it
        if state.score_pending:
            score_now()

        while not budget_reached(training, state, len(dataset)):
            # Leave with everything saved when asked to
            if stop.requested:
                keeper.keep_latest(trainer)
                return Outcome.STOPPED

            # Take a step and write it down
            started = time.monotonic()
            epoch_before = state.position / len(dataset)
            try:
                # All of a step's before its first update, so that what cannot be read costs no step that was taken
                taken = [next(batches) for _ in range(training.discriminator_steps)]
            except DataError:
                keeper.keep_latest(trainer)
                raise
            record: StepRecord = trainer.step(iter(taken))
            step_s = time.monotonic() - started
            state.elapsed_s += step_s
            trained_s += step_s
            log.write(record)
            observer.step(record)
            line = advice.after_step(waited_s=batches.waited_s, trained_s=trained_s)
            if line is not None:
                observer.warning(line)

            # Score on schedule, and when the budget is spent
            finished = budget_reached(training, state, len(dataset))
            if finished or score_due(evaluation, step=state.step, before=epoch_before, after=record.epoch):
                score_now()
            elif time.monotonic() - saved_at >= training.checkpoint_every_s:
                keeper.keep_latest(trainer)
                saved_at = time.monotonic()

    return Outcome.FINISHED


def is_better(record: ScoreRecord, best: ScoreRecord | None, figure: str, *, lower_is_better: bool = False) -> bool:
    """Whether ``record`` beats ``best`` in ``figure``; the first scoring always does, and ties keep the earlier.

    A scoring without the figure beats no other, and any that has it beats one without.
    """
    if best is None:
        return True
    ours, theirs = record.values.get(figure), best.values.get(figure)
    if ours is None or theirs is None:
        return theirs is None and ours is not None
    return ours < theirs if lower_is_better else ours > theirs
