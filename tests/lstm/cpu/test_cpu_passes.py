"""Every pass of every set of instructions against the reference in float64, in memory full of NaN."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from torch import Tensor

from audiogan.lstm.cpu import CPU, layout
from audiogan.lstm.cpu.library import usable_instructions
from audiogan.lstm.interface import Wanted
from audiogan.lstm.reference import IMPLEMENTATION as REFERENCE
from tests.lstm.cpu.poisoned import ODD_SIZES, poisoned_memory, threads
from tests.lstm.passes import Passes, assert_passes_agree, random_problem, run
from tests.lstm.problems import Size, assert_agree

DTYPES = [torch.float32, torch.float64]


@cache
def solved(size: Size, *, move_weights: bool) -> tuple[tuple[list[Tensor], ...], Passes]:
    torch.manual_seed(0)
    problem = random_problem(size, move_weights=move_weights)
    return problem, run(REFERENCE, size, *problem)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("instructions", usable_instructions())
@pytest.mark.parametrize("size", ODD_SIZES, ids=str)
def test_odd_sizes(size: Size, instructions: str, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_LEAST_WORK", 1)
    for count in (1, 2, 3):
        problem, expected = solved(size, move_weights=count != 2)
        with threads(count), poisoned_memory():
            found = run(CPU(instructions), size, *([t.to(dtype) for t in tensors] for tensors in problem))
        assert_passes_agree(found, expected, size)


@pytest.mark.parametrize("instructions", usable_instructions())
@pytest.mark.parametrize("cotangents", [False, True])
@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("x", [False, True])
def test_only_what_is_wanted(x: bool, weights: bool, cotangents: bool, instructions: str) -> None:
    size = Size(steps=12, batch=5, inputs=3, hidden=9, layers=2)
    problem = random_problem(size)
    wanted = Wanted(x=x, weights=weights, cotangents=cotangents)
    expected = run(REFERENCE, size, *problem, wanted=wanted)
    with poisoned_memory():
        found = run(CPU(instructions), size, *problem, wanted=wanted)
    assert len(found.gradients) == 2 + x + 6 * weights
    assert len(found.tangents) == 3 * cotangents
    assert_passes_agree(found, expected, size)


def batch_first(tensor: Tensor) -> Tensor:
    return tensor.transpose(0, 1).contiguous().transpose(0, 1)


def channels_first(tensor: Tensor) -> Tensor:
    return tensor.permute(1, 2, 0).contiguous().permute(2, 0, 1)


def every_second(tensor: Tensor) -> Tensor:
    return torch.stack([tensor, torch.full_like(tensor, torch.nan)], dim=-1)[..., 0]


def misaligned(tensor: Tensor) -> Tensor:
    return torch.cat([tensor.new_zeros(1), tensor.flatten()])[1:].view_as(tensor)


@pytest.mark.parametrize("strided", [batch_first, channels_first, every_second, misaligned])
def test_any_strides(strided: object) -> None:
    assert callable(strided)
    size = Size(steps=40, batch=5, inputs=3, hidden=9, layers=2)
    problem = random_problem(size)
    expected = run(REFERENCE, size, *problem)
    with poisoned_memory():
        found = run(CPU(), size, *([t if t.ndim < 3 else strided(t) for t in tensors] for tensors in problem))
    assert_passes_agree(found, expected, size)


def test_strided_weights_and_states() -> None:
    size = Size(steps=8, batch=5, inputs=3, hidden=9, layers=2)
    problem = random_problem(size)
    expected = run(REFERENCE, size, *problem)
    with poisoned_memory():
        found = run(CPU(), size, *([every_second(t) for t in tensors] for tensors in problem))
    assert_passes_agree(found, expected, size)


def test_a_broadcast_cotangent() -> None:
    size = Size(steps=8, batch=5, inputs=3, hidden=9)
    arguments, (output_bar, *states), direction = random_problem(size)
    broadcast = output_bar[:1, :1, :1].expand_as(output_bar)
    expected = run(REFERENCE, size, arguments, [broadcast.contiguous(), *states], direction)
    found = run(CPU(), size, arguments, [broadcast, *states], direction)
    assert_passes_agree(found, expected, size)


def test_results_lie_in_memory_as_torchs_whatever_the_input() -> None:
    size = Size(steps=6, batch=4, inputs=3, hidden=5)
    problem = random_problem(size)
    by_batch = run(CPU(), size, [batch_first(problem[0][0]), *problem[0][1:]], *problem[1:])
    assert all(tensor.is_contiguous() for tensor in by_batch.all())


@pytest.mark.parametrize("instructions", usable_instructions())
def test_large_and_undefined_inputs(instructions: str) -> None:
    size = Size(steps=3, batch=4, inputs=1, hidden=5)
    arguments, *_ = random_problem(size)
    x = torch.zeros_like(arguments[0])
    x[1, 0], x[1, 1], x[1, 2] = torch.nan, 1e30, -1e30
    for dtype in DTYPES:
        given = [t.to(dtype) for t in (x, *arguments[1:])]
        output = run(CPU(instructions), size, given, *random_zero_cotangents(size, dtype)).results[0]
        expected = run(REFERENCE, size, [x, *arguments[1:]], *random_zero_cotangents(size, torch.float64)).results[0]
        assert output[1:, 0].isnan().all(), "what is not a number must be seen"
        assert_agree([output[:, 1:]], [expected[:, 1:]], size)


@pytest.mark.parametrize("hidden", [5, 16, 19])
@pytest.mark.parametrize("instructions", usable_instructions())
def test_an_infinite_input_spoils_no_more_than_it_must(instructions: str, hidden: int) -> None:
    size = Size(steps=6, batch=3, inputs=3, hidden=hidden)
    (x, *others), cotangents, direction = random_problem(size, move_weights=False)
    x[2, 0, 1], x[4, 2, 0] = torch.inf, -torch.inf
    expected, found = (
        run(implementation, size, [x, *others], cotangents, direction).gradients
        for implementation in (REFERENCE, CPU(instructions))
    )
    assert expected[0].isfinite().all()
    assert 0 < sum(int((~gradient.isfinite()).sum()) for gradient in expected) <= 8 * hidden
    for gradient, reference in zip(found, expected, strict=True):
        finite = reference.isfinite()
        assert torch.equal(gradient.isfinite(), finite)
        torch.testing.assert_close(gradient[finite], reference[finite], rtol=1e-9, atol=1e-12)


def random_zero_cotangents(size: Size, dtype: torch.dtype) -> tuple[list[Tensor], list[Tensor]]:
    _, cotangents, direction = random_problem(size, move_weights=False)
    return [torch.zeros_like(t, dtype=dtype) for t in cotangents], [torch.zeros_like(t, dtype=dtype) for t in direction]
