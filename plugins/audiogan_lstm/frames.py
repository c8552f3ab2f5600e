"""Waveforms cut into the short frames that a recurrent network steps through."""

from __future__ import annotations

from typing import final

from attrs import frozen
from torch import Tensor
from torch.nn import functional as F

from audiogan import LayerRow, OptionError


@final
@frozen
class Framing:
    """Waveforms of ``length`` samples in frames of ``frame_size`` samples, the last one completed by zeros."""

    length: int
    frame_size: int
    channels: int

    @property
    def steps(self) -> int:
        """Frames in a waveform."""
        return -(-self.length // self.frame_size)

    @property
    def width(self) -> int:
        """Values in a frame."""
        return self.frame_size * self.channels

    def split(self, waveform: Tensor) -> Tensor:
        """Frames ``[steps, N, frame_size * C]``, time first, of waveforms ``[N, C, length]``.

        Within a frame channels alternate from sample to sample.
        """
        missing = self.steps * self.frame_size - self.length
        padded = F.pad(waveform, (0, missing)) if missing else waveform
        frames = padded.reshape(-1, self.channels, self.steps, self.frame_size)
        return frames.permute(2, 0, 3, 1).reshape(self.steps, -1, self.width)

    def layer_rows(self) -> tuple[LayerRow, LayerRow]:
        """The input and the reshape."""
        missing = self.steps * self.frame_size - self.length
        operation = f"{missing} zeros at the end, reshape" if missing else "reshape"
        return (
            LayerRow("input x or G(z)", (), (self.length, self.channels)),
            LayerRow(operation, (), (self.steps, self.width)),
        )


def plan_frames(length: int, frame_size: int, *, channels: int) -> Framing:
    """How waveforms ``[N, channels, length]`` are cut into frames of ``frame_size`` samples.

    :raises OptionError: not one frame is filled; the text names the largest frame size that is.
    """
    if frame_size > length:
        raise OptionError("frame_size", f"is longer than the window of {length} samples; use at most {length}")
    return Framing(length, frame_size, channels)
