"""How far the artifact lines stand out from their neighbourhood."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from audiogan.evaluation.checkerboard.lines import ArtifactLines

_BATCH_SIZE = 64
# A tone on a bin fills three more on either side under the Blackman-Harris window, and none beyond
_NEAREST_NEIGHBOUR, _FURTHEST_NEIGHBOUR = 4, 8
_BLACKMAN_HARRIS = (0.35875, -0.48829, 0.14128, -0.01168)
# What 16 bits add to a full-scale signal by rounding lies 98 dB below it
_FLOOR = 1e-10
# Less than the last of 24 bits
_SILENT_POWER = 1e-16


def line_prominence(waveforms: Tensor, lines: ArtifactLines) -> NDArray[np.float64]:
    """Decibels by which the spectrum stands out at each level's lines: ``[N, levels]`` of waveforms ``[N, C, T]``.

    The level of a line in dB less the mean level in dB of the bins 4 to 8 away on either side, averaged over the lines
    of a level, over frames that overlap by half or more, and over channels. The expectation is 0 for noise of any
    locally log-linear spectrum, and does not depend on gain. Rows of windows that hold nothing but a constant are NaN.

    :raises ValueError: waveforms of another shape, or shorter than a frame.
    """
    return _by_window(waveforms, lines, lambda frames: frames)


def modulation_prominence(waveforms: Tensor, lines: ArtifactLines) -> NDArray[np.float64]:
    """The same of the squared waveform, hence of its power modulated at the lines' frequencies: ``[N, levels]``.

    Images of a sound, ``f + m * sample_rate / period`` for any ``f``, stand at no line of the spectrum, but the sound
    and its image beat at one: the line of the squared waveform is the cyclic autocorrelation at lag 0 (Gardner 1991,
    "Exploitation of spectral redundancy in cyclostationary signals").

    :raises ValueError: waveforms of another shape, or shorter than a frame.
    """
    return _by_window(waveforms, lines, torch.square)


def _by_window(waveforms: Tensor, lines: ArtifactLines, transform: Callable[[Tensor], Tensor]) -> NDArray[np.float64]:
    if waveforms.ndim != 3 or waveforms.shape[-1] < lines.frame_length:
        raise ValueError(f"waveforms of shape {tuple(waveforms.shape)} are not [N, C, {lines.frame_length} or more]")
    prominence = np.empty((len(waveforms), len(lines.bins)))
    starts = _frame_starts(waveforms.shape[-1], lines.frame_length)
    for first in range(0, len(waveforms), _BATCH_SIZE):
        batch = waveforms[first : first + _BATCH_SIZE].double()
        frames = torch.stack([batch[..., start : start + lines.frame_length] for start in starts], dim=-2)
        frames = transform(frames - frames.mean(dim=-1, keepdim=True))
        prominence[first : first + _BATCH_SIZE] = _of_frames(frames, lines).nanmean(dim=(1, 2)).numpy()
    return prominence


def _frame_starts(window_length: int, frame_length: int) -> list[int]:
    steps = -(-(window_length - frame_length) // (frame_length // 2))
    return [round(start) for start in np.linspace(0, window_length - frame_length, steps + 1)]


def _of_frames(frames: Tensor, lines: ArtifactLines) -> Tensor:
    """``[N, C, frames, levels]`` of frames ``[N, C, frames, frame_length]``; NaN where a frame is constant."""
    frames = frames - frames.mean(dim=-1, keepdim=True)
    window = _blackman_harris(lines.frame_length)
    power = torch.fft.rfft(frames * window).abs().square()
    if lines.frame_length % 2 == 0:
        # This bin has a real value, and its logarithm of noise a mean that is lower by 10 log10(2)
        power[..., -1] *= 2
    mean_square = frames.square().mean(dim=-1, keepdim=True)
    mean_power = mean_square * window.square().sum()
    decibels = 10 * torch.log10(power + _FLOOR * mean_power)
    offsets = torch.arange(_NEAREST_NEIGHBOUR, _FURTHEST_NEIGHBOUR + 1)
    offsets = torch.cat([-offsets, offsets])
    levels = []
    for bins in lines.bins:
        line = torch.from_numpy(bins)
        neighbours = line[:, None] + offsets
        neighbours = torch.minimum(neighbours, lines.frame_length - neighbours)
        prominence = decibels[..., line] - decibels[..., neighbours].mean(dim=-1)
        levels.append(prominence.mean(dim=-1))
    prominences = torch.stack(levels, dim=-1)
    return prominences.masked_fill(mean_square <= _SILENT_POWER, math.nan)


def _blackman_harris(length: int) -> Tensor:
    phase = torch.arange(length, dtype=torch.float64) * (2 * math.pi / length)
    terms = [weight * torch.cos(order * phase) for order, weight in enumerate(_BLACKMAN_HARRIS)]
    return torch.stack(terms).sum(dim=0)
