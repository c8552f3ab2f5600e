from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan.interfaces.records import ScoreRecord
from audiogan.spec.schema import EvaluationSpec, TrainingSpec
from audiogan.training.loop import is_better
from audiogan.training.state import TrainingState, budget_reached, score_due, steps_in_budget


@pytest.mark.parametrize(
    ("budgets", "state", "reached"),
    [
        ({"steps": 3}, {"step": 2}, False),
        ({"steps": 3}, {"step": 3}, True),
        ({"steps": 3}, {"step": 4}, True),
        ({"epochs": 2}, {"position": 19}, False),
        ({"epochs": 2}, {"position": 20}, True),
        ({"duration_s": 1.5}, {"elapsed_s": 1.4}, False),
        ({"duration_s": 1.5}, {"elapsed_s": 1.5}, True),
        ({"steps": 100, "epochs": 2, "duration_s": 9.0}, {"step": 3, "position": 12, "elapsed_s": 9.5}, True),
        ({"steps": 100, "epochs": 2, "duration_s": 9.0}, {"step": 3, "position": 24, "elapsed_s": 1.0}, True),
        ({"steps": 100, "epochs": 2, "duration_s": 9.0}, {"step": 99, "position": 19, "elapsed_s": 8.9}, False),
    ],
    ids=str,
)
def test_the_first_budget_that_is_reached_ends_it(budgets: Any, state: Any, reached: bool) -> None:
    assert budget_reached(TrainingSpec(**budgets), TrainingState(**state), 10) is reached


@pytest.mark.parametrize(
    ("budgets", "windows", "seconds", "steps"),
    [
        ({"steps": 7}, 10, 0.5, 7),
        # 3 epochs of 10 windows at 4 x 2 windows a step: 30 / 8 steps, rounded up
        ({"epochs": 3}, 10, None, 4),
        ({"epochs": 4}, 10, None, 5),
        ({"epochs": 3, "steps": 2}, 10, None, 2),
        ({"duration_s": 10.0}, 10, 3.0, 4),
        ({"duration_s": 9.0}, 10, 3.0, 3),
        ({"duration_s": 0.1}, 10, 3.0, 1),
        ({"duration_s": 9.0}, 10, None, None),
        ({"duration_s": 9.0, "steps": 5}, 10, None, 5),
        ({"duration_s": 9.0, "steps": 5}, 10, 3.0, 3),
    ],
    ids=str,
)
def test_steps_that_the_tightest_budget_allows(
    budgets: Any, windows: int, seconds: float | None, steps: int | None
) -> None:
    training = TrainingSpec(batch_size=4, discriminator_steps=2, **budgets)
    assert steps_in_budget(training, windows, seconds) == steps


@given(st.integers(1, 50), st.integers(1, 9), st.integers(1, 4), st.integers(1, 70))
def test_steps_of_an_epoch_budget_are_those_that_the_loop_takes(
    epochs: int, batch_size: int, discriminator_steps: int, windows: int
) -> None:
    training = TrainingSpec(batch_size=batch_size, discriminator_steps=discriminator_steps, epochs=epochs)
    state = TrainingState()
    while not budget_reached(training, state, windows):
        state.step += 1
        state.position += batch_size * discriminator_steps
    assert steps_in_budget(training, windows, None) == state.step


def _due(evaluation: EvaluationSpec, epoch_a_step: float, steps: int) -> list[int]:
    return [
        step
        for step in range(1, steps + 1)
        if score_due(evaluation, step=step, before=(step - 1) * epoch_a_step, after=step * epoch_a_step)
    ]


def test_scores_fall_due_every_epoch_where_nothing_is_said() -> None:
    assert _due(EvaluationSpec(), 0.4, 10) == [3, 5, 8, 10]
    assert _due(EvaluationSpec(), 2.5, 3) == [1, 2, 3]


def test_scores_fall_due_by_steps() -> None:
    assert _due(EvaluationSpec(every_steps=4), 1.0, 12) == [4, 8, 12]


def test_scores_fall_due_by_fractions_of_an_epoch() -> None:
    assert _due(EvaluationSpec(every_epochs=0.5), 0.25, 8) == [2, 4, 6, 8]
    assert _due(EvaluationSpec(every_epochs=2.0), 0.5, 12) == [4, 8, 12]


def test_scores_fall_due_by_either_interval_where_both_are_given() -> None:
    assert _due(EvaluationSpec(every_epochs=1.0, every_steps=3), 0.5, 8) == [2, 3, 4, 6, 8]


@pytest.mark.parametrize("every_epochs", [0.1, 0.2, 0.3, 0.7])
@pytest.mark.parametrize("windows", [10, 30, 70, 1000])
def test_scores_fall_due_on_the_step_that_completes_the_interval(every_epochs: float, windows: int) -> None:
    # one window a step, so that the interval is a whole number of steps; 0.3 / 0.1 is not 3 in binary
    interval = round(every_epochs * windows)
    evaluation = EvaluationSpec(every_epochs=every_epochs)
    due = [
        step
        for step in range(1, 5 * interval + 1)
        if score_due(evaluation, step=step, before=(step - 1) / windows, after=step / windows)
    ]
    assert due == [interval * count for count in range(1, 6)]


def _record(**figures: float) -> ScoreRecord:
    return ScoreRecord(1, 0.5, figures, 10)


def test_the_first_score_is_the_best_and_ties_keep_the_earlier() -> None:
    assert is_better(_record(score=-5.0), None, "score")
    assert is_better(_record(score=2.1), _record(score=2.0), "score")
    assert not is_better(_record(score=2.0), _record(score=2.0), "score")
    assert is_better(_record(score=-5.0), _record(other=2.0), "score", lower_is_better=True)
    assert not is_better(_record(other=2.0), _record(score=-5.0), "score")
    assert not is_better(_record(other=3.0), _record(other=2.0), "score")
    assert not is_better(_record(score=1.9, other=9.0), _record(score=2.0, other=1.0), "score")


def test_of_a_distance_the_lowest_is_the_best_and_ties_keep_the_earlier() -> None:
    assert is_better(_record(distance=5.0), None, "distance", lower_is_better=True)
    assert is_better(_record(distance=1.9), _record(distance=2.0), "distance", lower_is_better=True)
    assert not is_better(_record(distance=2.0), _record(distance=2.0), "distance", lower_is_better=True)
    assert not is_better(_record(distance=2.1), _record(distance=2.0), "distance", lower_is_better=True)


@given(
    st.builds(
        TrainingState,
        step=st.integers(0),
        position=st.integers(0),
        elapsed_s=st.floats(0, 1e9),
        score_pending=st.booleans(),
        best=st.none() | st.builds(ScoreRecord, st.integers(0), st.floats(0, 1e6), st.just({"a": 0.5}), st.just(3)),
    )
)
def test_the_state_crosses_json(state: TrainingState) -> None:
    read = TrainingState.from_json(state.to_json())
    assert read.to_json() == state.to_json()
    assert (read.step, read.position, read.elapsed_s, read.score_pending) == (
        state.step,
        state.position,
        state.elapsed_s,
        state.score_pending,
    )
