"""Layers that generators and discriminators are made of."""

from audiogan.nn.batch_normalisation import batch_norm_1d, batch_norm_2d
from audiogan.nn.initialisation import dense, glorot_uniform_
from audiogan.nn.layer_plan import LayerPlan, plan_layers, shrinking_lengths
from audiogan.nn.rectifier import relu
from audiogan.nn.same_padding import (
    Conv1dSame,
    Conv2dSame,
    ConvTranspose1dSame,
    ConvTranspose2dSame,
    same_padding,
)
from audiogan.nn.second_derivatives import twice_differentiable

__all__ = [
    "Conv1dSame",
    "Conv2dSame",
    "ConvTranspose1dSame",
    "ConvTranspose2dSame",
    "LayerPlan",
    "batch_norm_1d",
    "batch_norm_2d",
    "dense",
    "glorot_uniform_",
    "plan_layers",
    "relu",
    "same_padding",
    "shrinking_lengths",
    "twice_differentiable",
]
