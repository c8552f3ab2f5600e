"""The products of whole sequences that need no recurrence: one large matrix product each.

They use whatever precision torch is set to for matrix products (``torch.set_float32_matmul_precision``), that is full
float32 unless a program has asked for TF32. Recurrent products, inside the kernels, are always in full precision.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from audiogan.lstm.interface import LayerWeights

_ROWS = 4096
"""How many products are summed one after another, at least where so many are, before sums are summed."""

_SUMS = 128
"""How many such sums there are at most: about one for each multiprocessor."""


def input_products(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """W x + b ``[T, N, 4H]`` of x ``[T, N, I]``, contiguous."""
    return F.linear(x, weight, bias).contiguous()


def moved_products(moved: LayerWeights, x: Tensor, h_before: Tensor) -> Tensor:
    """V_W x + V_U h₋ + V_b ``[T, N, 4H]``."""
    return F.linear(x, moved.weight_ih, moved.bias) + F.linear(h_before, moved.weight_hh)


def weight_gradients(z_cotangent: Tensor, x: Tensor, h_before: Tensor, *, bias: bool) -> LayerWeights:
    """Σ z̄ xᵀ, Σ z̄ h₋ᵀ and, if there is a bias, Σ z̄ over all steps and sequences."""
    return LayerWeights(
        _summed_products(z_cotangent, x),
        _summed_products(z_cotangent, h_before),
        z_cotangent.sum((0, 1)) if bias else None,
    )


def _summed_products(left: Tensor, right: Tensor) -> Tensor:
    """Σ left rightᵀ over the first two dimensions of ``[T, N, A]`` and ``[T, N, B]``: ``[A, B]``, in two levels.

    A running float32 sum over T N terms would lose a digit where T is large, and a single product of so small a result
    would occupy few multiprocessors.
    """
    steps, batch, _ = left.shape
    together = max(math.ceil(_ROWS / batch), math.ceil(steps / _SUMS))
    whole = steps // together * together
    total = left[whole:].flatten(0, 1).T @ right[whole:].flatten(0, 1)
    if whole:
        parts = torch.bmm(_in_parts(left[:whole], together).mT, _in_parts(right[:whole], together))
        total += parts.sum(0)
    return total


def _in_parts(sequence: Tensor, steps: int) -> Tensor:
    return sequence.reshape(-1, steps * sequence.shape[1], sequence.shape[2])
