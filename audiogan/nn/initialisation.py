"""Initial weights as TensorFlow's layers draw them: Glorot-uniform kernels, biases at zero."""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn


def glorot_uniform_(weight: Tensor, *, fan_in: int, fan_out: int) -> Tensor:
    """Fills ``weight`` from Uniform(-a, a), a = sqrt(6 / (fan_in + fan_out)), with torch's global random state.

    Source: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 16.
    The fans are those of the whole kernel as TensorFlow stores it, which for an LSTM spans inputs, state and all gates.
    """
    limit = sqrt(6 / (fan_in + fan_out))
    with torch.no_grad():
        return weight.uniform_(-limit, limit)


def dense(in_features: int, out_features: int) -> nn.Linear:
    """A fully connected layer, Glorot-uniform, its bias zero."""
    layer = nn.Linear(in_features, out_features)
    glorot_uniform_(layer.weight, fan_in=in_features, fan_out=out_features)
    nn.init.zeros_(layer.bias)
    return layer
