"""Phase shuffle: small random shifts that keep a discriminator from reading the phase of upsampling artifacts."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn


@final
class PhaseShuffle(nn.Module):
    """In training, shifts ``[N, C, T]`` by a whole number of samples drawn uniformly from ``-radius`` to ``radius``.

    One shift a call is shared by the batch, as in the original; with ``per_sample`` every sample draws its own. The
    shifts come from torch's global CPU random state. In evaluation nothing is shifted.

    Source: Donahue et al. 2019, "Adversarial audio synthesis", section 3.3.
    """

    def __init__(self, radius: int, *, per_sample: bool = False) -> None:
        super().__init__()
        self.radius = radius
        self.per_sample = per_sample

    def forward(self, inputs: Tensor) -> Tensor:
        """``[N, C, T]``, shifted; ``T`` must be greater than the radius."""
        if not self.training or self.radius == 0:
            return inputs
        if self.per_sample:
            return shift_each(inputs, torch.randint(-self.radius, self.radius + 1, inputs.shape[:1]))
        return shift(inputs, int(torch.randint(-self.radius, self.radius + 1, ())))

    def extra_repr(self) -> str:
        """What ``repr`` shows inside the parentheses."""
        return f"{self.radius}, per_sample={self.per_sample}"


def shift(inputs: Tensor, samples: int) -> Tensor:
    """``[..., T]`` delayed by ``samples``, advanced where negative; what is uncovered at the edge is a reflection.

    >>> shift(torch.arange(5), 2), shift(torch.arange(5), -1)
    (tensor([2, 1, 0, 1, 2]), tensor([1, 2, 3, 4, 3]))
    """
    length = inputs.shape[-1]
    if samples > 0:
        return torch.cat([inputs[..., 1 : samples + 1].flip(-1), inputs[..., : length - samples]], dim=-1)
    if samples < 0:
        return torch.cat([inputs[..., -samples:], inputs[..., samples - 1 : -1].flip(-1)], dim=-1)
    return inputs


def shift_each(inputs: Tensor, samples: Tensor) -> Tensor:
    """:func:`shift` of ``[N, C, T]`` by the integers ``[N]``, one for each sample of the batch."""
    last = inputs.shape[-1] - 1
    source = torch.arange(last + 1) - samples[:, None]
    reflected = last - (last - source.abs()).abs()
    return inputs.gather(-1, reflected[:, None].expand(inputs.shape).to(inputs.device))
