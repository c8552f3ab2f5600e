"""What training steps leave behind: nothing, neither tensors nor memory."""

from __future__ import annotations

import gc
import resource
from pathlib import Path

import pytest
import torch
from torch import Tensor

from audiogan.lstm.function import lstm
from tests.lstm.problems import Place, Size, as_layers, moved_to, places, random_arguments

SIZE = Size(steps=3, batch=1024, inputs=4, hidden=16)
SMALLEST_BUFFER = SIZE.steps * SIZE.batch * SIZE.hidden * 4
STEPS = 120


def resident_bytes() -> int:
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def living_tensors() -> int:
    # isinstance would ask every object for its class, and some answer with a warning
    return sum(issubclass(type(thing), Tensor) for thing in gc.get_objects())


def penalty_step(arguments: list[Tensor], implementation: str) -> None:
    x, h0, c0, *weights = arguments
    output, _, _ = lstm(x, h0, c0, as_layers(weights, SIZE), implementation=implementation)
    (gradient,) = torch.autograd.grad(output.sum(), x, create_graph=True)
    torch.autograd.backward(gradient.square().sum())
    for tensor in arguments:
        tensor.grad = None


@pytest.mark.parametrize("place", [place for place in places() if place.dtype == torch.float32], ids=str)
def test_penalty_steps_leave_nothing_behind(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    for _ in range(20):
        penalty_step(arguments, place.name)
    gc.collect()
    gc.disable()
    try:
        tensors, resident = living_tensors(), resident_bytes()
        for _ in range(STEPS):
            penalty_step(arguments, place.name)
        assert living_tensors() <= tensors
        assert resident_bytes() - resident < STEPS * SMALLEST_BUFFER / 2
    finally:
        gc.enable()


@pytest.mark.parametrize("place", places(), ids=str)
def test_an_output_that_is_thrown_away_takes_its_graph_along(place: Place) -> None:
    x, h0, c0, *weights = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    gc.collect()
    gc.disable()
    try:
        before = living_tensors()
        output, _, _ = lstm(x, h0, c0, as_layers(weights, SIZE), implementation=place.name)
        (gradient,) = torch.autograd.grad(output.sum(), x, create_graph=True)
        del output, gradient, _
        assert living_tensors() == before
    finally:
        gc.enable()
