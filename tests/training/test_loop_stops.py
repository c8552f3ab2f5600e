from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from audiogan.interfaces.records import StepRecord
from audiogan.training.loop import Outcome
from audiogan.training.stop import Interrupted
from tests.training.sitting import Sitting, assert_same_networks


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
    assert_same_networks(second.trainer, whole.trainer)
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
    assert_same_networks(second.trainer, whole.trainer)


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
    assert_same_networks(second.trainer, whole.trainer)


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
