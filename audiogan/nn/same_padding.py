"""Convolutions with TensorFlow's SAME padding, and their exact adjoints.

SAME makes ``ceil(length / stride)`` outputs and, where the zeros to add are odd in number, puts the odd one on the
right: kernel 25 with stride 4 pads (10, 11). The symmetric padding of torch's own layers would shift the output by a
sample a layer. Activations are channels first. Everything here can be differentiated twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from math import prod
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from audiogan.nn.initialisation import glorot_uniform_


def same_padding(length: int, kernel_size: int, stride: int) -> tuple[int, int]:
    """The zeros that SAME adds on the left and on the right of ``length`` samples.

    >>> same_padding(16384, kernel_size=25, stride=4)
    (10, 11)
    >>> same_padding(16384, kernel_size=25, stride=2)
    (11, 12)
    """
    outputs = -(-length // stride)
    total = max((outputs - 1) * stride + kernel_size - length, 0)
    return total // 2, total - total // 2


class _SameLayer(nn.Module, ABC):
    """A kernel, a bias, and how far apart outputs (or, in the adjoint, inputs) lie."""

    def __init__(self, weight_shape: Sequence[int], *, bias_size: int, stride: int) -> None:
        super().__init__()
        first, second, *window = weight_shape
        self.kernel_size = window[0]
        self.stride = stride
        self.weight = nn.Parameter(torch.empty(*weight_shape))
        self.bias = nn.Parameter(torch.zeros(bias_size))
        glorot_uniform_(self.weight, fan_in=first * prod(window), fan_out=second * prod(window))

    @abstractmethod
    def forward(self, inputs: Tensor) -> Tensor:
        """The layer's output for ``inputs``, channels first."""

    def extra_repr(self) -> str:
        return f"{tuple(self.weight.shape)}, stride={self.stride}"


@final
class Conv1dSame(_SameLayer):
    """``[N, in_channels, T]`` to ``[N, out_channels, ceil(T / stride)]``; ``weight`` is ``[out, in, kernel_size]``."""

    def __init__(self, in_channels: int, out_channels: int, *, kernel_size: int, stride: int = 1) -> None:
        super().__init__((out_channels, in_channels, kernel_size), bias_size=out_channels, stride=stride)

    def forward(self, inputs: Tensor) -> Tensor:
        """``[N, in_channels, T]`` to ``[N, out_channels, ceil(T / stride)]``."""
        left, right = same_padding(inputs.shape[-1], self.kernel_size, self.stride)
        if left == right:
            return F.conv1d(inputs, self.weight, self.bias, stride=self.stride, padding=left)
        return F.conv1d(F.pad(inputs, (left, right)), self.weight, self.bias, stride=self.stride)


@final
class Conv2dSame(_SameLayer):
    """``[N, in_channels, H, W]`` to ``[N, out_channels, ceil(H / stride), ceil(W / stride)]``, with a square kernel.

    ``weight`` is ``[out, in, kernel_size, kernel_size]``.
    """

    def __init__(self, in_channels: int, out_channels: int, *, kernel_size: int, stride: int = 1) -> None:
        super().__init__((out_channels, in_channels, kernel_size, kernel_size), bias_size=out_channels, stride=stride)

    def forward(self, inputs: Tensor) -> Tensor:
        """``[N, in_channels, H, W]`` to ``[N, out_channels, ceil(H / stride), ceil(W / stride)]``."""
        top, bottom = same_padding(inputs.shape[-2], self.kernel_size, self.stride)
        left, right = same_padding(inputs.shape[-1], self.kernel_size, self.stride)
        if top == bottom and left == right:
            return F.conv2d(inputs, self.weight, self.bias, stride=self.stride, padding=(top, left))
        return F.conv2d(F.pad(inputs, (left, right, top, bottom)), self.weight, self.bias, stride=self.stride)


@final
class ConvTranspose1dSame(_SameLayer):
    """``[N, in_channels, T]`` to ``[N, out_channels, T * stride]``; ``weight`` is ``[in, out, kernel_size]``.

    Apart from the bias it is the adjoint of :class:`Conv1dSame` with the same ``weight``, kernel and stride, which
    makes the same T of several lengths: of T * stride samples, or of up to ``stride - 1`` fewer.
    """

    def __init__(self, in_channels: int, out_channels: int, *, kernel_size: int, stride: int) -> None:
        super().__init__((in_channels, out_channels, kernel_size), bias_size=out_channels, stride=stride)

    def forward(self, inputs: Tensor, length: int | None = None) -> Tensor:
        """``[N, in_channels, T]`` to ``[N, out_channels, length]``.

        :param length: more than (T - 1) * stride, at most T * stride, which it is if None.
        """
        length = inputs.shape[-1] * self.stride if length is None else length
        left, _ = same_padding(length, self.kernel_size, self.stride)
        whole = F.conv_transpose1d(
            inputs, self.weight, self.bias, self.stride, left, _missing(self.kernel_size, self.stride)
        )
        return whole[..., :length]


@final
class ConvTranspose2dSame(_SameLayer):
    """``[N, in_channels, H, W]`` to ``[N, out_channels, H * stride, W * stride]``, with a square kernel.

    ``weight`` is ``[in, out, kernel_size, kernel_size]``. Apart from the bias it is the adjoint of :class:`Conv2dSame`
    with the same ``weight``, kernel and stride, which makes the same H and W of up to ``stride - 1`` rows and columns
    fewer as well.
    """

    def __init__(self, in_channels: int, out_channels: int, *, kernel_size: int, stride: int) -> None:
        super().__init__((in_channels, out_channels, kernel_size, kernel_size), bias_size=out_channels, stride=stride)

    def forward(self, inputs: Tensor, size: tuple[int, int] | None = None) -> Tensor:
        """``[N, in_channels, H, W]`` to ``[N, out_channels, *size]``.

        :param size: height and width, more than (H - 1) * stride and at most H * stride, which it is if None, and
            likewise of W.
        """
        height, width = (axis * self.stride for axis in inputs.shape[-2:]) if size is None else size
        top, _ = same_padding(height, self.kernel_size, self.stride)
        left, _ = same_padding(width, self.kernel_size, self.stride)
        whole = F.conv_transpose2d(
            inputs, self.weight, self.bias, self.stride, (top, left), _missing(self.kernel_size, self.stride)
        )
        return whole[..., :height, :width]


def _missing(kernel_size: int, stride: int) -> int:
    """Samples at the right end that a kernel shorter than the stride does not reach: they hold the bias alone."""
    return max(stride - kernel_size, 0)
