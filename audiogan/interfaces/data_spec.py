"""What representations and networks are built for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, final

import torch
from attrs import frozen
from torch import Tensor

if TYPE_CHECKING:
    from audiogan.interfaces.dataset import Dataset


@final
@frozen
class DataSpec:
    """The data that a representation or a network is built for."""

    sample_shape: tuple[int, ...]
    """Shape of one sample as the networks see it: ``(channels, window_length)`` for waveforms."""
    sample_rate: int
    """Samples a second."""
    channels: int
    window_length: int
    """Samples in a window of waveform."""
    class_names: tuple[str, ...] = ()
    """What labels mean, label ``i`` being ``class_names[i]``; empty where nothing is labelled."""

    def labels(self, count: int) -> Tensor | None:
        """Labels ``[count]`` to generate with: every class in turn; ``None`` where there are no classes."""
        return torch.arange(count) % len(self.class_names) if self.class_names else None

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """The waveforms of ``dataset``, for which representations are built."""
        return cls(
            sample_shape=(dataset.channels, dataset.window_length),
            sample_rate=dataset.sample_rate,
            channels=dataset.channels,
            window_length=dataset.window_length,
            class_names=dataset.class_names,
        )
