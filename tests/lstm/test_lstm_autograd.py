"""The LSTM as a part of autograd's graph: what is computed, what is kept, and how often it can be differentiated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from tests.lstm.calls import SIZE, problem, run
from tests.lstm.problems import Place, Size, loop, moved_to, places, random_arguments

PLACES = places()

place_by_place = pytest.mark.parametrize("place", PLACES, ids=str)


@pytest.mark.parametrize("place", [place for place in PLACES if place.dtype == torch.float64], ids=str)
@pytest.mark.parametrize(
    "size",
    [
        SIZE,
        Size(steps=1, batch=1, inputs=1, hidden=1, bias=False),
        Size(steps=3, batch=2, inputs=3, hidden=2, layers=3),
    ],
    ids=str,
)
def test_first_and_second_derivatives_agree_with_differences(place: Place, size: Size) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(size), place)]

    def apply(*tensors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return run(list(tensors), size, place.name)

    assert torch.autograd.gradcheck(apply, arguments)
    # Along random directions: every number by itself is compared with autograd through the equations elsewhere.
    assert torch.autograd.gradgradcheck(apply, arguments, fast_mode=True)


@place_by_place
@pytest.mark.parametrize("used", [[0], [1], [2], [0, 2]])
def test_results_can_be_used_one_without_the_other(place: Place, used: list[int]) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    solutions = []
    for results in (run(arguments, SIZE, place.name), loop(arguments, SIZE)):
        total = torch.stack([results[index].sin().sum() for index in used]).sum()
        gradients = torch.autograd.grad(total, arguments, create_graph=True)
        squares = torch.stack([gradient.square().sum() for gradient in gradients]).sum()
        solutions.append([*gradients, *torch.autograd.grad(squares, arguments)])
    for found, expected in zip(*solutions, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4 if place.dtype == torch.float32 else 1e-9)


def test_a_third_derivative_is_refused_in_words() -> None:
    arguments = problem()
    x = arguments[0]
    (first,) = torch.autograd.grad(run(arguments)[0].sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="has first and second derivatives, and a third was asked for"):
        torch.autograd.grad(second.sum(), x)


@place_by_place
def test_a_graph_can_be_used_again(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    output = run(arguments, SIZE, place.name)[0]
    once, twice = (torch.autograd.grad(output.sum(), arguments, retain_graph=True) for _ in range(2))
    tripled = torch.autograd.grad(3 * output.sum(), arguments, create_graph=True)
    for first, again, threefold in zip(once, twice, tripled, strict=True):
        torch.testing.assert_close(again, first)
        torch.testing.assert_close(threefold, 3 * first)
    total = torch.stack([gradient.sum() for gradient in tripled]).sum()
    second, repetition = (torch.autograd.grad(total, arguments, retain_graph=True) for _ in range(2))
    for tensor, repeated in zip(second, repetition, strict=True):
        torch.testing.assert_close(repeated, tensor)
    torch.autograd.grad(output.sum(), arguments)
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        torch.autograd.grad(output.sum(), arguments)


@place_by_place
def test_results_may_be_written_to(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    solutions = []
    for results, write in (
        (run(arguments, SIZE, place.name), (Tensor.relu_, Tensor.sin_, Tensor.cos_)),
        (loop(arguments, SIZE), (Tensor.relu, Tensor.sin, Tensor.cos)),
    ):
        total = torch.stack([call(result).sum() for call, result in zip(write, results, strict=True)]).sum()
        solutions.append(torch.autograd.grad(total, arguments))
    for gradient, reference in zip(*solutions, strict=True):
        torch.testing.assert_close(gradient, reference, rtol=1e-4, atol=1e-5)


@place_by_place
def test_gradients_may_be_written_to_before_they_are_differentiated(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    tripled, seconds = [], []
    for results, times in ((run(arguments, SIZE, place.name), Tensor.mul_), (loop(arguments, SIZE), Tensor.mul)):
        gradients = torch.autograd.grad(results[0].sin().sum(), arguments, create_graph=True)
        tripled.append([times(gradient, 3.0) for gradient in gradients])
        squares = torch.stack([gradient.square().sum() for gradient in tripled[-1]]).sum()
        seconds.append(torch.autograd.grad(squares, arguments))
    for found, expected in (tripled, seconds):
        for gradient, reference in zip(found, expected, strict=True):
            torch.testing.assert_close(gradient, reference, rtol=1e-4, atol=1e-4)


@place_by_place
@pytest.mark.parametrize("elsewhere", ["recomputed", "saved on the CPU", "saved in another order"])
def test_what_is_saved_may_be_recomputed_or_kept_elsewhere(place: Place, elsewhere: str) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]

    def outputs() -> Tensor:
        return run(arguments, SIZE, place.name)[0]

    def recomputed() -> Tensor:
        output: Tensor = checkpoint(outputs, use_reentrant=False)
        return output

    def derivatives(outputs: Callable[[], Tensor]) -> list[Tensor]:
        gradients = torch.autograd.grad(outputs().sin().sum(), arguments, create_graph=True)
        squares = torch.stack([gradient.square().sum() for gradient in gradients]).sum()
        return [*gradients, *torch.autograd.grad(squares, arguments)]

    expected = derivatives(outputs)
    if elsewhere == "recomputed":
        found = derivatives(recomputed)
    else:
        hooks = torch.autograd.graph
        with hooks.save_on_cpu() if "CPU" in elsewhere else hooks.saved_tensors_hooks(_transposed, _transposed_back):
            found = derivatives(outputs)
    for gradient, reference in zip(found, expected, strict=True):
        torch.testing.assert_close(gradient, reference)


def _transposed(tensor: Tensor) -> Tensor:
    return tensor.detach().transpose(0, -1).contiguous() if tensor.dim() else tensor.detach()


def _transposed_back(tensor: Tensor) -> Tensor:
    return tensor.transpose(0, -1) if tensor.dim() else tensor


@place_by_place
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)], ids=str)
def test_results_and_gradients_are_contiguous_as_torchs(place: Place, order: tuple[int, int, int]) -> None:
    x, *others = moved_to(random_arguments(SIZE), place)
    x = x.permute(order).contiguous().permute(order)
    # A view of each: the gradient of a leaf takes the leaf's strides, whatever the kernel gives.
    arguments = [tensor.requires_grad_() * 1 for tensor in (x, *others)]
    results = run(arguments, SIZE, place.name)
    gradients = torch.autograd.grad(results[0].sum(), arguments, create_graph=True)
    second = torch.autograd.grad(gradients[0].square().sum(), arguments)
    assert all(tensor.is_contiguous() for tensor in (*results, *gradients, *second))


@place_by_place
def test_zeros_without_memory_count_as_zeros(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    x, *others = arguments
    nothing = torch._efficientzerotensor(x.shape, dtype=x.dtype, device=x.device)
    torch.testing.assert_close(run([nothing, *others], SIZE, place.name), run([x * 0, *others], SIZE, place.name))
    output = run(arguments, SIZE, place.name)[0]
    cotangent = torch._efficientzerotensor(output.shape, dtype=x.dtype, device=x.device)
    gradients = torch.autograd.grad(output, arguments, cotangent, create_graph=True)
    assert not any(gradient.any() for gradient in gradients)
    direction = torch._efficientzerotensor(x.shape, dtype=x.dtype, device=x.device)
    assert not any(gradient.any() for gradient in torch.autograd.grad(gradients[0], arguments, direction))


def test_sparse_inputs_are_refused_and_sparse_cotangents_taken() -> None:
    x, *others = problem()
    with pytest.raises(ValueError, match=r"layout torch\.sparse_coo; convert it with to_dense\(\)"):
        run([x.detach().to_sparse(), *others])
    output = run([x, *others])[0]
    cotangent = torch.randn_like(output)
    (expected,) = torch.autograd.grad(output, x, cotangent, retain_graph=True)
    torch.testing.assert_close(torch.autograd.grad(output, x, cotangent.to_sparse())[0], expected)


def test_tensors_without_numbers_have_shapes() -> None:
    arguments = [tensor.to("meta").requires_grad_() for tensor in random_arguments(SIZE)]
    results = run(arguments)
    assert [tuple(result.shape) for result in results] == [(4, 3, 3), (2, 3, 3), (2, 3, 3)]
    gradients = torch.autograd.grad(results[0].sum(), arguments)
    assert [gradient.shape for gradient in gradients] == [argument.shape for argument in arguments]


@place_by_place
def test_a_write_to_what_was_read_is_noticed(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    output = run(arguments, SIZE, place.name)[0]
    with torch.no_grad():
        arguments[3].zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.backward(output.sum())


@place_by_place
def test_saved_tensors_go_with_the_graph_while_the_output_stays(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    output = run(arguments, SIZE, place.name)[0]
    node: Any = output.grad_fn
    assert len(node.saved_tensors) >= len(arguments)
    torch.autograd.backward(output.sum())
    with pytest.raises(RuntimeError, match="already been freed"):
        _ = node.saved_tensors


@pytest.mark.parametrize("place", [place for place in PLACES if place.dtype == torch.float32], ids=str)
def test_autocast_computes_in_the_weights_dtype(place: Place) -> None:
    x, *others = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    expected = torch.autograd.grad(run([x, *others], SIZE, place.name)[0].sum(), (x, *others))
    with torch.autocast(place.device.type, dtype=torch.bfloat16):
        output, hn, _ = run([x.bfloat16(), *others], SIZE, place.name)
        gradients = torch.autograd.grad(output.sum(), (x, *others))
    assert output.dtype == hn.dtype == torch.float32
    for gradient, reference in zip(gradients, expected, strict=True):
        torch.testing.assert_close(gradient, reference, rtol=0.02, atol=0.02)
