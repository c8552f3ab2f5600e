"""The LSTM called with flat lists of tensors."""

from __future__ import annotations

import torch
from torch import Tensor

from audiogan.lstm.function import lstm
from tests.lstm.problems import Size, as_layers, random_arguments

SIZE = Size(steps=4, batch=3, inputs=2, hidden=3, layers=2)


def problem(size: Size = SIZE, dtype: torch.dtype = torch.float64) -> list[Tensor]:
    """Random x, h0, c0 and weights that want gradients."""
    return [tensor.requires_grad_() for tensor in random_arguments(size, dtype)]


def run(arguments: list[Tensor], size: Size = SIZE, implementation: str | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """Output, hn and cn."""
    x, h0, c0, *weights = arguments
    return lstm(x, h0, c0, as_layers(weights, size), implementation=implementation)
