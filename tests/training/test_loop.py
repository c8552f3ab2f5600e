from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from attrs import evolve

from audiogan.components import Components
from audiogan.errors import DataError, TrainingError
from audiogan.spec.schema import EvaluationSpec, TrainingSpec
from audiogan.training import loop
from audiogan.training.checkpoint import Checkpoint
from audiogan.training.log import MetricsLog
from audiogan.training.loop import Outcome, train
from audiogan.training.records import ScoreRecord, StepRecord
from audiogan.training.stop import Interrupted, StopSignal
from audiogan.training.trainer import Trainer
from tests.training.linear_gan import CPU, MemoryDataset, noisy_components, training_spec
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


def _same_networks(one: Trainer, other: Trainer) -> None:
    ours, theirs = one.checkpoint(), other.checkpoint()
    for name, tensor in ours.tensors.items():
        assert torch.equal(tensor, theirs.tensors[name]), name


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


@pytest.mark.parametrize("stopped_at", [1, 2, 3, 5])
def test_a_stop_leaves_a_checkpoint_of_that_very_step(stopped_at: int, tmp_path: Path) -> None:
    whole = Sitting(tmp_path / "whole")
    (tmp_path / "whole").mkdir()
    whole.run()

    (tmp_path / "cut").mkdir()
    first = Sitting(
        tmp_path / "cut", on_step=lambda record: first.stop.request() if record.step == stopped_at else None
    )
    if stopped_at % 2:
        assert first.run() is Outcome.STOPPED
        assert first.stored_steps()[-1] == (stopped_at, False)
    else:
        # a scoring is due at once and would be cut off
        with pytest.raises(Interrupted):
            first.run()
        assert first.stored_steps()[-1] == (stopped_at, True)
    assert first.trainer.state.step == stopped_at

    second = Sitting(tmp_path / "cut", start=first.keeper.latest[-1])
    assert second.run() is Outcome.FINISHED
    assert second.lines() == whole.lines()
    _same_networks(second.trainer, whole.trainer)
    assert first.scored + second.scored == whole.scored


def test_a_stop_before_the_first_step_keeps_what_there_is(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.stop.request()
    assert sitting.run() is Outcome.STOPPED
    assert sitting.stored_steps() == [(0, False)]
    assert not sitting.path.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_a_scoring_owes_it(number: signal.Signals, tmp_path: Path) -> None:
    whole = Sitting(tmp_path)
    whole.run()
    expected = whole.lines()
    whole.path.unlink()

    first = Sitting(tmp_path)
    first.during_score = lambda step: os.kill(os.getpid(), number) if step == 4 else None
    with first.stop.listening(), pytest.raises(Interrupted):
        first.run()
    assert first.scored == [2]
    assert first.stored_steps()[-1] == (4, True)
    assert [(line["kind"], line["step"]) for line in first.lines()][-1] == ("step", 4)

    second = Sitting(tmp_path, start=first.keeper.latest[-1])
    assert second.run() is Outcome.FINISHED
    assert second.scored == [4, 6]
    assert second.lines() == expected
    _same_networks(second.trainer, whole.trainer)


def test_an_owed_scoring_is_done_once_even_where_the_budget_is_spent(tmp_path: Path) -> None:
    first = Sitting(tmp_path)
    first.during_score = lambda step: first.stop.request() if step == 6 else None
    with pytest.raises(Interrupted):
        first.run()
    second = Sitting(tmp_path, start=first.keeper.latest[-1])
    assert second.run() is Outcome.FINISHED
    assert second.scored == [6]
    third = Sitting(tmp_path, start=second.keeper.latest[-1])
    assert third.run() is Outcome.FINISHED
    assert third.scored == []
    assert [line["step"] for line in third.lines() if line["kind"] == "score"] == [2, 4, 6]


@pytest.mark.parametrize("killed_at", [1, 2, 3, 4, 5])
def test_a_killed_sitting_leaves_no_trace_in_the_log(killed_at: int, tmp_path: Path) -> None:
    class _KilledError(Exception):
        pass

    def kill(record: StepRecord) -> None:
        if record.step == killed_at:
            raise _KilledError

    whole = Sitting(tmp_path)
    whole.run()
    expected = whole.lines()
    whole.path.unlink()
    first = Sitting(tmp_path, on_step=kill)
    with pytest.raises(_KilledError):
        first.run()
    assert first.lines()[-1]["step"] == killed_at
    with first.path.open("a") as file:
        file.write('{"kind": "step", "ste')

    start = first.keeper.latest[-1] if first.keeper.latest else None
    second = Sitting(tmp_path, start=start)
    assert second.trainer.state.step == (killed_at - 1) // 2 * 2
    second.run()
    assert second.lines() == expected
    _same_networks(second.trainer, whole.trainer)


def test_the_best_is_kept_and_ties_keep_the_earlier(tmp_path: Path) -> None:
    goodness = {1: 1.0, 2: 3.0, 3: 2.0, 4: 3.0, 5: 3.5, 6: 0.0}
    sitting = Sitting(tmp_path, evaluation=EvaluationSpec(every_steps=1, best_by=FIGURE), goodness=goodness.__getitem__)
    sitting.run()
    best = [event[1] for event in sitting.witness.events if event[0] == "score" and event[2]]
    assert best == [1, 2, 5]
    assert [checkpoint.document["state"]["step"] for checkpoint in sitting.keeper.best] == [1, 2, 5]
    assert sitting.trainer.state.best is not None
    assert (sitting.trainer.state.best.step, sitting.trainer.state.best.figures) == (5, {FIGURE: 3.5})
    assert sitting.keeper.latest[-1].document["state"]["best"]["step"] == 5


def test_the_best_survives_a_stop(tmp_path: Path) -> None:
    goodness = {2: 3.0, 4: 1.0, 6: 2.0}.__getitem__
    first = Sitting(
        tmp_path, goodness=goodness, on_step=lambda record: first.stop.request() if record.step == 3 else None
    )
    first.run()
    second = Sitting(tmp_path, goodness=goodness, start=first.keeper.latest[-1])
    second.run()
    assert second.keeper.best == []
    assert second.trainer.state.best is not None
    assert second.trainer.state.best.step == 2


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
    _same_networks(second.trainer, whole.trainer)


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
