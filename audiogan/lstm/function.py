"""The LSTM as one function of tensors."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from audiogan.lstm.autocast import autocasts
from audiogan.lstm.autograd import record
from audiogan.lstm.dispatch import choose
from audiogan.lstm.engine import away_from_leaves, transforming
from audiogan.lstm.flat import in_a_row
from audiogan.lstm.interface import LayerWeights


def lstm(
    x: Tensor,
    h0: Tensor,
    c0: Tensor,
    weights: Sequence[LayerWeights],
    *,
    implementation: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Outputs ``[T, N, H]`` and final states ``[L, N, H]`` twice, of a stack of L unidirectional layers.

    Every result has first and second derivatives with respect to every argument. Without gradients, nothing is stored
    that only they need. Under autocast everything is computed, and returned, in the weights' dtype: the rounding of a
    half-precision state would add up over the steps.

    :param x: inputs ``[T, N, I]``, T at least 1, of any strides.
    :param h0: initial states ``[L, N, H]``, as ``c0``.
    :param weights: one :class:`LayerWeights` a layer, all with a bias or none.
    :param implementation: by name, for tests and benchmarks; the fastest that runs if None.
    :raises ImplementationError: ``implementation`` is unknown or does not run here.
    :raises RuntimeError: there is no step.
    :raises ValueError: shapes, dtypes or devices do not fit together.
    """
    flat = in_a_row(weights)
    if autocasts(x.device):
        x, h0, c0 = (tensor.to(flat[0].dtype) for tensor in (x, h0, c0))
    _check(x, h0, c0, weights)
    # An empty batch is no case for kernels that give every thread a share of it.
    chosen = choose(x.device, x.dtype, implementation if x.shape[1] > 0 else "reference", hidden=h0.shape[2])
    arguments = [away_from_leaves(tensor) for tensor in (x, h0, c0, *flat)]
    # Inside torch.func what a surrounding transformation differentiates does not say so.
    save = torch.is_grad_enabled() and (transforming() or any(tensor.requires_grad for tensor in arguments))
    return record(chosen, arguments, per_layer=len(flat) // len(weights), save=save)


def _check(x: Tensor, h0: Tensor, c0: Tensor, weights: Sequence[LayerWeights]) -> None:
    steps, batch, inputs = x.shape
    hidden = weights[0].weight_hh.shape[1]
    if steps == 0:
        raise RuntimeError("the LSTM needs at least one step, and the input has none")
    expected: list[tuple[str, Tensor, tuple[int, ...]]] = [
        ("h0", h0, (len(weights), batch, hidden)),
        ("c0", c0, (len(weights), batch, hidden)),
    ]
    for index, layer in enumerate(weights):
        expected += [
            (f"weight_ih of layer {index}", layer.weight_ih, (4 * hidden, hidden if index else inputs)),
            (f"weight_hh of layer {index}", layer.weight_hh, (4 * hidden, hidden)),
        ]
        if (layer.bias is None) != (weights[0].bias is None):
            raise ValueError("some layers have a bias and some have none; give all or none of them one")
        if layer.bias is not None:
            expected.append((f"bias of layer {index}", layer.bias, (4 * hidden,)))
    if x.layout != torch.strided:
        raise ValueError(f"the input has the layout {x.layout}; convert it with to_dense()")
    for name, tensor, shape in expected:
        if tensor.shape != shape:
            raise ValueError(f"{name} has shape {tuple(tensor.shape)} where {tuple(shape)} is needed")
        if tensor.dtype != x.dtype or tensor.device != x.device:
            raise ValueError(
                f"{name} is {tensor.dtype} on {tensor.device}, and the input {x.dtype} on {x.device}; convert either"
            )
