"""The representation of networks that see the waveform itself."""

from __future__ import annotations

from typing import ClassVar, final

from attrs import frozen
from torch import Tensor

from audiogan import Dataset, DataSpec, Representation


@final
@frozen
class WaveformOptions:
    """There is nothing to choose."""


@final
class Waveform(Representation):
    """Samples are waveforms ``(channels, window_length)``, unchanged in both directions."""

    options_class: ClassVar[type[WaveformOptions]] = WaveformOptions

    def __init__(self, options: WaveformOptions, data: DataSpec) -> None:
        super().__init__()
        self.sample_shape = data.sample_shape

    def fit(self, dataset: Dataset) -> None:
        """Learns nothing."""

    def encode(self, waveform: Tensor) -> Tensor:
        """``waveform`` itself."""
        return waveform

    def decode(self, samples: Tensor) -> Tensor:
        """``samples``, cut to [-1, 1], which a post-filter may leave."""
        return samples.clamp(-1, 1)
