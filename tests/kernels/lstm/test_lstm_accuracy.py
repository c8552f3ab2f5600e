"""Errors of single precision over the steps of a second of audio, beside those of torch."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn

from audiogan.kernels.lstm.function import lstm
from tests.kernels.lstm.problems import Place, Size, as_layers, loop, moved_to, places, random_arguments

SIZE = Size(steps=4096, batch=2, inputs=4, hidden=16, layers=2)
SHORTER = Size(steps=512, batch=2, inputs=4, hidden=16, layers=2)
"""Autograd through a written-out loop is slow."""

SINGLE = [place for place in places() if place.dtype == torch.float32]


def torch_outputs(arguments: Sequence[Tensor]) -> Tensor:
    """Outputs of torch.nn.LSTM, with the arguments in its place of its parameters."""
    x, h0, c0, *weights = arguments
    module = nn.LSTM(SIZE.inputs, SIZE.hidden, SIZE.layers, device="meta")
    parameters: dict[str, Tensor] = {}
    for layer in range(SIZE.layers):
        kernel, state_kernel, bias = weights[3 * layer : 3 * layer + 3]
        names = (f"{name}_l{layer}" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        parameters |= dict(zip(names, (kernel, state_kernel, bias, torch.zeros_like(bias)), strict=True))
    outputs: Tensor = torch.func.functional_call(module, parameters, (x, (h0, c0)))[0]
    return outputs


def outputs_at(place: Place, arguments: Sequence[Tensor]) -> Tensor:
    x, h0, c0, *weights = arguments
    return lstm(x, h0, c0, as_layers(weights, SIZE), implementation=place.name)[0]


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
def test_outputs_and_gradients_err_no_more_than_three_times_torchs(place: Place) -> None:
    arguments, cotangent, _ = problem(SIZE)
    exact_arguments = [tensor.requires_grad_() for tensor in arguments]
    exact = first_order(torch_outputs(exact_arguments), exact_arguments, cotangent)
    single = [tensor.requires_grad_() for tensor in moved_to([tensor.detach() for tensor in arguments], place)]
    given = cotangent.to(place.device, place.dtype)
    theirs = errors(first_order(torch_outputs(single), single, given), exact)
    ours = errors(first_order(outputs_at(place, single), single, given), exact)
    for index, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        assert our <= 3 * their, index


@pytest.mark.parametrize("place", SINGLE, ids=str)
def test_second_gradients_err_no_more_than_three_times_autograds(place: Place) -> None:
    arguments, cotangent, direction = problem(SHORTER)
    exact_arguments = [tensor.requires_grad_() for tensor in arguments]
    exact = second_order(loop(exact_arguments, SHORTER)[0], exact_arguments, cotangent, direction)
    single = [tensor.requires_grad_() for tensor in moved_to([tensor.detach() for tensor in arguments], place)]
    given, along = (tensor.to(place.device, place.dtype) for tensor in (cotangent, direction))
    theirs = errors(second_order(loop(single, SHORTER)[0], single, given, along), exact)
    ours = errors(second_order(outputs_at(place, single), single, given, along), exact)
    for index, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        assert our <= 3 * their, index
