"""A learned linear filter behind the generator."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from audiogan.nn import glorot_uniform_, same_padding


@final
class PostFilter(nn.Module):
    """Filters waveforms ``[N, C, T]`` with a learned impulse response; the output may leave [-1, 1].

    Each channel has a response of its own. With ``fold_channels`` the filtered channels are summed into one, which all
    channels of the output carry: the original sums, and so makes mono of stereo.

    Source: Donahue et al. 2019, "Adversarial audio synthesis", appendix, with 512 coefficients.
    """

    def __init__(self, channels: int, *, length: int, fold_channels: bool) -> None:
        super().__init__()
        self.fold_channels = fold_channels
        self.weight = nn.Parameter(torch.empty(channels, 1, length))
        filtered_together = channels if fold_channels else 1
        glorot_uniform_(self.weight, fan_in=filtered_together * length, fan_out=length)

    def forward(self, waveform: Tensor) -> Tensor:
        """``[N, C, T]`` to ``[N, C, T]``."""
        channels, _, length = self.weight.shape
        padded = F.pad(waveform, same_padding(waveform.shape[-1], length, stride=1))
        filtered = F.conv1d(padded, self.weight, groups=channels)
        return filtered.sum(1, keepdim=True).expand_as(waveform) if self.fold_channels else filtered
