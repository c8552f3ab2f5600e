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
from audiogan.nn.tensorflow_variables import (
    TensorFlowVariable,
    VariableBlock,
    batch_norm_variables,
    convolution_variables,
    dense_variables,
    load_tensorflow_variables,
    transposed_convolution_variables,
    whole_variable,
)
from audiogan.nn.waveform_shape import waveform_shape

__all__ = [
    "Conv1dSame",
    "Conv2dSame",
    "ConvTranspose1dSame",
    "ConvTranspose2dSame",
    "LayerPlan",
    "TensorFlowVariable",
    "VariableBlock",
    "batch_norm_1d",
    "batch_norm_2d",
    "batch_norm_variables",
    "convolution_variables",
    "dense",
    "dense_variables",
    "glorot_uniform_",
    "load_tensorflow_variables",
    "plan_layers",
    "relu",
    "same_padding",
    "shrinking_lengths",
    "transposed_convolution_variables",
    "twice_differentiable",
    "waveform_shape",
    "whole_variable",
]
