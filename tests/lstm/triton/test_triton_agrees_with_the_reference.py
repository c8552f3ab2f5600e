"""Every number of every pass, as Triton's interpreter computes it, against the loop in plain torch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from audiogan.lstm.autograd import record
from audiogan.lstm.interface import Implementation, Results, Wanted
from audiogan.lstm.reference import IMPLEMENTATION as REFERENCE
from audiogan.lstm.triton import IMPLEMENTATION
from audiogan.lstm.triton.products import weight_gradients
from tests.lstm.passes import assert_passes_agree, random_problem, run
from tests.lstm.problems import LESS_THAN_ALL, Size, as_arguments, assert_agree, of_gradients, of_results

SIZES = [
    Size(steps=1, batch=1, inputs=1, hidden=1),
    Size(steps=3, batch=3, inputs=4, hidden=7, layers=2),
    Size(steps=2, batch=1, inputs=2, hidden=5, layers=3, bias=False),
    Size(steps=9, batch=1, inputs=2, hidden=16),
    Size(steps=2, batch=3, inputs=3, hidden=33),
    Size(steps=2, batch=1, inputs=4, hidden=64, layers=2),
    Size(steps=2, batch=1, inputs=2, hidden=128),
]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_result_of_every_pass(interpreted: Implementation, size: Size, dtype: torch.dtype) -> None:
    problem = random_problem(size)
    found = run(interpreted, size, *([tensor.to(dtype) for tensor in tensors] for tensors in problem))
    assert_passes_agree(found, run(REFERENCE, size, *problem), size)
    assert {tensor.dtype for tensor in found.all()} == {dtype}


@pytest.mark.parametrize("wanted", LESS_THAN_ALL, ids=str)
def test_what_is_not_wanted_is_left_out_and_the_rest_is_right(interpreted: Implementation, wanted: Wanted) -> None:
    size = Size(steps=2, batch=2, inputs=3, hidden=5, layers=2, bias=False)
    problem = random_problem(size, move_weights=False)
    expected = run(REFERENCE, size, *problem, wanted=wanted)
    assert_passes_agree(run(interpreted, size, *problem, wanted=wanted), expected, size)


def test_any_strides_are_read_and_nothing_handed_in_is_written(interpreted: Implementation) -> None:
    size = Size(steps=4, batch=3, inputs=2, hidden=5)
    (x, h0, c0, kernel, state_kernel, bias), (_, hn_bar, cn_bar), (v, *others) = random_problem(size)
    arguments = [
        x.transpose(0, 1).contiguous().transpose(0, 1),
        h0.repeat_interleave(2, dim=2)[..., ::2],
        c0[:, :1].expand(-1, 3, -1),
        kernel.T.contiguous().T,
        state_kernel.T.contiguous().T,
        bias,
    ]
    cotangents = [torch.tensor(0.3, dtype=torch.float64).expand(4, 3, 5), hn_bar[:, :1].expand(1, 3, 5), cn_bar]
    direction = [v.flip(0).transpose(1, 2).contiguous().transpose(1, 2), *others]
    given = [*arguments, *cotangents, *direction]
    before = [tensor.clone() for tensor in given]
    found = run(interpreted, size, arguments, cotangents, direction)
    assert_passes_agree(found, run(REFERENCE, size, arguments, cotangents, direction), size)
    assert all(torch.equal(tensor, copy) for tensor, copy in zip(given, before, strict=True))


@pytest.mark.parametrize("part_bytes", [1, 2000])
def test_without_gradients_a_sequence_in_parts_gives_the_same(
    interpreted_in_parts: Callable[[int], Implementation], part_bytes: int
) -> None:
    size = Size(steps=7, batch=2, inputs=3, hidden=5, layers=2)
    arguments = as_arguments(random_problem(size)[0], size)
    results, saved = interpreted_in_parts(part_bytes).forward(arguments, save=False)
    assert saved == ()
    assert_agree(of_results(results), of_results(REFERENCE.forward(arguments, save=False)[0]), size)


def test_a_backward_that_saves_nothing_gives_the_same(interpreted: Implementation) -> None:
    size = Size(steps=4, batch=2, inputs=3, hidden=5, layers=2)
    tensors, cotangents, _ = random_problem(size)
    arguments = as_arguments(tensors, size)
    _, saved = interpreted.forward(arguments, save=True)
    first, kept = interpreted.backward(Results(*cotangents), arguments, saved, wanted=Wanted(), save=False)
    second, _ = interpreted.backward(Results(*cotangents), arguments, saved, wanted=Wanted(), save=True)
    assert kept == ()
    assert all(map(torch.equal, of_gradients(first), of_gradients(second)))


def test_saturated_gates_and_large_inputs_stay_finite_and_right(interpreted: Implementation) -> None:
    size = Size(steps=3, batch=2, inputs=2, hidden=5)
    (x, h0, c0, kernel, *weights), cotangents, direction = random_problem(size)
    # Products and their sums are multiples of 2048: what is 0 or 1 in one precision is so in the other.
    kernel = (kernel * 4).round() / 4
    problem = [2**13 * x.sign(), h0, 50 * c0, kernel, *weights], cotangents, direction
    found = run(interpreted, size, *([tensor.float() for tensor in tensors] for tensors in problem))
    assert_passes_agree(found, run(REFERENCE, size, *problem), size)


def test_first_and_second_derivatives_by_autograd_are_the_references(interpreted: Implementation) -> None:
    size = Size(steps=2, batch=1, inputs=2, hidden=2)
    tensors = [tensor.requires_grad_() for tensor in random_problem(size)[0]]

    def derivatives(implementation: Implementation) -> tuple[list[Tensor], list[Tensor]]:
        results = record(implementation, [tensor.view_as(tensor) for tensor in tensors], per_layer=3, save=True)
        total = torch.stack([result.sin().sum() for result in results]).sum()
        gradients = torch.autograd.grad(total, tensors, create_graph=True)
        squares = torch.stack([gradient.square().sum() for gradient in gradients]).sum()
        return list(gradients), list(torch.autograd.grad(squares, tensors))

    for found, expected in zip(derivatives(interpreted), derivatives(REFERENCE), strict=True):
        assert_agree(found, expected, size)


@pytest.mark.parametrize(("steps", "batch"), [(37, 300), (9000, 1), (1, 2)])
def test_sums_for_weights_are_those_of_one_product_whatever_their_parts(steps: int, batch: int) -> None:
    size = Size(steps=steps, batch=batch, inputs=3, hidden=2)
    delta, x, h = (torch.randn(steps, batch, width, dtype=torch.float64) for width in (8, 3, 2))
    found = weight_gradients(delta, x, h, bias=True)
    expected = [torch.einsum("tna,tnb->ab", delta, x), torch.einsum("tna,tnb->ab", delta, h), delta.sum((0, 1))]
    assert found.bias is not None
    assert_agree([found.weight_ih, found.weight_hh, found.bias], expected, size)


def test_memory_kept_is_what_is_documented(interpreted: Implementation) -> None:
    size = Size(steps=4, batch=2, inputs=3, hidden=5, layers=2)
    tensors, cotangents, _ = random_problem(size)
    arguments = as_arguments(tensors, size)
    _, saved = interpreted.forward(arguments, save=True)
    _, kept = interpreted.backward(Results(*cotangents), arguments, saved, wanted=Wanted(), save=True)
    of_a_step = size.layers * size.batch * size.hidden * 8
    assert sum(tensor.untyped_storage().nbytes() for tensor in saved) == (6 * size.steps + 2) * of_a_step
    assert sum(tensor.untyped_storage().nbytes() for tensor in kept) == 6 * size.steps * of_a_step
    documented = type(IMPLEMENTATION).__doc__ or ""
    for at_4096_steps in (2 * (6 * 4096 + 2) * 64 * 64 * 4, 2 * 6 * 4096 * 64 * 64 * 4):
        assert f"{at_4096_steps:,}" in documented
