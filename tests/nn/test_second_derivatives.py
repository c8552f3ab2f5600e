"""Second derivatives through torch's recurrent layers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.backends import cudnn, mkldnn

from audiogan.nn import twice_differentiable


@pytest.mark.parametrize("layer", [nn.LSTM(2, 3), nn.GRU(2, 3), nn.RNN(2, 3)])
def test_fused_recurrences_are_left_aside_inside(layer: nn.Module) -> None:
    inputs = torch.randn(4, 1, 2, requires_grad=True)
    with twice_differentiable():
        inside = layer(inputs)[0]
    outside = layer(inputs)[0]
    assert "Mkldnn" not in graph_names(inside)
    torch.testing.assert_close(inside, outside)


def test_convolutions_keep_their_fast_kernels() -> None:
    convolution = nn.Conv1d(1, 1, 3)
    with twice_differentiable():
        assert cudnn.enabled
        assert mkldnn.enabled
        assert convolution(torch.ones(1, 1, 5)).shape == (1, 1, 3)


def test_backends_are_restored_when_a_recurrence_fails() -> None:
    layer = nn.LSTM(2, 3)
    with pytest.raises(RuntimeError, match="input"), twice_differentiable():
        layer(torch.zeros(4, 1, 5))
    assert cudnn.enabled
    assert mkldnn.enabled


def test_a_backend_that_was_off_stays_off() -> None:
    switch: Any = mkldnn
    before = switch.enabled
    try:
        switch.enabled = False
        with twice_differentiable():
            nn.LSTM(2, 3)(torch.zeros(4, 1, 2))
        assert not switch.enabled
    finally:
        switch.enabled = before


def test_second_derivatives_agree_with_differences() -> None:
    layer = nn.LSTM(2, 3, num_layers=2).double()
    inputs = torch.randn(4, 2, 2, dtype=torch.float64, requires_grad=True)

    def apply(inputs: Tensor) -> Tensor:
        with twice_differentiable():
            outputs: Tensor = layer(inputs)[0]
        return outputs

    assert torch.autograd.gradgradcheck(apply, (inputs,))


def graph_names(outputs: Tensor) -> str:
    names, pending = set(), [outputs.grad_fn]
    while pending:
        node = pending.pop()
        if node is not None and node not in names:
            names.add(node)
            pending += [following for following, _ in node.next_functions]
    return " ".join(node.name() for node in names)
