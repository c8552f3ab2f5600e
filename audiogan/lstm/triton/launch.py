"""One layer's four scans: tensors in, one launch, tensors out.

``states`` holds h and c ``[2, 1 + T, N, H]``, beginning with the initial ones; ``gates`` i, f, g and o ``[T, N, 4H]``.
``recurrent`` is U ``[4H, H]`` of any strides; all other tensors are contiguous unless said otherwise.

A program follows one sequence, not several: with a batch of 64 each of them then has a multiprocessor to itself, where
tensor cores, at 16 rows a product, would leave all but four of 132 idle. Two programs share one up to 64 units, so that
264 sequences run at a time. Steps are bound by latency, hence by what happens in one after another: the
products, the sums across threads, the cell, and the state's way through shared memory.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from audiogan.lstm.triton.adjoint import adjoint_kernel
from audiogan.lstm.triton.backward import backward_kernel
from audiogan.lstm.triton.forward import forward_kernel
from audiogan.lstm.triton.tangent import tangent_kernel

_SMALLEST = 16
"""Hidden units that a program is made for at least: two threads a unit are one warp then."""

_LANES_BY_GATE = 2
"""Threads among which a sum by gate is divided.

More of them read less of the vector each, but all of them compute the cell of their unit.
"""


def forward(z: Tensor, states: Tensor, recurrent: Tensor, *, keep_gates: bool) -> None:
    """Fills ``states`` after the initial ones; ``z`` is W x + b ``[T, N, 4H]``, overwritten by the gates if asked."""
    steps, batch, hidden = _sizes(z)
    with torch.cuda.device(z.get_device()):
        forward_kernel[(batch,)](
            z,
            states,
            _packed(_by_gate(recurrent).mT, _LANES_BY_GATE),
            steps,
            batch,
            states.stride(0),
            keep=keep_gates,
            lanes=_LANES_BY_GATE,
            **_size_of_program(hidden),
        )


def backward(
    y_bar: Tensor, last: Tensor, recurrent: Tensor, states: Tensor, gates: Tensor, *, keep_bars: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """δ ``[T, N, 4H]``, h̄ and c̄ ``[2, T, N, H]`` or nothing, and what the initial states receive ``[2, N, H]``.

    ``y_bar`` ``[T, N, H]`` may have any strides; ``last`` ``[2, N, H]`` is what the final states receive.
    """
    steps, batch, hidden = _sizes(gates)
    delta, first = torch.empty_like(gates), torch.empty_like(last)
    bars = gates.new_empty(2, steps if keep_bars else 0, batch, hidden)
    with torch.cuda.device(gates.get_device()):
        backward_kernel[(batch,)](
            gates,
            states[1],
            y_bar,
            *y_bar.stride(),
            last,
            _packed(_by_gate(recurrent), _lanes_over_gates(hidden)),
            delta,
            bars if keep_bars else delta,
            first,
            steps,
            batch,
            bars.stride(0),
            keep=keep_bars,
            lanes=_lanes_over_gates(hidden),
            **_size_of_program(hidden),
        )
    return delta, bars, first


def tangent(z_dot: Tensor, states_dot: Tensor, recurrent: Tensor, states: Tensor, gates: Tensor) -> None:
    """Fills ``states_dot``, tangents of ``states``, after the initial ones; adds U ḣ₋ to ``z_dot`` ``[T, N, 4H]``."""
    steps, batch, hidden = _sizes(gates)
    with torch.cuda.device(gates.get_device()):
        tangent_kernel[(batch,)](
            z_dot,
            states_dot,
            gates,
            states[1],
            _packed(_by_gate(recurrent).mT, _LANES_BY_GATE),
            steps,
            batch,
            states_dot.stride(0),
            lanes=_LANES_BY_GATE,
            **_size_of_program(hidden),
        )


def adjoint(
    h_external: Tensor,
    recurrent: Tensor,
    states: Tensor,
    gates: Tensor,
    bars: Tensor,
    z_dot: Tensor,
    states_dot: Tensor,
) -> Tensor:
    """What the initial states receive ``[2, N, H]``; z̃ takes the place of ``z_dot``.

    ``h_external`` ``[T, N, H]``, of any strides, is what h receives but for the recurrence.
    """
    steps, batch, hidden = _sizes(gates)
    first = gates.new_empty(2, batch, hidden)
    with torch.cuda.device(gates.get_device()):
        adjoint_kernel[(batch,)](
            gates,
            states[1],
            bars,
            z_dot,
            states_dot[1],
            h_external,
            *h_external.stride(),
            _packed(_by_gate(recurrent), _lanes_over_gates(hidden)),
            first,
            steps,
            batch,
            bars.stride(0),
            lanes=_lanes_over_gates(hidden),
            **_size_of_program(hidden),
        )
    return first


def _sizes(gates: Tensor) -> tuple[int, int, int]:
    steps, batch, width = gates.shape
    return steps, batch, width // 4


def _by_gate(recurrent: Tensor) -> Tensor:
    """U ``[4H, H]`` as ``[4, H, H]``."""
    return recurrent.reshape(4, -1, recurrent.shape[1])


def _packed(weights: Tensor, lanes: int) -> Tensor:
    """Weights ``[4, k, j]``, for sums over k, as the kernels hold them, ``[4, padded / lanes, padded, lanes]``."""
    hidden = weights.shape[1]
    padded = _padded(hidden)
    zeros_after = (0, padded - hidden, 0, padded - hidden)
    return F.pad(weights, zeros_after).view(4, padded // lanes, lanes, padded).mT.contiguous()


def _padded(hidden: int) -> int:
    return max(_SMALLEST, 1 << (hidden - 1).bit_length())


def _lanes_over_gates(hidden: int) -> int:
    """Threads among which a sum over all gates is divided.

    Its vector is four times as long and each element serves one sum, so that reading it from shared memory limits the
    larger sizes: four threads read half of what two do.
    """
    return 2 if _padded(hidden) <= 32 else 4


def _size_of_program(hidden: int) -> dict[str, int]:
    """Two threads a unit.

    With 64 units in float32 a thread keeps 128 weights in registers, which leaves enough for the rest, and each of a
    multiprocessor's four schedulers has one warp. With 128 it would keep 256, more than there are: some weights are
    read from the first-level cache in every step.
    """
    padded = _padded(hidden)
    return {"hidden": hidden, "padded": padded, "num_warps": padded // 16, "num_stages": 1}
