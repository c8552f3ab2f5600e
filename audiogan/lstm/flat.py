"""An LSTM's tensors one after another, as a node of autograd's graph takes and returns them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from audiogan.lstm.interface import Arguments, LayerWeights

RESULTS = 3
"""An LSTM's results are output, hn and cn; its arguments begin with x, h0 and c0, and weights follow."""


def in_a_row(weights: Sequence[LayerWeights]) -> list[Tensor]:
    """Every layer's two or three tensors."""
    return [
        tensor for layer in weights for tensor in (layer.weight_ih, layer.weight_hh, layer.bias) if tensor is not None
    ]


def as_layers(tensors: Sequence[Tensor], per_layer: int) -> tuple[LayerWeights, ...]:
    """Undoes :func:`in_a_row`, where each layer has ``per_layer`` tensors."""
    return tuple(
        LayerWeights(tensors[start], tensors[start + 1], tensors[start + 2] if per_layer == 3 else None)
        for start in range(0, len(tensors), per_layer)
    )


def as_arguments(tensors: Sequence[Tensor], per_layer: int) -> Arguments:
    """x, h0, c0 and the weights."""
    x, h0, c0, *weights = tensors
    return Arguments(x, h0, c0, as_layers(weights, per_layer))


def weight_gradients_in_a_row(weights: Sequence[LayerWeights] | None, count: int) -> list[Tensor | None]:
    """The tensors of ``weights``, or None ``count`` times."""
    return [None] * count if weights is None else [*in_a_row(weights)]


def materialized(cotangents: Sequence[Tensor | None], arguments: Sequence[Tensor]) -> list[Tensor]:
    """Zeros where a cotangent of an argument's gradient is missing, but nothing for the weights if theirs all are."""
    given = len(arguments) if any(cotangent is not None for cotangent in cotangents[RESULTS:]) else RESULTS
    return [
        torch.zeros_like(argument) if cotangent is None else cotangent
        for cotangent, argument in zip(cotangents[:given], arguments[:given], strict=True)
    ]


def parted(tensors: Sequence[Tensor], first: int, second: int) -> tuple[tuple[Tensor, ...], ...]:
    """The ``first`` tensors, the ``second`` after them, and the rest."""
    return tuple(tensors[:first]), tuple(tensors[first : first + second]), tuple(tensors[first + second :])
