"""Copying TensorFlow variables: layouts by hand, and every way in which they may not fit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from audiogan import CheckpointError
from audiogan.nn import (
    Conv1dSame,
    Conv2dSame,
    ConvTranspose1dSame,
    ConvTranspose2dSame,
    batch_norm_2d,
    batch_norm_variables,
    convolution_variables,
    dense,
    dense_variables,
    load_tensorflow_variables,
    transposed_convolution_variables,
)


def numbered(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def test_layouts_of_convolutions() -> None:
    one, two = Conv1dSame(2, 3, kernel_size=5), Conv2dSame(2, 3, kernel_size=5)
    load_tensorflow_variables(
        convolution_variables("D/a", one), {"D/a/conv1d/kernel": numbered(5, 2, 3), "D/a/conv1d/bias": numbered(3)}
    )
    load_tensorflow_variables(
        convolution_variables("D/a", two), {"D/a/conv2d/kernel": numbered(5, 5, 2, 3), "D/a/conv2d/bias": numbered(3)}
    )
    assert one.weight[2, 1, 4] == numbered(5, 2, 3)[4, 1, 2]
    assert two.weight[2, 1, 4, 3] == numbered(5, 5, 2, 3)[4, 3, 1, 2]
    assert one.bias.tolist() == two.bias.tolist() == [0, 1, 2]


def test_layouts_of_transposed_convolutions() -> None:
    one, two = ConvTranspose1dSame(2, 3, kernel_size=5, stride=4), ConvTranspose2dSame(2, 3, kernel_size=5, stride=2)
    name = "G/a/conv2d_transpose"
    load_tensorflow_variables(
        transposed_convolution_variables("G/a", one),
        {f"{name}/kernel": numbered(1, 5, 3, 2), f"{name}/bias": numbered(3)},
    )
    load_tensorflow_variables(
        transposed_convolution_variables("G/a", two),
        {f"{name}/kernel": numbered(5, 5, 3, 2), f"{name}/bias": numbered(3)},
    )
    assert one.weight[1, 2, 4] == numbered(1, 5, 3, 2)[0, 4, 2, 1]
    assert two.weight[1, 2, 4, 3] == numbered(5, 5, 3, 2)[4, 3, 2, 1]


def test_layout_of_batch_normalisation() -> None:
    layer = batch_norm_2d(2)
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    load_tensorflow_variables(
        batch_norm_variables("bn", layer), {f"bn/{name}": numbered(2) + 10 * at for at, name in enumerate(names)}
    )
    state = layer.state_dict()
    assert [state[key].tolist() for key in ("weight", "bias", "running_mean", "running_var")] == [
        [0, 1],
        [10, 11],
        [20, 21],
        [30, 31],
    ]


def test_arrays_of_double_precision_or_odd_strides_are_taken() -> None:
    layer = dense(2, 3)
    kernel = numbered(3, 2).T.astype(np.float64)
    load_tensorflow_variables(dense_variables("D", layer), {"D/dense/kernel": kernel, "D/dense/bias": numbered(6)[::2]})
    assert layer.weight.tolist() == numbered(3, 2).tolist()
    assert layer.bias.tolist() == [0, 2, 4]


def test_every_misfit_is_named_at_once_and_nothing_is_copied() -> None:
    layer = dense(2, 3)
    before = layer.weight.detach().clone()
    with pytest.raises(CheckpointError) as raised:
        load_tensorflow_variables(
            dense_variables("D/output", layer),
            {"D/output/dense/kernel": numbered(3, 2), "D/output/dense/bies": np.zeros(3, dtype=np.int64)},
        )
    text = str(raised.value)
    assert "variable 'D/output/dense/bias' is missing" in text
    assert "variable 'D/output/dense/bies' is unknown; did you mean 'D/output/dense/bias'?" in text
    assert "variable 'D/output/dense/kernel' has shape (3, 2) where (2, 3) is needed" in text
    assert "variable 'D/output/dense/bies' holds int64 where real numbers are needed" in text
    torch.testing.assert_close(layer.weight.detach(), before)
