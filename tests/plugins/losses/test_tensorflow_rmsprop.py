from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from audiogan.errors import SpecError
from audiogan.spec.schema import OptimizerSpec
from audiogan.training.optimizers import build_optimizer, optimizer_classes
from audiogan_losses import TensorFlowRMSprop


def test_two_steps_by_hand() -> None:
    parameter = nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
    optimizer = TensorFlowRMSprop([parameter], lr=0.1, decay=0.75, epsilon=0.5)
    expected, mean_square = [1.0, -2.0], [1.0, 1.0]
    for gradient in ([0.5, -3.0], [1e-9, 2.0]):
        parameter.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        for index, g in enumerate(gradient):
            mean_square[index] = 0.75 * mean_square[index] + 0.25 * g * g
            expected[index] -= 0.1 * g / math.sqrt(mean_square[index] + 0.5)
    torch.testing.assert_close(parameter.detach(), torch.tensor(expected, dtype=torch.float64), rtol=1e-14, atol=0)


def test_a_small_gradient_takes_a_small_first_step() -> None:
    parameter = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = TensorFlowRMSprop([parameter], lr=5e-5)
    parameter.grad = torch.full((1,), 8.7e-9, dtype=torch.float64)
    optimizer.step()
    assert parameter.item() == pytest.approx(-5e-5 * 8.7e-9 / math.sqrt(0.9), rel=1e-9)


def test_parameters_without_gradients_stay_and_a_closure_is_evaluated() -> None:
    moved, still = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    optimizer = TensorFlowRMSprop([moved, still], lr=0.1)

    def closure() -> float:
        loss = moved.sum()
        moved.grad = torch.ones(2)
        return float(loss.item())

    assert optimizer.step(closure) == 2.0
    assert torch.equal(still.detach(), torch.ones(2))
    assert (moved < 1).all()


@pytest.mark.parametrize("arguments", [{"lr": 0.0}, {"lr": 1.0, "decay": 1.0}, {"lr": 1.0, "epsilon": 0.0}])
def test_impossible_arguments_are_refused(arguments: dict[str, float]) -> None:
    parameter = nn.Parameter(torch.ones(1))
    with pytest.raises(SpecError, match=r"training\.optimizer: optimiser TensorFlowRMSprop refuses"):
        build_optimizer(OptimizerSpec("TensorFlowRMSprop", arguments), [parameter], where="training.optimizer")


def test_it_is_offered_by_name() -> None:
    assert "TensorFlowRMSprop" in optimizer_classes()
