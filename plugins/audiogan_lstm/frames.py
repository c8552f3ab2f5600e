"""Waveforms cut into the short frames that a recurrent network steps through."""

from __future__ import annotations

from torch import Tensor

from audiogan import SpecError


def check_frame_size(frame_size: int, length: int, *, network: str) -> None:
    """Makes sure that frames of ``frame_size`` samples fill a window of ``length`` samples.

    :raises SpecError: they do not; the text names ``network`` and the nearest frame sizes that do.
    """
    if length % frame_size == 0:
        return
    divisors = [size for size in range(1, length + 1) if length % size == 0]
    nearest = [max(size for size in divisors if size < frame_size), *(size for size in divisors if size > frame_size)][
        :2
    ]
    raise SpecError(
        f"{network}: frame_size = {frame_size} does not divide the window of {length} samples; "
        f"use {' or '.join(map(str, nearest))}"
    )


def split_frames(waveform: Tensor, frame_size: int) -> Tensor:
    """Frames ``[T / frame_size, N, frame_size * C]``, time first, of waveforms ``[N, C, T]``.

    Within a frame channels alternate from sample to sample.
    """
    batch, channels, length = waveform.shape
    frames = waveform.reshape(batch, channels, length // frame_size, frame_size)
    return frames.permute(2, 0, 3, 1).reshape(length // frame_size, batch, frame_size * channels)
