"""What is checked of every network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import torch
from torch import Tensor, nn

from audiogan.interfaces import LayerRow


def assert_finite(values: Tensor, name: str) -> None:
    """Every value is a number."""
    assert torch.isfinite(values).all(), f"{name} holds values that are not finite"


def assert_trainable(network: nn.Module, *, of: str) -> None:
    """Every parameter has received a finite gradient."""
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None, f"{of} does not depend on parameter {name}"
            assert_finite(parameter.grad, f"the gradient of {of} by {name}")


OutputsOf: TypeAlias = Callable[[nn.Module, Tensor], Tensor]
"""From a network and inputs ``[N, …]`` to outputs ``[N, …]``."""


def assert_repeatable_in_evaluation(
    network: nn.Module, inputs: Tensor, *, outputs_of: OutputsOf, in_batch: bool = True
) -> None:
    """In evaluation mode the same input gives the same output in whatever memory layout and, ``in_batch``, alone."""
    network.eval()
    with torch.no_grad():
        outputs = outputs_of(network, inputs)
        assert torch.equal(outputs_of(network, inputs), outputs), "in evaluation mode two passes over one input differ"
        if in_batch:
            alone = torch.cat([outputs_of(network, inputs[i : i + 1]) for i in range(len(inputs))])
            assert torch.allclose(alone, outputs, rtol=1e-3, atol=1e-4), "an output depends on the others in its batch"
        strided = outputs_of(network, inputs.transpose(0, -1).contiguous().transpose(0, -1))
        assert torch.allclose(strided, outputs, rtol=1e-3, atol=1e-4), "a non-contiguous input changes outputs"
    network.train()


def assert_restorable(
    network: nn.Module, make: Callable[[], nn.Module], inputs: Tensor, *, outputs_of: OutputsOf
) -> None:
    """A fresh instance that loads the state gives the same outputs: all that was learnt is in ``state_dict``."""
    restored = make()
    restored.load_state_dict(network.state_dict())
    with torch.no_grad():
        same = torch.equal(outputs_of(restored.eval(), inputs), outputs_of(network.eval(), inputs))
    network.train()
    assert same, "a fresh instance that loads the state_dict gives other outputs: some state is not in it"


def assert_layer_rows(rows: Iterable[object]) -> None:
    """Every row is a :class:`LayerRow`."""
    assert all(isinstance(row, LayerRow) for row in rows), "layer_rows must hold audiogan.LayerRow instances"
