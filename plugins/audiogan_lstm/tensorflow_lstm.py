"""LSTM layers that start, train and load as TensorFlow's do."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn

from audiogan import LSTM
from audiogan.nn import TensorFlowVariable, VariableBlock, glorot_uniform_

_TENSORFLOW_GATES = ("i", "g", "f", "o")
_TORCH_GATES = ("i", "f", "g", "o")


@final
class TensorFlowLSTM(nn.Module):
    """Stacked LSTM layers, ``[T, N, input_size]`` to ``[T, N, hidden_size]``.

    A layer has one bias, which starts at zero, beside a constant 1 in the forget gate: TensorFlow's cell adds the 1
    outside its variables, where neither the optimiser nor weight clipping reaches it. Kernels are Glorot-uniform over
    inputs, state and all four gates together.

    Source: Hochreiter and Schmidhuber 1997, "Long short-term memory"; the forget bias: Jozefowicz, Zaremba and
    Sutskever 2015, "An empirical exploration of recurrent network architectures".
    """

    def __init__(self, input_size: int, hidden_size: int, *, layers: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.layers = layers
        self.recurrence = LSTM(input_size, hidden_size, layers)
        for layer in range(layers):
            kernel, state_kernel, bias = self._parameters_of(layer)
            fans = {"fan_in": kernel.shape[1] + hidden_size, "fan_out": 4 * hidden_size}
            glorot_uniform_(kernel, **fans)
            glorot_uniform_(state_kernel, **fans)
            nn.init.zeros_(bias)
            self._hold_forget_bias_constant(layer)

    def forward(self, inputs: Tensor) -> Tensor:
        """The last layer's outputs ``[T, N, hidden_size]`` for ``[T, N, input_size]``, from a state of zeros."""
        outputs: Tensor = self.recurrence(inputs)[0]
        return outputs

    def tensorflow_variables(self) -> dict[str, TensorFlowVariable]:
        """``D/lstm_LAYER/rnn/lstm_cell/kernel`` ``[inputs + hidden, 4 * hidden]`` and its bias, gates i, j, f, o."""
        expected = {}
        for layer in range(self.layers):
            kernel, state_kernel, bias = self._parameters_of(layer)
            inputs = kernel.shape[1]
            of_inputs, of_state = slice(0, inputs), slice(inputs, inputs + self.hidden_size)
            kernel_blocks: list[VariableBlock] = []
            bias_blocks: list[VariableBlock] = []
            for gate in _TORCH_GATES:
                here, there = self._gate(_TORCH_GATES.index(gate)), self._gate(_TENSORFLOW_GATES.index(gate))
                kernel_blocks.append(VariableBlock((of_inputs, there), kernel[here].T))
                kernel_blocks.append(VariableBlock((of_state, there), state_kernel[here].T))
                bias_blocks.append(VariableBlock((there,), bias[here]))
            scope = f"D/lstm_{layer}/rnn/lstm_cell"
            gates = 4 * self.hidden_size
            expected[f"{scope}/kernel"] = TensorFlowVariable((inputs + self.hidden_size, gates), tuple(kernel_blocks))
            expected[f"{scope}/bias"] = TensorFlowVariable((gates,), tuple(bias_blocks))
        return expected

    def _gate(self, position: int) -> slice:
        return slice(position * self.hidden_size, (position + 1) * self.hidden_size)

    def _parameters_of(self, layer: int) -> tuple[Tensor, Tensor, Tensor]:
        lstm = self.recurrence
        kernel, state_kernel, bias = (
            getattr(lstm, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih")
        )
        return kernel, state_kernel, bias

    def _hold_forget_bias_constant(self, layer: int) -> None:
        constant = torch.zeros(4 * self.hidden_size)
        constant[self._gate(_TORCH_GATES.index("f"))] = 1
        name = f"bias_hh_l{layer}"
        delattr(self.recurrence, name)
        self.recurrence.register_buffer(name, constant)
        # torch.nn.LSTM keeps a list of its weights that only attribute assignment brings up to date.
        setattr(self.recurrence, name, constant)
