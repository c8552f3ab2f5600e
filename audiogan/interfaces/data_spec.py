"""What networks are built for."""

from __future__ import annotations

from typing import final

from attrs import frozen


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
