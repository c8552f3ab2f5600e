"""Convolutions with SAME padding: by hand, as adjoints of one another, and differentiated twice."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, prod, sqrt

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from audiogan.nn import Conv1dSame, Conv2dSame, ConvTranspose1dSame, ConvTranspose2dSame, same_padding

SIZES = [(16, 25, 4), (17, 25, 4), (16, 25, 2), (13, 5, 3), (7, 4, 2), (8, 2, 4), (9, 1, 3), (1, 5, 2), (5, 512, 1)]


@pytest.mark.parametrize(
    ("length", "kernel_size", "stride", "padding"),
    [
        (16384, 25, 4, (10, 11)),
        (16384, 25, 2, (11, 12)),
        (128, 5, 2, (1, 2)),
        (128, 5, 1, (2, 2)),
        (16384, 512, 1, (255, 256)),
        (17, 25, 4, (12, 12)),
        (18, 25, 4, (11, 12)),
        (8, 2, 4, (0, 0)),
    ],
)
def test_padding_is_tensorflows(length: int, kernel_size: int, stride: int, padding: tuple[int, int]) -> None:
    assert same_padding(length, kernel_size, stride) == padding


@pytest.mark.parametrize(("length", "kernel_size", "stride"), SIZES)
def test_convolution_weighs_each_window_of_the_padded_input(length: int, kernel_size: int, stride: int) -> None:
    layer = Conv1dSame(2, 3, kernel_size=kernel_size, stride=stride).double()
    with torch.no_grad():
        layer.bias.uniform_()
    inputs = torch.randn(2, 2, length, dtype=torch.float64)
    padded = np.pad(inputs.numpy(), [(0, 0), (0, 0), same_padding(length, kernel_size, stride)])
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    starts = range(0, ceil(length / stride) * stride, stride)
    by_hand = [np.einsum("nck,ock->no", padded[..., at : at + kernel_size], weight) + bias for at in starts]
    np.testing.assert_allclose(layer(inputs).detach().numpy(), np.stack(by_hand, axis=-1), atol=1e-12)


@pytest.mark.parametrize(("length", "kernel_size", "stride"), SIZES)
def test_transposed_convolution_is_the_adjoint_in_one_dimension(length: int, kernel_size: int, stride: int) -> None:
    down = Conv1dSame(2, 3, kernel_size=kernel_size, stride=stride).double()
    up = ConvTranspose1dSame(3, 2, kernel_size=kernel_size, stride=stride).double()
    assert_adjoint(down, up, short=(2, 3, length), long=(2, 2, length * stride))


@pytest.mark.parametrize(
    ("length", "kernel_size", "stride"),
    [
        (4096, 25, 4),
        (4093, 25, 4),
        (4094, 25, 4),
        (17, 24, 4),
        (5, 25, 4),
        (13, 5, 3),
        (11, 2, 4),
        (9, 1, 4),
        (7, 3, 2),
    ],
)
def test_transposed_convolution_to_any_length_is_the_adjoint(length: int, kernel_size: int, stride: int) -> None:
    down = Conv1dSame(2, 3, kernel_size=kernel_size, stride=stride).double()
    up = ConvTranspose1dSame(3, 2, kernel_size=kernel_size, stride=stride).double()
    up.load_state_dict({"weight": down.state_dict()["weight"], "bias": torch.zeros(2)})
    x = torch.randn(2, 2, length, dtype=torch.float64)
    y = torch.randn(2, 3, ceil(length / stride), dtype=torch.float64)
    assert up(y, length).shape == x.shape
    torch.testing.assert_close((down(x) * y).sum(), (x * up(y, length)).sum(), rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize(("height", "width"), [(79, 128), (5, 7), (6, 1), (1, 1)])
@pytest.mark.parametrize("kernel_size", [1, 4, 5])
def test_transposed_convolution_to_any_size_is_the_adjoint(height: int, width: int, kernel_size: int) -> None:
    down = Conv2dSame(1, 2, kernel_size=kernel_size, stride=2).double()
    up = ConvTranspose2dSame(2, 1, kernel_size=kernel_size, stride=2).double()
    up.load_state_dict({"weight": down.state_dict()["weight"], "bias": torch.zeros(1)})
    x = torch.randn(2, 1, height, width, dtype=torch.float64)
    y = torch.randn(2, 2, ceil(height / 2), ceil(width / 2), dtype=torch.float64)
    assert up(y, (height, width)).shape == x.shape
    torch.testing.assert_close((down(x) * y).sum(), (x * up(y, (height, width))).sum(), rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize(("length", "kernel_size", "stride"), [(3, 5, 2), (4, 3, 3), (2, 4, 2), (3, 2, 3)])
def test_transposed_convolution_is_the_adjoint_in_two_dimensions(length: int, kernel_size: int, stride: int) -> None:
    down = Conv2dSame(2, 3, kernel_size=kernel_size, stride=stride).double()
    up = ConvTranspose2dSame(3, 2, kernel_size=kernel_size, stride=stride).double()
    height, width = length, length + 2
    assert_adjoint(down, up, short=(2, 3, height, width), long=(2, 2, height * stride, width * stride))


def assert_adjoint(down: nn.Module, up: nn.Module, *, short: tuple[int, ...], long: tuple[int, ...]) -> None:
    up.load_state_dict({"weight": down.state_dict()["weight"], "bias": torch.zeros(long[1])})
    x, y = torch.randn(long, dtype=torch.float64), torch.randn(short, dtype=torch.float64)
    assert down(x).shape == short
    assert up(y).shape == long
    torch.testing.assert_close((down(x) * y).sum(), (x * up(y)).sum(), rtol=1e-12, atol=1e-12)


def test_a_transposed_convolution_adds_its_bias_everywhere_even_where_the_kernel_does_not_reach() -> None:
    layer = ConvTranspose1dSame(1, 1, kernel_size=2, stride=3)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[[1.0, 2.0]]]))
        layer.bias.fill_(10)
    assert layer(torch.tensor([[[1.0, 3.0]]])).tolist() == [[[11, 12, 10, 13, 16, 10]]]


def test_convolution_in_two_dimensions_pads_each_axis_for_itself() -> None:
    layer = Conv2dSame(1, 1, kernel_size=2, stride=2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
    image = torch.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    assert layer(image).tolist() == [[[[1 + 4 + 12 + 20, 3 + 18]]]]


LAYERS: list[tuple[Callable[[], nn.Module], tuple[int, ...]]] = [
    (lambda: Conv1dSame(2, 2, kernel_size=5, stride=2), (2, 2, 7)),
    (lambda: Conv1dSame(2, 2, kernel_size=3), (2, 2, 5)),
    (lambda: ConvTranspose1dSame(2, 2, kernel_size=5, stride=4), (2, 2, 3)),
    (lambda: Conv2dSame(1, 2, kernel_size=3, stride=2), (1, 1, 3, 4)),
    (lambda: ConvTranspose2dSame(2, 1, kernel_size=3, stride=2), (1, 2, 2, 3)),
]


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_first_and_second_derivatives_agree_with_differences(
    make: Callable[[], nn.Module], shape: tuple[int, ...]
) -> None:
    layer = make().double()
    inputs = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    parameters = [parameter.detach().requires_grad_() for parameter in layer.parameters()]

    def apply(inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        outputs: Tensor = torch.func.functional_call(layer, {"weight": weight, "bias": bias}, (inputs,))
        return outputs

    assert torch.autograd.gradcheck(apply, (inputs, *parameters))
    assert torch.autograd.gradgradcheck(apply, (inputs, *parameters))


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_non_contiguous_inputs_give_the_same_outputs_and_gradients(
    make: Callable[[], nn.Module], shape: tuple[int, ...]
) -> None:
    layer = make()
    contiguous = torch.randn(shape, requires_grad=True)
    strided = contiguous.detach().transpose(1, -1).contiguous().transpose(1, -1).requires_grad_()
    assert not strided.is_contiguous()
    outputs = [layer(inputs) for inputs in (contiguous, strided)]
    torch.testing.assert_close(*outputs)
    gradients = [
        torch.autograd.grad(output.square().sum(), inputs)[0]
        for output, inputs in zip(outputs, (contiguous, strided), strict=True)
    ]
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_kernels_start_glorot_uniform_and_biases_at_zero(make: Callable[[], nn.Module], shape: tuple[int, ...]) -> None:
    first, second, *window = make().state_dict()["weight"].shape
    limit = sqrt(6 / ((first + second) * prod(window)))
    weights = torch.cat([make().state_dict()["weight"].flatten() for _ in range(60)])
    assert weights.abs().max() <= limit
    assert weights.abs().max() > 0.95 * limit
    assert weights.std().item() == pytest.approx(limit / sqrt(3), rel=0.1)
    assert not make().state_dict()["bias"].any()
