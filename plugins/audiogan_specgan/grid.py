"""The sizes through which a spectrogram is doubled up from a small grid, and halved down to it."""

from __future__ import annotations

from collections.abc import Sequence

from audiogan import SpecError
from audiogan.nn import shrinking_lengths

LAYERS = 5
"""Convolutions of stride 2 in either network, whatever the size of the spectrogram."""


def shrinking_sizes(sample_shape: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Frames and bins of every feature map for spectrograms ``(channels, frames, bins)``, the largest first.

    Odd numbers of frames or bins are halved upwards, as TensorFlow's SAME padding does, so that no frame is left out.

    >>> shrinking_sizes((1, 128, 128))
    ((128, 128), (64, 64), (32, 32), (16, 16), (8, 8), (4, 4))
    >>> shrinking_sizes((2, 79, 128))
    ((79, 128), (40, 64), (20, 32), (10, 16), (5, 8), (3, 4))

    :raises SpecError: the samples are no spectrograms.
    """
    if len(sample_shape) != 3:
        raise SpecError(
            "the specgan networks take spectrograms [channels, frames, bins], not samples of shape "
            f'{list(sample_shape)}; set representation = {{ type = "spectrogram" }}'
        )
    frames, bins = (shrinking_lengths(size, (2,) * LAYERS) for size in sample_shape[1:])
    return tuple(zip(frames, bins, strict=True))
