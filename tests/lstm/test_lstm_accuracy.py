"""Errors of single precision over the steps of a second of audio, beside those of torch."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import pytest
import torch
from attrs import frozen
from torch import Tensor

from audiogan.lstm.function import lstm
from audiogan.nn import twice_differentiable
from tests.lstm.problems import Place, Size, as_layers, detached, moved_to, places, random_arguments

SIZE = Size(steps=4096, batch=2, inputs=4, hidden=16, layers=2)
ALONE = Size(steps=4096, batch=1, inputs=4, hidden=32)
"""Second derivatives through torch's own LSTM take time that grows with the square of the steps."""

SINGLE = [place for place in places() if place.dtype == torch.float32]


def torch_outputs(arguments: Sequence[Tensor], size: Size) -> Tensor:
    """Outputs of torch's own LSTM."""
    x, h0, c0, *weights = arguments
    flat: list[Tensor] = []
    for layer in range(size.layers):
        kernel, state_kernel, bias = weights[3 * layer : 3 * layer + 3]
        flat += [kernel, state_kernel, bias, torch.zeros_like(bias)]
    outputs: Tensor = torch.lstm(x, (h0, c0), flat, True, size.layers, 0.0, False, False, False)[0]
    return outputs


def outputs_at(place: Place, arguments: Sequence[Tensor], size: Size) -> Tensor:
    x, h0, c0, *weights = arguments
    return lstm(x, h0, c0, as_layers(weights, size), implementation=place.name)[0]


def errors_allowed(of_torch: Sequence[float], size: Size) -> list[float]:
    """Three times torch's, and for gradients of weights three times those of sums from the first row to the last.

    How torch orders the sum over the n rows of steps and sequences depends on the processor. Of independent terms, the
    k-th partial sum is √k terms large, and rounding it errs by u √k / √3 in the root mean square, u half a unit in the
    last place; n such errors are u √(n / 6) of the whole sum. Leaving out one row would err by 1 / √n.
    """
    of_sums = torch.finfo(torch.float32).eps / 2 * sqrt(size.steps * size.batch / 6)
    before_weights = len(of_torch) - 3 * size.layers
    return [3 * max(error, of_sums if index >= before_weights else 0) for index, error in enumerate(of_torch)]


def errors(found: Sequence[Tensor], exact: Sequence[Tensor]) -> list[float]:
    """Root mean squares, relative to the exact tensors."""
    return [
        ((tensor.detach().double().cpu() - reference).norm() / reference.norm()).item()
        for tensor, reference in zip(found, exact, strict=True)
    ]


def first_order(outputs: Tensor, arguments: Sequence[Tensor], cotangent: Tensor) -> list[Tensor]:
    return [outputs.detach(), *torch.autograd.grad(outputs, arguments, cotangent)]


def second_order(outputs: Tensor, arguments: Sequence[Tensor], cotangent: Tensor, direction: Tensor) -> list[Tensor]:
    (gradient,) = torch.autograd.grad(outputs, arguments[0], cotangent, create_graph=True)
    return list(torch.autograd.grad(gradient, arguments, direction))


def problem(size: Size) -> tuple[list[Tensor], Tensor, Tensor]:
    arguments = random_arguments(size)
    return arguments, torch.randn(size.steps, size.batch, size.hidden).double(), torch.randn_like(arguments[0])


@pytest.mark.parametrize("place", SINGLE, ids=str)
def test_outputs_and_gradients_err_little_more_than_torchs(place: Place) -> None:
    arguments, cotangent, _ = problem(SIZE)
    exact_arguments = [tensor.requires_grad_() for tensor in arguments]
    exact = first_order(torch_outputs(exact_arguments, SIZE), exact_arguments, cotangent)
    single = [tensor.requires_grad_() for tensor in moved_to([tensor.detach() for tensor in arguments], place)]
    given = cotangent.to(place.device, place.dtype)
    theirs = errors(first_order(torch_outputs(single, SIZE), single, given), exact)
    ours = errors(first_order(outputs_at(place, single, SIZE), single, given), exact)
    for index, (our, allowed) in enumerate(zip(ours, errors_allowed(theirs, SIZE), strict=True)):
        assert our <= allowed, index


@frozen(eq=False)
class SecondOrder:
    """A problem, its exact second gradients, and how far torch's own LSTM misses them in single precision."""

    arguments: list[Tensor]
    cotangent: Tensor
    direction: Tensor
    exact: list[Tensor]
    errors_of_torch: list[float]


@pytest.fixture(scope="module")
def alone() -> SecondOrder:
    arguments, cotangent, direction = problem(ALONE)
    trained = [tensor.requires_grad_() for tensor in arguments]
    x, h0, c0, *weights = trained
    outputs = lstm(x, h0, c0, as_layers(weights, ALONE), implementation="reference")[0]
    exact = second_order(outputs, trained, cotangent, direction)
    single = [tensor.detach().float().requires_grad_() for tensor in arguments]
    with twice_differentiable():
        theirs = torch_outputs(single, ALONE)
    found = second_order(theirs, single, cotangent.float(), direction.float())
    return SecondOrder(detached(arguments), cotangent, direction, exact, errors(found, exact))


@pytest.mark.parametrize("place", SINGLE, ids=str)
def test_second_gradients_err_little_more_than_torchs(place: Place, alone: SecondOrder) -> None:
    single = [tensor.requires_grad_() for tensor in moved_to(alone.arguments, place)]
    given, along = (tensor.to(place.device, place.dtype) for tensor in (alone.cotangent, alone.direction))
    ours = errors(second_order(outputs_at(place, single, ALONE), single, given, along), alone.exact)
    for index, (our, allowed) in enumerate(zip(ours, errors_allowed(alone.errors_of_torch, ALONE), strict=True)):
        assert our <= allowed, index
