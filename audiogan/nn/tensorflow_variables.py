"""Weights of the original's TensorFlow graphs, copied into torch parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from audiogan.errors import CheckpointError, suggest
from audiogan.nn.same_padding import Conv1dSame, Conv2dSame, ConvTranspose1dSame, ConvTranspose2dSame


@final
@frozen(eq=False)
class VariableBlock:
    """A rectangular part of a variable and the view of a parameter that takes it, both of the same shape."""

    index: tuple[slice, ...]
    target: Tensor


@final
@frozen(eq=False)
class TensorFlowVariable:
    """A TensorFlow variable's shape, and the blocks that cover it."""

    shape: tuple[int, ...]
    blocks: tuple[VariableBlock, ...]


def whole_variable(target: Tensor) -> TensorFlowVariable:
    """A variable that goes into ``target``, a view of a parameter in TensorFlow's order of axes."""
    return TensorFlowVariable(tuple(target.shape), (VariableBlock((), target),))


def dense_variables(scope: str, layer: nn.Linear) -> dict[str, TensorFlowVariable]:
    """``SCOPE/dense/kernel`` ``[in, out]`` and its bias."""
    return {f"{scope}/dense/kernel": whole_variable(layer.weight.T), f"{scope}/dense/bias": whole_variable(layer.bias)}


def convolution_variables(scope: str, layer: Conv1dSame | Conv2dSame) -> dict[str, TensorFlowVariable]:
    """``SCOPE/conv1d/kernel`` ``[width, in, out]``, or ``conv2d`` ``[height, width, in, out]``, and its bias."""
    if isinstance(layer, Conv1dSame):
        return _named(f"{scope}/conv1d", layer.weight.permute(2, 1, 0), layer.bias)
    return _named(f"{scope}/conv2d", layer.weight.permute(2, 3, 1, 0), layer.bias)


def transposed_convolution_variables(
    scope: str, layer: ConvTranspose1dSame | ConvTranspose2dSame
) -> dict[str, TensorFlowVariable]:
    """``SCOPE/conv2d_transpose/kernel`` ``[height, width, out, in]``, the height 1 in one dimension, and its bias."""
    if isinstance(layer, ConvTranspose1dSame):
        return _named(f"{scope}/conv2d_transpose", layer.weight.permute(2, 1, 0).unsqueeze(0), layer.bias)
    return _named(f"{scope}/conv2d_transpose", layer.weight.permute(2, 3, 1, 0), layer.bias)


def batch_norm_variables(scope: str, layer: nn.BatchNorm1d | nn.BatchNorm2d) -> dict[str, TensorFlowVariable]:
    """``SCOPE/gamma``, ``beta``, ``moving_mean`` and ``moving_variance``, each ``[channels]``."""
    mean, variance = layer.running_mean, layer.running_var
    assert mean is not None
    assert variance is not None
    return {
        f"{scope}/gamma": whole_variable(layer.weight),
        f"{scope}/beta": whole_variable(layer.bias),
        f"{scope}/moving_mean": whole_variable(mean),
        f"{scope}/moving_variance": whole_variable(variance),
    }


def load_tensorflow_variables(expected: Mapping[str, TensorFlowVariable], given: Mapping[str, NDArray[Any]]) -> None:
    """Copies every ``given`` array into the blocks of the variable of that name.

    :raises CheckpointError: a variable is missing, unknown, of another shape, or not of real numbers; the text names
        every such variable, and nothing has been copied.
    """
    problems = [
        *(f"variable '{name}' is missing" for name in expected if name not in given),
        *(
            f"variable '{name}' is unknown{suggest(name, expected, label='variables')}"
            for name in given
            if name not in expected
        ),
        *(
            f"variable '{name}' has shape {given[name].shape} where {variable.shape} is needed"
            for name, variable in expected.items()
            if name in given and given[name].shape != variable.shape
        ),
        *(
            f"variable '{name}' holds {array.dtype} where real numbers are needed"
            for name, array in given.items()
            if not np.issubdtype(array.dtype, np.floating)
        ),
    ]
    if problems:
        raise CheckpointError("the TensorFlow variables do not fit this network:\n  " + "\n  ".join(problems))
    with torch.no_grad():
        for name, variable in expected.items():
            array = given[name].astype(np.float32)
            for block in variable.blocks:
                block.target.copy_(torch.from_numpy(array[block.index]))


def _named(scope: str, kernel: Tensor, bias: Tensor) -> dict[str, TensorFlowVariable]:
    return {f"{scope}/kernel": whole_variable(kernel), f"{scope}/bias": whole_variable(bias)}
