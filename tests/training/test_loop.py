from __future__ import annotations

from multiprocessing import Value
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attrs import evolve

from audiogan.errors import DataError, TrainingError
from audiogan.interfaces import Window
from audiogan.interfaces.records import StepRecord
from audiogan.spec.schema import EvaluationSpec
from audiogan.training import loop
from audiogan.training.loop import Outcome
from tests.training.linear_gan import MemoryDataset, noisy_components, training_spec
from tests.training.sitting import FIGURE, Sitting, assert_same_networks
from tests.training.witness import Witness


def test_a_whole_training(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    assert sitting.run() is Outcome.FINISHED
    expected = [("step", 1), ("step", 2), ("score", 2, True), ("step", 3), ("step", 4), ("score", 4, True)]
    assert sitting.witness.events == [*expected, ("step", 5), ("step", 6), ("score", 6, True)]
    assert [(line["kind"], line["step"]) for line in sitting.lines()] == [event[:2] for event in sitting.witness.events]
    # before each scoring one that owes it, after it one that does not
    assert sitting.stored_steps() == [(2, True), (2, False), (4, True), (4, False), (6, True), (6, False)]
    assert sitting.trainer.state.elapsed_s > 0


@pytest.mark.parametrize(
    ("budget", "scored"),
    [
        ({"steps": 5}, [2, 4, 5]),
        ({"steps": 4}, [2, 4]),
        ({"steps": 1}, [1]),
        # 8 windows a step, 10 an epoch
        ({"steps": None, "epochs": 4}, [2, 4, 5]),
        ({"steps": None, "epochs": 1}, [2]),
    ],
    ids=str,
)
def test_a_scoring_stands_at_the_end_of_every_budget_and_only_once(
    budget: dict[str, Any], scored: list[int], tmp_path: Path
) -> None:
    sitting = Sitting(tmp_path, training=training_spec(**budget))
    assert sitting.run() is Outcome.FINISHED
    assert sitting.scored == scored
    assert sitting.trainer.state.step == scored[-1]


def test_an_epoch_is_the_interval_where_none_is_given(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path, evaluation=EvaluationSpec(best_by=FIGURE), training=training_spec(steps=5))
    sitting.run()
    # 0.8 epochs a step: 0.8, 1.6, 2.4, 3.2, 4.0
    assert sitting.scored == [2, 3, 4, 5]


def test_a_time_budget_counts_steps_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock(monkeypatch)
    training = training_spec(steps=None, duration_s=2.5)
    sitting = Sitting(tmp_path, training=training)
    _let_steps_take(sitting, clock, 1.0)
    sitting.during_score = lambda step: clock.advance(100.0)
    sitting.run()
    assert sitting.trainer.state.step == 3
    assert sitting.trainer.state.elapsed_s == pytest.approx(3.0)


class _Clock:
    """The loop's clock, which stands still unless it is told otherwise."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(loop, "time", self)

    def monotonic(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def _let_steps_take(sitting: Sitting, clock: _Clock, seconds: float) -> None:
    generator = sitting.trainer.components.generator
    generator.register_forward_pre_hook(lambda *_: clock.advance(seconds / 3))


def test_checkpoints_are_taken_by_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock(monkeypatch)
    training = training_spec(steps=9, checkpoint_every_s=2.5)
    sitting = Sitting(tmp_path, training=training, evaluation=EvaluationSpec(every_steps=5, best_by=FIGURE))
    _let_steps_take(sitting, clock, 1.0)
    sitting.during_score = lambda step: clock.advance(50.0)
    sitting.run()
    # the third second after each, counted anew from the end of a scoring
    expected = [(3, False), (5, True), (5, False), (8, False), (9, True), (9, False)]
    assert sitting.stored_steps() == expected


def test_an_interval_of_nothing_keeps_every_step(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path, training=training_spec(steps=3, checkpoint_every_s=0.0))
    sitting.run()
    assert [step for step, pending in sitting.stored_steps() if not pending] == [1, 2, 3]


def test_the_best_is_kept_and_ties_keep_the_earlier(tmp_path: Path) -> None:
    goodness = {1: 1.0, 2: 3.0, 3: 2.0, 4: 3.0, 5: 3.5, 6: 0.0}
    sitting = Sitting(tmp_path, evaluation=EvaluationSpec(every_steps=1, best_by=FIGURE), goodness=goodness.__getitem__)
    sitting.run()
    best = [event[1] for event in sitting.witness.events if event[0] == "score" and event[2]]
    assert best == [1, 2, 5]
    assert [checkpoint.document["state"]["step"] for checkpoint in sitting.keeper.best] == [1, 2, 5]
    assert sitting.trainer.state.best is not None
    assert (sitting.trainer.state.best.step, sitting.trainer.state.best.values) == (5, {FIGURE: 3.5})
    assert sitting.keeper.latest[-1].document["state"]["best"]["step"] == 5


def test_a_grown_budget_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    first = Sitting(tmp_path, training=training_spec(steps=4))
    first.run()
    second = Sitting(tmp_path, training=training_spec(steps=8), start=first.keeper.latest[-1])
    assert second.run() is Outcome.FINISHED
    assert [event[1] for event in second.witness.events if event[0] == "step"] == [5, 6, 7, 8]
    other = tmp_path / "other"
    other.mkdir()
    whole = Sitting(other, training=training_spec(steps=8))
    whole.run()
    assert second.lines() == whole.lines()
    assert_same_networks(second.trainer, whole.trainer)


def test_a_loss_that_is_not_finite_ends_it_without_a_line_or_a_checkpoint(tmp_path: Path) -> None:
    components = noisy_components()
    sitting = Sitting(tmp_path, components=components)

    def spoil(record: StepRecord) -> None:
        if record.step == 3:
            with torch.no_grad():
                next(components.generator.parameters()).fill_(float("nan"))

    sitting.witness = Witness(spoil)
    with pytest.raises(TrainingError, match="at step 4"):
        sitting.run()
    assert [(line["kind"], line["step"]) for line in sitting.lines()][-1] == ("step", 3)
    assert sitting.stored_steps()[-1] == (2, False)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_window_that_cannot_be_read_costs_no_step_that_was_taken(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    components = noisy_components()
    read = components.dataset.window
    taken = Value("i", 0)

    def window(index: int, *, rng: np.random.Generator) -> Window:
        taken.value += 1
        # Two windows a batch and two batches a step: in the second batch of the fourth step
        if taken.value == 15:
            raise DataError("x.wav: was replaced while in use")
        return read(index, rng=rng)

    monkeypatch.setattr(components.dataset, "window", window)
    training = training_spec(steps=9, batch_size=2, discriminator_steps=2, workers=workers)
    sitting = Sitting(
        tmp_path, components=components, training=training, evaluation=EvaluationSpec(every_steps=9, best_by=FIGURE)
    )
    with pytest.raises(DataError, match="was replaced while in use"):
        sitting.run()
    assert sitting.trainer.state.step == 3
    assert sitting.trainer.state.position == 12
    assert sitting.stored_steps() == [(3, False)]
    assert [line["step"] for line in sitting.lines()] == [1, 2, 3]


def test_a_dataset_without_windows_is_refused(tmp_path: Path) -> None:
    components = noisy_components()
    sitting = Sitting(tmp_path, components=evolve(components, dataset=MemoryDataset(0)))
    with pytest.raises(DataError, match="no windows"):
        sitting.run()


def test_batches_cross_epochs_so_that_no_window_is_left_out(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path, training=training_spec(steps=5))
    sitting.run()
    epochs = [line["epoch"] for line in sitting.lines() if line["kind"] == "step"]
    assert epochs == pytest.approx([0.8, 1.6, 2.4, 3.2, 4.0])
