"""``torch.nn.LSTM`` with fast first and second derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, cast, final, overload

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import PackedSequence

from audiogan.lstm.dispatch import check_name
from audiogan.lstm.function import lstm
from audiogan.lstm.interface import LayerWeights

States = tuple[Tensor, Tensor]

_is_exporting: Callable[[], bool] = getattr(torch.compiler, "is_exporting", lambda: False)
"""Torch has it from 2.7 on."""

_jit: Any = torch.jit

_OPTIONS = ("num_layers", "bias", "batch_first", "dropout", "bidirectional")


@final
class LSTM(nn.LSTM):
    """Takes the place of ``torch.nn.LSTM``: the same arguments, parameters, initial weights and results.

    It differs in what it costs, in its second derivatives, which exist on every device in every mode, and in that it
    refuses ``proj_size``, packed sequences and third derivatives. Under autocast it computes, and returns, the
    parameters' dtype. In models that are exported, traced or scripted stands ``torch.nn.LSTM``.

    Weights load both ways: ``audiogan.LSTM(4, 64).load_state_dict(torch.nn.LSTM(4, 64).state_dict())``.

    :param implementation: the kernel by name, for tests and benchmarks; the fastest that runs if None. The environment
        variable ``AUDIOGAN_LSTM`` does the same for every module that names none.
    :raises ImplementationError: ``implementation`` is unknown.
    :raises ValueError: ``proj_size`` is not 0, or another argument is one that ``torch.nn.LSTM`` refuses.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: torch.device | str | int | None = None,
        dtype: torch.dtype | None = None,
        *,
        implementation: str | None = None,
    ) -> None:
        if proj_size != 0:
            raise ValueError(f"audiogan.LSTM has no projections: proj_size = {proj_size}; use 0, or torch.nn.LSTM")
        if implementation is not None:
            check_name(implementation, asked_by=f"implementation '{implementation}'")
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            device=device,
            dtype=dtype,
        )
        self.implementation = implementation

    @overload
    def forward(self, input: Tensor, hx: States | None = None) -> tuple[Tensor, States]: ...

    @overload
    def forward(self, input: PackedSequence, hx: States | None = None) -> NoReturn: ...

    def forward(self, input: Tensor | PackedSequence, hx: States | None = None) -> tuple[Tensor, States]:
        """Outputs and final states ``(h_n, c_n)`` of a batch of sequences, or of one; shapes as ``torch.nn.LSTM``.

        :param input: ``[T, N, input_size]``, ``[N, T, input_size]`` if ``batch_first``, or ``[T, input_size]``.
        :param hx: initial states ``(h_0, c_0)``, each ``[layers * directions, N, hidden_size]``, without N for one
            sequence; zeros if None.
        :raises TypeError: the input is a packed sequence, or ``hx`` is no pair of tensors.
        :raises ValueError: the input has not two or three dimensions, or dtypes or devices do not fit.
        :raises RuntimeError: the input has no step, or it or the states have the wrong shape.
        """
        if _is_exporting() or _jit.is_tracing():
            # What is exported is for inference, and runs where audiogan may not be: it is torch's operation.
            return cast("tuple[Tensor, States]", super().forward(input, hx))
        if torch.compiler.is_compiling():
            # Kernels are no torch operations: a compiled model has to call them as they are.
            compiler: Any = torch.compiler
            results: tuple[Tensor, States] = compiler.disable(LSTM._compute)(self, input, hx)
            return results
        return self._compute(input, hx)

    def flatten_parameters(self) -> None:
        """Does nothing; it is there for programs that call it."""

    def __prepare_scriptable__(self) -> nn.LSTM:
        """What ``torch.jit.script`` compiles in its place: a ``torch.nn.LSTM`` with the same parameters."""
        options: dict[str, Any] = {name: getattr(self, name) for name in _OPTIONS}
        theirs = nn.LSTM(self.input_size, self.hidden_size, device="meta", **options)
        for name, parameter in self.named_parameters():
            setattr(theirs, name, parameter)
        return theirs.train(self.training)

    def extra_repr(self) -> str:
        """The arguments, as ``torch.nn.LSTM`` prints them, and the implementation if one was named."""
        named = "" if self.implementation is None else f", implementation={self.implementation!r}"
        return super().extra_repr() + named

    def _compute(self, input: Tensor | PackedSequence, hx: States | None) -> tuple[Tensor, States]:
        if isinstance(input, PackedSequence):
            raise TypeError("audiogan.LSTM takes no PackedSequence; pad the sequences instead, or use torch.nn.LSTM")
        if input.dim() not in (2, 3):
            raise ValueError(f"LSTM: expected input to be 2D or 3D, got {input.dim()}D instead")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size: expected {self.input_size}, got {input.shape[-1]}"
            )
        batched = input.dim() == 3
        transposed = batched and self.batch_first
        x = input.transpose(0, 1) if transposed else input if batched else input.unsqueeze(1)
        outputs, h_n, c_n = self._run(x, *self._initial_states(x, hx, batched=batched))
        if not batched:
            return outputs.squeeze(1), (h_n.squeeze(1), c_n.squeeze(1))
        return outputs.transpose(0, 1) if transposed else outputs, (h_n, c_n)

    def _initial_states(self, x: Tensor, hx: States | None, *, batched: bool) -> States:
        layers = 2 * self.num_layers if self.bidirectional else self.num_layers
        expected = (layers, x.shape[1], self.hidden_size)
        if hx is None:
            zeros = x.new_zeros(expected)
            return zeros, zeros
        if not (isinstance(hx, tuple | list) and len(hx) == 2 and all(isinstance(state, Tensor) for state in hx)):
            raise TypeError(f"hx must be None or two tensors, (h_0, c_0), not {_in_words(hx)}")
        wanted = expected if batched else (layers, self.hidden_size)
        for index, state in enumerate(hx):
            if state.shape != wanted:
                raise RuntimeError(f"expected hidden[{index}] size {wanted}, got {tuple(state.shape)}")
        h_0, c_0 = hx
        return (h_0, c_0) if batched else (h_0.unsqueeze(1), c_0.unsqueeze(1))

    def _run(self, x: Tensor, h_0: Tensor, c_0: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Time-major outputs and final states; one call for all layers, unless something happens between them."""
        dropout = self.dropout if self.training else 0.0
        if not self.bidirectional and dropout == 0:
            weights = [self._weights(f"l{layer}") for layer in range(self.num_layers)]
            return lstm(x, h_0, c_0, weights, implementation=self.implementation)
        directions = ("", "_reverse") if self.bidirectional else ("",)
        h_n: list[Tensor] = []
        c_n: list[Tensor] = []
        for layer in range(self.num_layers):
            outputs = []
            for direction in directions:
                row = slice(len(h_n), len(h_n) + 1)
                weights = [self._weights(f"l{layer}{direction}")]
                inputs = x.flip(0) if direction else x
                output, h, c = lstm(inputs, h_0[row], c_0[row], weights, implementation=self.implementation)
                outputs.append(output.flip(0) if direction else output)
                h_n.append(h)
                c_n.append(c)
            x = torch.cat(outputs, dim=2) if self.bidirectional else outputs[0]
            if layer < self.num_layers - 1:
                x = F.dropout(x, dropout)
        return x, torch.cat(h_n), torch.cat(c_n)

    def _weights(self, suffix: str) -> LayerWeights:
        def named(kind: str) -> Tensor:
            tensor: Tensor = getattr(self, f"{kind}_{suffix}")
            return tensor

        bias = named("bias_ih") + named("bias_hh") if self.bias else None
        return LayerWeights(named("weight_ih"), named("weight_hh"), bias)


def _in_words(hx: object) -> str:
    if isinstance(hx, tuple | list):
        return f"{type(hx).__name__} of {', '.join(type(item).__name__ for item in hx) or 'nothing'}"
    return type(hx).__name__
