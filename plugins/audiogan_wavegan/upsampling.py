"""Layers that lengthen a feature map."""

from __future__ import annotations

from typing import final

from torch import Tensor, nn
from torch.nn import functional as F

from audiogan.nn import Conv1dSame


@final
class NearestUpsampling(nn.Module):
    """Repeats every sample ``stride`` times, the last one less often where that is too long, then convolves.

    Source: Odena, Dumoulin and Olah 2016, "Deconvolution and checkerboard artifacts".
    """

    def __init__(self, in_channels: int, out_channels: int, *, kernel_size: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.convolution = Conv1dSame(in_channels, out_channels, kernel_size=kernel_size)

    def forward(self, inputs: Tensor, length: int) -> Tensor:
        """``[N, in_channels, T]`` to ``[N, out_channels, length]``, at most T * stride."""
        repeated: Tensor = F.interpolate(inputs, scale_factor=self.stride, mode="nearest")
        outputs: Tensor = self.convolution(repeated[..., :length])
        return outputs
