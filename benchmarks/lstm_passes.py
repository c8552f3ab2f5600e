"""The passes of an LSTM that are timed, and the two LSTMs with equal weights that every table compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

import audiogan
from audiogan.nn import twice_differentiable

INPUTS, HIDDEN, LAYERS, BATCH = 4, 64, 2, 64
STEPS, FEWER_STEPS = 4096, 512

Pass = Callable[[nn.LSTM, Tensor], list[Tensor]]
"""Runs an LSTM on ``x`` ``[T, N, I]`` and returns what it computed, to be compared with a peer's."""


def inference(lstm: nn.LSTM, x: Tensor) -> list[Tensor]:
    """The output."""
    with torch.no_grad():
        return [lstm(x)[0]]


def forward_and_backward(lstm: nn.LSTM, x: Tensor) -> list[Tensor]:
    """Gradients of the output's mean square with respect to input and parameters."""
    return list(torch.autograd.grad(lstm(x)[0].square().mean(), [x, *lstm.parameters()]))


def penalty_step(lstm: nn.LSTM, x: Tensor) -> list[Tensor]:
    """Gradients of WGAN-GP's penalty with respect to the parameters; the sum of the outputs is the critic's score."""
    (slopes,) = torch.autograd.grad(lstm(x)[0].sum(), x, create_graph=True)
    penalty = (slopes.square().sum((0, 2)).sqrt() - 1).square().mean()
    return list(torch.autograd.grad(penalty, list(lstm.parameters())))


PASSES: tuple[Pass, ...] = (inference, forward_and_backward, penalty_step)


def peers(*, implementation: str | None = None) -> tuple[nn.LSTM, nn.LSTM]:
    """Ours and torch's, with the same weights."""
    torch.manual_seed(0)
    theirs = nn.LSTM(INPUTS, HIDDEN, LAYERS)
    ours = audiogan.LSTM(INPUTS, HIDDEN, LAYERS, implementation=implementation)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def input_of(steps: int) -> Tensor:
    """White noise ``[T, N, I]`` that wants a gradient."""
    generator = torch.Generator().manual_seed(steps)
    return torch.randn(steps, BATCH, INPUTS, generator=generator).requires_grad_()


@contextmanager
def native() -> Iterator[None]:
    """Inside, ``torch.nn.LSTM`` computes in torch's own kernels rather than in oneDNN's."""
    with twice_differentiable():
        yield
