"""``audiogan.LSTM`` beside ``torch.nn.LSTM`` on the CPU at other sizes than a critic's: not always faster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import audiogan
from audiogan.nn import twice_differentiable
from benchmarks.racing import race

SIZES = [  # steps, batch, inputs, hidden, layers, in both directions
    (1, 64, 64, 64, 1, False),
    (1, 32, 128, 512, 2, False),
    (16, 1, 16, 16, 1, False),
    (100, 32, 128, 128, 2, False),
    (100, 32, 128, 256, 2, False),
    (100, 32, 128, 512, 2, False),
    (128, 64, 64, 64, 2, False),
    (128, 64, 64, 64, 2, True),
    (512, 1, 4, 64, 2, False),
    (512, 64, 4, 64, 2, False),
    (1000, 8, 80, 128, 1, False),
]
MOST_ROUNDS, SMALL = 200, 100_000
LONGEST_PENALTY = 128
"""Steps; through torch's LSTM a penalty takes time that grows with their square."""

Pass = Callable[[nn.LSTM, Tensor], Sequence[Tensor]]


def inference(module: nn.LSTM, x: Tensor) -> Sequence[Tensor]:
    with torch.no_grad():
        output, _ = module(x)
    return [output]


def forward_and_backward(module: nn.LSTM, x: Tensor) -> Sequence[Tensor]:
    return torch.autograd.grad(module(x)[0].sum(), [x, *module.parameters()])


def penalty_step(module: nn.LSTM, x: Tensor) -> Sequence[Tensor]:
    with twice_differentiable():
        output, _ = module(x)
    (gradient,) = torch.autograd.grad(output.square().sum(), x, create_graph=True)
    return torch.autograd.grad(gradient.square().sum(), list(module.parameters()))


CASES = [
    pytest.param(size, timed, id=f"{size}-{timed.__name__}")
    for size in SIZES
    for timed in (inference, forward_and_backward, penalty_step)
    if timed is not penalty_step or size[0] <= LONGEST_PENALTY
]


@pytest.mark.parametrize(("size", "timed"), CASES)
def test_size(benchmark: Any, size: tuple[int, int, int, int, int, bool], timed: Pass) -> None:
    steps, batch, inputs, hidden, layers, bidirectional = size
    benchmark.group = f"{size}, {timed.__name__}"
    torch.manual_seed(0)
    theirs = nn.LSTM(inputs, hidden, layers, bidirectional=bidirectional)
    ours = audiogan.LSTM(inputs, hidden, layers, bidirectional=bidirectional)
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(steps, batch, inputs, requires_grad=True)
    rounds = MOST_ROUNDS if steps * batch * hidden < SMALL else 5
    own, peers = race(benchmark, lambda: timed(ours, x), lambda: timed(theirs, x), rounds=rounds)
    benchmark.extra_info.update(ours_s=own, ratio=own / peers)
