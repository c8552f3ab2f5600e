"""Batch normalisation with TensorFlow's constants."""

from __future__ import annotations

from torch import nn

_EPSILON = 1e-3
_UPDATE = 0.01
"""TensorFlow's momentum of 0.99 is the share that a moving average keeps; torch names the share that is new."""


def batch_norm_1d(channels: int) -> nn.BatchNorm1d:
    """Batch normalisation of ``[N, channels, T]`` or ``[N, channels]``."""
    return nn.BatchNorm1d(channels, eps=_EPSILON, momentum=_UPDATE)


def batch_norm_2d(channels: int) -> nn.BatchNorm2d:
    """Batch normalisation of ``[N, channels, H, W]``."""
    return nn.BatchNorm2d(channels, eps=_EPSILON, momentum=_UPDATE)
