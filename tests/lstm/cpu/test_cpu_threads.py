"""The batch split over threads."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from audiogan.lstm.cpu import CPU, layout
from audiogan.lstm.interface import Results, Wanted
from tests.lstm.cpu.poisoned import threads
from tests.lstm.passes import random_problem, run
from tests.lstm.problems import Size, as_arguments, as_direction, assert_agree, of_gradients, of_results

SIZE = Size(steps=70, batch=37, inputs=3, hidden=20, layers=2)


@pytest.fixture(autouse=True)
def _every_thread_has_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_LEAST_WORK", 1)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_the_same_count_gives_the_same_bits(count: int) -> None:
    problem = [[t.float() for t in tensors] for tensors in random_problem(SIZE)]
    with threads(count):
        first, second = run(CPU(), SIZE, *problem), run(CPU(), SIZE, *problem)
    for one, other in zip(first.all(), second.all(), strict=True):
        assert torch.equal(one, other)


def test_sequences_do_not_depend_on_the_count() -> None:
    problem = [[t.float() for t in tensors] for tensors in random_problem(SIZE)]
    with threads(1):
        alone = run(CPU(), SIZE, *problem)
    with threads(3):
        together = run(CPU(), SIZE, *problem)
    for one, other in zip(alone.results + alone.gradients[:3], together.results + together.gradients[:3], strict=True):
        assert torch.equal(one, other)


def test_passes_may_run_with_different_counts() -> None:
    arguments, cotangents, direction = random_problem(SIZE)
    expected = run(CPU(), SIZE, arguments, cotangents, direction)
    given = as_arguments(arguments, SIZE)
    with threads(3):
        _, saved = CPU().forward(given, save=True)
    with threads(1):
        gradients, kept = CPU().backward(Results(*cotangents), given, saved, wanted=Wanted(), save=True)
    with threads(2):
        tangents, second = CPU().second_backward(as_direction(direction, SIZE), given, saved, kept, wanted=Wanted())
    assert_agree(of_gradients(gradients), expected.gradients, SIZE)
    assert_agree(of_results(tangents), expected.tangents, SIZE)
    assert_agree(of_gradients(second), expected.second_gradients, SIZE)


def test_tiny_numbers_are_tiny_again_afterwards() -> None:
    tiny = torch.tensor(1e-39)
    run(CPU(), SIZE, *random_problem(SIZE))
    assert (tiny * 0.5).item() > 0


def test_every_sequence_is_computed_on_its_own() -> None:
    problem = random_problem(SIZE)
    whole = run(CPU(), SIZE, *problem)
    one = Size(SIZE.steps, 1, SIZE.inputs, SIZE.hidden, SIZE.layers)
    for index in (0, 17, 36):
        alone = run(CPU(), one, *([_sequence(t, index) for t in tensors] for tensors in problem))
        assert_agree(alone.results, [_sequence(t, index) for t in whole.results], one)
        assert_agree(alone.gradients[:3], [_sequence(t, index) for t in whole.gradients[:3]], one)
        assert_agree(alone.second_gradients[:3], [_sequence(t, index) for t in whole.second_gradients[:3]], one)


def _sequence(tensor: Tensor, index: int) -> Tensor:
    return tensor[:, index : index + 1] if tensor.ndim == 3 else tensor
