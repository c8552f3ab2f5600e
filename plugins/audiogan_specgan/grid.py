"""The small grid from which a spectrogram is doubled up, and to which it is halved down."""

from __future__ import annotations

from collections.abc import Sequence

from audiogan import SpecError

LAYERS = 5
"""Convolutions of stride 2 in either network, whatever the size of the spectrogram."""

_SCALE = 2**LAYERS
_DEFAULT_HOP_LENGTH = 128


def smallest_grid(sample_shape: Sequence[int]) -> tuple[int, int]:
    """Frames and bins of the smallest feature map for spectrograms ``(channels, frames, bins)``.

    >>> smallest_grid((1, 128, 128))
    (4, 4)

    :raises SpecError: the samples are no spectrograms, or cannot be halved five times; the text names window lengths
        that work.
    """
    if len(sample_shape) != 3:
        raise SpecError(
            "the specgan networks take spectrograms [channels, frames, bins], not samples of shape "
            f'{list(sample_shape)}; set representation = {{ type = "spectrogram" }}'
        )
    _, frames, bins = sample_shape
    if frames % _SCALE:
        fitting = " or ".join(f"{near * _DEFAULT_HOP_LENGTH} ({near} frames)" for near in _nearest_multiples(frames))
        raise SpecError(
            f"window_length gives a spectrogram of {frames} frames, which the specgan networks cannot halve {LAYERS} "
            f"times: the nearest window_length that works is {fitting} at a hop_length of {_DEFAULT_HOP_LENGTH}, in "
            f"general a multiple of {_SCALE} times hop_length"
        )
    if bins % _SCALE:
        fitting = " or ".join(str(2 * near) for near in _nearest_multiples(bins))
        raise SpecError(
            f"n_fft gives a spectrogram of {bins} bins, which the specgan networks cannot halve {LAYERS} times: the "
            f"nearest n_fft that works is {fitting}"
        )
    return frames // _SCALE, bins // _SCALE


def _nearest_multiples(size: int) -> tuple[int, ...]:
    below = size // _SCALE * _SCALE
    return (below, below + _SCALE) if below else (_SCALE,)
