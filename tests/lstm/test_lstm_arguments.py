"""What the LSTM is called with: sizes at the edge, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from audiogan.lstm.function import lstm
from tests.lstm.calls import SIZE, problem, run
from tests.lstm.problems import Size, as_layers, random_arguments


def test_an_empty_batch_gives_empty_results_and_gradients_of_zero() -> None:
    arguments = problem(Size(steps=4, batch=0, inputs=2, hidden=3, layers=2))
    results = run(arguments)
    assert [tuple(result.shape) for result in results] == [(4, 0, 3), (2, 0, 3), (2, 0, 3)]
    torch.autograd.backward(results[0].sum())
    assert all(tensor.grad is not None and not tensor.grad.any() for tensor in arguments)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda x, h0, w: (x[:, :2], h0, w), "h0 has shape \\(2, 3, 3\\) where \\(2, 2, 3\\) is needed"),
        (lambda x, h0, w: (x[..., :1], h0, w), "weight_ih of layer 0 has shape \\(12, 2\\) where \\(12, 1\\)"),
        (lambda x, h0, w: (x, h0.float(), w), "h0 is torch.float32 on cpu, and the input torch.float64 on cpu"),
        (lambda x, h0, w: (x.to("meta"), h0, w), "h0 is torch.float64 on cpu, and the input torch.float64 on meta"),
        (lambda x, h0, w: (x, h0, [*w[:5], w[5][:4]]), "bias of layer 1 has shape \\(4,\\) where \\(12,\\)"),
    ],
)
def test_misfits_are_refused(
    changed: Callable[[Tensor, Tensor, list[Tensor]], tuple[Tensor, Tensor, list[Tensor]]], message: str
) -> None:
    x, h0, c0, *weights = random_arguments(SIZE)
    x, h0, weights = changed(x, h0, weights)
    with pytest.raises(ValueError, match=message):
        run([x, h0, c0, *weights])


def test_a_sequence_without_steps_is_refused() -> None:
    x, *others = random_arguments(SIZE)
    with pytest.raises(RuntimeError, match="at least one step"):
        run([x[:0], *others])


def test_layers_with_and_without_bias_do_not_go_together() -> None:
    x, h0, c0, *weights = random_arguments(SIZE)
    layers = [*as_layers(weights, SIZE)[:1], *as_layers(weights[:2], Size(1, 1, 1, 1, bias=False))]
    with pytest.raises(ValueError, match="give all or none of them one"):
        lstm(x, h0, c0, layers)
