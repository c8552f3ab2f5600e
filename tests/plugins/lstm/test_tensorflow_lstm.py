"""LSTM layers with TensorFlow's cell, start and constant forget bias."""

from __future__ import annotations

import copy
from math import sqrt

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from audiogan.nn import load_tensorflow_variables
from audiogan_lstm.tensorflow_lstm import TensorFlowLSTM

SCOPE = "D/lstm_0/rnn/lstm_cell"


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = 1 / (1 + np.exp(-x))
    return result


def tensorflow_cell(
    inputs: NDArray[np.float64], kernel: NDArray[np.float64], bias: NDArray[np.float64]
) -> NDArray[np.float64]:
    """``[T, N, input]`` to ``[T, N, hidden]`` by the equations of TensorFlow's cell, forget bias 1."""
    hidden = len(bias) // 4
    h = c = np.zeros((inputs.shape[1], hidden))
    outputs = []
    for x in inputs:
        i, j, f, o = np.split(np.concatenate([x, h], axis=1) @ kernel + bias, 4, axis=1)
        c = c * sigmoid(f + 1) + sigmoid(i) * np.tanh(j)
        h = np.tanh(c) * sigmoid(o)
        outputs.append(h)
    return np.stack(outputs)


@pytest.mark.parametrize(("steps", "batch", "inputs", "hidden"), [(1, 1, 1, 1), (7, 3, 5, 3), (4, 2, 2, 8)])
def test_outputs_are_those_of_tensorflows_cell(steps: int, batch: int, inputs: int, hidden: int) -> None:
    random = np.random.default_rng(0)
    kernel, bias = random.normal(size=(inputs + hidden, 4 * hidden)), random.normal(size=4 * hidden)
    sequence = random.normal(size=(steps, batch, inputs))
    lstm = TensorFlowLSTM(inputs, hidden, layers=1)
    load_tensorflow_variables(lstm.tensorflow_variables(), {f"{SCOPE}/kernel": kernel, f"{SCOPE}/bias": bias})
    outputs = lstm(torch.from_numpy(sequence).float()).detach().numpy()
    np.testing.assert_allclose(outputs, tensorflow_cell(sequence, kernel, bias), rtol=1e-5, atol=2e-6)


def test_fast_kernels_give_the_gradients_of_double_precision() -> None:
    lstm = TensorFlowLSTM(3, 5, layers=2)
    exact = copy.deepcopy(lstm).double()
    inputs = torch.randn(33, 4, 3, requires_grad=True)
    exact_inputs = inputs.detach().double().requires_grad_()
    cotangent = torch.randn(33, 4, 5)
    gradients = torch.autograd.grad(lstm(inputs), (inputs, *lstm.parameters()), cotangent)
    expected = torch.autograd.grad(exact(exact_inputs), (exact_inputs, *exact.parameters()), cotangent.double())
    for gradient, reference in zip(gradients, expected, strict=True):
        torch.testing.assert_close(gradient.double(), reference, rtol=1e-5, atol=2e-5)


def test_kernels_start_glorot_uniform_over_inputs_state_and_gates() -> None:
    lstm = TensorFlowLSTM(4, 64, layers=2)
    state = lstm.recurrence.state_dict()
    for layer, inputs in enumerate((4, 64)):
        limit = sqrt(6 / (inputs + 64 + 4 * 64))
        for name in (f"weight_ih_l{layer}", f"weight_hh_l{layer}"):
            assert 0.98 * limit < state[name].abs().max() <= limit
        assert not state[f"bias_ih_l{layer}"].any()


def test_the_forget_bias_is_a_constant_that_no_optimiser_or_clipping_meets() -> None:
    lstm = TensorFlowLSTM(2, 3, layers=2)
    assert [name.rsplit(".", 1)[1] for name, _ in lstm.named_parameters()] == [
        f"{name}_l{layer}" for layer in (0, 1) for name in ("weight_ih", "weight_hh", "bias_ih")
    ]
    with torch.no_grad():
        for parameter in lstm.parameters():
            parameter.zero_()
    for layer in (0, 1):
        assert lstm.state_dict()[f"recurrence.bias_hh_l{layer}"].tolist() == [0] * 3 + [1] * 3 + [0] * 6


@pytest.mark.parametrize("copied", ["deepcopy", "state_dict", "double", "flatten"])
def test_copies_and_conversions_compute_the_same(copied: str) -> None:
    lstm = TensorFlowLSTM(2, 3, layers=2)
    inputs = torch.randn(5, 2, 2)
    expected = lstm(inputs).detach()
    other = TensorFlowLSTM(2, 3, layers=2)
    if copied == "deepcopy":
        other = copy.deepcopy(lstm)
    elif copied == "double":
        other = lstm.double()
        inputs = inputs.double()
    elif copied == "flatten":
        lstm.recurrence.flatten_parameters()
        other = lstm
    else:
        other.load_state_dict(lstm.state_dict())
    torch.testing.assert_close(other(inputs).float(), expected)


def test_training_moves_what_the_network_computes_with() -> None:
    lstm = TensorFlowLSTM(2, 3, layers=1)
    inputs = torch.randn(5, 2, 2)
    before = lstm(inputs)
    optimizer = torch.optim.SGD(lstm.parameters(), lr=0.5)
    before.square().sum().backward()
    optimizer.step()
    assert not torch.equal(lstm(inputs), before)
