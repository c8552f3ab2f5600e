"""The interface of representations: what the networks see of a waveform."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from torch import Tensor, nn

from audiogan.interfaces.dataset import Dataset


class Representation(nn.Module, ABC):
    """Waveforms ``[N, channels, window_length]`` to samples ``[N, *sample_shape]`` and back.

    A subclass is built as ``Subclass(options, data)``, where ``data.sample_shape`` is that of the waveform,
    ``(channels, window_length)``; the networks see :attr:`sample_shape` instead. What :meth:`fit` learns is kept in
    buffers, so that it is saved with a run and moves between devices.
    """

    options_class: ClassVar[type[Any]]
    sample_shape: tuple[int, ...]

    @abstractmethod
    def fit(self, dataset: Dataset) -> None:
        """Learns what the representation needs of the data, such as moments; called once, before training."""

    @abstractmethod
    def encode(self, waveform: Tensor) -> Tensor:
        """Samples ``[N, *sample_shape]`` of waveforms ``[N, channels, window_length]``."""

    @abstractmethod
    def decode(self, samples: Tensor) -> Tensor:
        """Waveforms ``[N, channels, window_length]`` in [-1, 1] of samples ``[N, *sample_shape]``."""
