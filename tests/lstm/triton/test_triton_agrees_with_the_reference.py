"""Every number of every pass, as Triton's interpreter computes it, against the loop in plain torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
import torch
from torch import Tensor

from audiogan.lstm.autograd import record
from audiogan.lstm.interface import Arguments, Direction, Implementation, LayerWeights, Results, Wanted
from audiogan.lstm.reference import IMPLEMENTATION as REFERENCE
from audiogan.lstm.triton import IMPLEMENTATION
from tests.lstm.problems import LESS_THAN_ALL

SIZES = [  # steps, batch, inputs, hidden, layers
    (1, 1, 1, 1, 1),
    (5, 3, 4, 7, 2),
    (17, 1, 2, 16, 3),
    (5, 3, 3, 33, 1),
    (3, 1, 4, 64, 2),
    (2, 1, 2, 128, 1),
]


def numbers(*shape: int, dtype: torch.dtype) -> Tensor:
    return torch.randn(shape, dtype=dtype)


def layers(inputs: int, hidden: int, count: int, *, dtype: torch.dtype, bias: bool = True) -> tuple[LayerWeights, ...]:
    return tuple(
        LayerWeights(
            numbers(4 * hidden, hidden if index else inputs, dtype=dtype) / hidden**0.5,
            numbers(4 * hidden, hidden, dtype=dtype) / hidden**0.5,
            numbers(4 * hidden, dtype=dtype) if bias else None,
        )
        for index in range(count)
    )


def problem(
    steps: int, batch: int, inputs: int, hidden: int, count: int, *, dtype: torch.dtype, bias: bool = True
) -> tuple[Arguments, Results, Direction]:
    """What an LSTM reads, cotangents of its results, and a direction."""
    torch.manual_seed(steps + hidden)
    state = (count, batch, hidden)

    def states() -> tuple[Tensor, Tensor]:
        return numbers(*state, dtype=dtype), numbers(*state, dtype=dtype)

    return (
        Arguments(
            numbers(steps, batch, inputs, dtype=dtype),
            *states(),
            layers(inputs, hidden, count, dtype=dtype, bias=bias),
        ),
        Results(numbers(steps, batch, hidden, dtype=dtype), *states()),
        Direction(
            numbers(steps, batch, inputs, dtype=dtype),
            *states(),
            layers(inputs, hidden, count, dtype=dtype, bias=bias),
        ),
    )


def flat(value: Any) -> list[Tensor | None]:
    """All tensors of a nest of results, None included."""
    if value is None or isinstance(value, Tensor):
        return [value]
    parts = value if isinstance(value, tuple) else attrs.astuple(value, recurse=False)
    return [tensor for part in parts for tensor in flat(part)]


def all_passes(
    implementation: Implementation,
    arguments: Arguments,
    cotangents: Results,
    direction: Direction,
    wanted: Wanted,
) -> list[Tensor | None]:
    results, saved = implementation.forward(arguments, save=True)
    gradients, saved_by_backward = implementation.backward(cotangents, arguments, saved, wanted=wanted, save=True)
    second = implementation.second_backward(direction, arguments, saved, saved_by_backward, wanted=wanted)
    return flat((results, gradients, *second))


def check(actual: list[Tensor | None], expected: list[Tensor | None], *, relative: float) -> None:
    """Compares each tensor's largest error with its largest value."""
    assert len(actual) == len(expected)
    for a, e in zip(actual, expected, strict=True):
        if e is None:
            assert a is None
            continue
        assert a is not None
        assert a.shape == e.shape
        assert a.dtype == e.dtype
        torch.testing.assert_close(a, e, rtol=0, atol=relative * max(1e-3, float(e.abs().max())))


@pytest.mark.parametrize(("dtype", "relative"), [(torch.float64, 1e-12), (torch.float32, 5e-6)])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_result_of_every_pass(
    interpreted: Implementation, size: tuple[int, int, int, int, int], dtype: torch.dtype, relative: float
) -> None:
    given = problem(*size, dtype=dtype)
    check(all_passes(interpreted, *given, Wanted()), all_passes(REFERENCE, *given, Wanted()), relative=relative)


@pytest.mark.parametrize("wanted", LESS_THAN_ALL, ids=str)
def test_what_is_not_wanted_is_none_and_the_rest_is_right(interpreted: Implementation, wanted: Wanted) -> None:
    arguments, cotangents, direction = problem(3, 2, 3, 5, 2, dtype=torch.float64, bias=False)
    direction = attrs.evolve(direction, weights=None)
    actual, expected = (
        all_passes(implementation, arguments, cotangents, direction, wanted)
        for implementation in (interpreted, REFERENCE)
    )
    check(actual, expected, relative=1e-12)


def test_any_strides_are_read_and_nothing_handed_in_is_written(interpreted: Implementation) -> None:
    arguments, cotangents, direction = problem(4, 3, 2, 5, 1, dtype=torch.float64)
    x, h0, c0, (weights,) = attrs.astuple(arguments, recurse=False)
    strided = Arguments(
        x.transpose(0, 1).contiguous().transpose(0, 1),
        h0.repeat_interleave(2, dim=2)[..., ::2],
        c0[:, :1].expand(-1, 3, -1),
        (LayerWeights(weights.weight_ih.T.contiguous().T, weights.weight_hh.T.contiguous().T, weights.bias),),
    )
    spread = Results(torch.tensor(0.3, dtype=torch.float64).expand(4, 3, 5), cotangents.hn[:, :1].expand(1, 3, 5), h0)
    moved = attrs.evolve(direction, x=direction.x.flip(0).transpose(1, 2).contiguous().transpose(1, 2))
    before = [tensor.clone() for tensor in flat((strided, spread, moved)) if tensor is not None]
    actual = all_passes(interpreted, strided, spread, moved, Wanted())
    check(actual, all_passes(REFERENCE, strided, spread, moved, Wanted()), relative=1e-12)
    for tensor, copy in zip(flat((strided, spread, moved)), before, strict=True):
        assert tensor is not None
        assert torch.equal(tensor, copy)


@pytest.mark.parametrize("part_bytes", [1, 2000, 1 << 26])
def test_without_gradients_a_sequence_in_parts_gives_the_same(
    interpreted_in_parts: Callable[[int], Implementation], part_bytes: int
) -> None:
    arguments, _, _ = problem(7, 2, 3, 5, 2, dtype=torch.float64)
    results, saved = interpreted_in_parts(part_bytes).forward(arguments, save=False)
    assert saved == ()
    check(flat(results), flat(REFERENCE.forward(arguments, save=False)[0]), relative=1e-12)


def test_a_backward_that_saves_nothing_gives_the_same(interpreted: Implementation) -> None:
    arguments, cotangents, _ = problem(4, 2, 3, 5, 2, dtype=torch.float64)
    _, saved = interpreted.forward(arguments, save=True)
    first, kept = interpreted.backward(cotangents, arguments, saved, wanted=Wanted(), save=False)
    second, _ = interpreted.backward(cotangents, arguments, saved, wanted=Wanted(), save=True)
    assert kept == ()
    check(flat(first), flat(second), relative=0.0)


def test_saturated_gates_and_large_inputs_stay_finite_and_right(interpreted: Implementation) -> None:
    arguments, cotangents, direction = problem(3, 2, 2, 5, 1, dtype=torch.float32)
    arguments = attrs.evolve(arguments, x=arguments.x * 1e4, c0=arguments.c0 * 50)
    actual, expected = (
        all_passes(implementation, arguments, cotangents, direction, Wanted())
        for implementation in (interpreted, REFERENCE)
    )
    check(actual, expected, relative=2e-5)


def test_first_and_second_derivatives_are_those_of_the_numbers(interpreted: Implementation) -> None:
    torch.manual_seed(3)
    arguments, _, _ = problem(2, 1, 2, 2, 1, dtype=torch.float64)
    flat_arguments = [t.requires_grad_() for t in flat(arguments) if t is not None]

    def run(*tensors: Tensor) -> tuple[Tensor, ...]:
        return record(interpreted, [tensor.view_as(tensor) for tensor in tensors], per_layer=3, save=True)

    assert torch.autograd.gradcheck(run, flat_arguments, fast_mode=True)
    assert torch.autograd.gradgradcheck(run, flat_arguments, fast_mode=True)


def test_memory_kept_is_what_is_documented(interpreted: Implementation) -> None:
    steps, batch, hidden, count = 4, 2, 5, 2
    arguments, cotangents, _ = problem(steps, batch, 3, hidden, count, dtype=torch.float64)
    _, saved = interpreted.forward(arguments, save=True)
    _, saved_by_backward = interpreted.backward(cotangents, arguments, saved, wanted=Wanted(), save=True)
    assert sum(t.untyped_storage().nbytes() for t in saved) == count * (6 * steps + 2) * batch * hidden * 8
    assert sum(t.untyped_storage().nbytes() for t in saved_by_backward) == count * 6 * steps * batch * hidden * 8
    documented = type(IMPLEMENTATION).__doc__ or ""
    for at_4096_steps in (2 * (6 * 4096 + 2) * 64 * 64 * 4, 2 * 6 * 4096 * 64 * 64 * 4):
        assert f"{at_4096_steps:,}" in documented
