"""How far the artifact lines stand out from their neighbourhood."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from audiogan.evaluation.checkerboard.lines import ArtifactLines

_SAMPLES_AT_A_TIME = 1 << 18
# In every second bin. A tone fills one more on either side under the Hann window: neighbours are clear of the next line
_NEIGHBOUR = 1
# What 16 bits add to a full-scale signal by rounding lies 98 dB below it
_FLOOR = 1e-10
# Less than the last of 24 bits
_SILENT_POWER = 1e-16


def line_prominence(waveforms: Tensor, lines: ArtifactLines) -> NDArray[np.float64]:
    """Decibels by which the spectrum stands out at each level's lines: ``[N, levels]`` of waveforms ``[N, C, T]``.

    The level of a line in dB less the mean level in dB of the bins 2 away on either side, averaged over the lines of a
    level, over the frames that hold sound, and over channels. Samples weigh alike; where a window holds more than
    whole periods, what is less than a period from its start or its end has half the weight. The expectation is 0 for
    noise of any locally log-linear spectrum, and does not depend on gain. Rows of windows that hold nothing but a
    constant are NaN.

    :raises ValueError: waveforms of another shape, or shorter than a frame.
    """
    return _by_window(waveforms, lines, lambda frames: frames.unsqueeze(0))


def modulation_prominence(waveforms: Tensor, lines: ArtifactLines) -> NDArray[np.float64]:
    """The same of the products ``x(n) x(n)`` and ``x(n) x(n - 1)``, their powers added: ``[N, levels]``.

    Images of a sound, ``f + m * sample_rate / period`` for any ``f``, stand at no line of the spectrum, but the sound
    and its image beat at one: the lines of these products are the cyclic autocorrelation at the lags 0 and 1 (Gardner
    1991, "Exploitation of spectral redundancy in cyclostationary signals"). Lag 0 alone is blind to repeated samples.
    A frame of few samples holds too few products for their sums to be normal: the expectation for white noise is then
    above 0 in level 1, by 1.5 dB at a single stride of 2, 0.5 dB at one of 3, 0.2 dB or less at periods of 16 samples.

    :raises ValueError: waveforms of another shape, or shorter than a frame.
    """
    return _by_window(waveforms, lines, _lag_products)


def _lag_products(frames: Tensor) -> Tensor:
    # That the first sample meets the last is lost under the window
    products = torch.stack([frames.square(), frames * frames.roll(1, dims=-1)])
    return products - products.mean(dim=-1, keepdim=True)


def _by_window(waveforms: Tensor, lines: ArtifactLines, signals: Callable[[Tensor], Tensor]) -> NDArray[np.float64]:
    if waveforms.ndim != 3 or waveforms.shape[-1] < lines.frame_length:
        raise ValueError(f"waveforms of shape {tuple(waveforms.shape)} are not [N, C, {lines.frame_length} or more]")
    prominence = np.empty((len(waveforms), len(lines.bins)))
    count = max(1, _SAMPLES_AT_A_TIME // waveforms.shape[1:].numel())
    for first in range(0, len(waveforms), count):
        frames = _frames(waveforms[first : first + count].double(), lines)
        silent = frames.square().mean(dim=-1) <= _SILENT_POWER
        by_frame = _of_signals(signals(frames), lines).masked_fill(silent.unsqueeze(-1), math.nan)
        prominence[first : first + count] = by_frame.nanmean(dim=(1, 2)).numpy()
    return prominence


def _frames(waveforms: Tensor, lines: ArtifactLines) -> Tensor:
    """``[N, C, frames, frame_length]`` without offset, a frame from every period on, the end going on at the start.

    So every sample is in as many frames, and the pattern of the strides goes on across the seam. Where a window holds
    more than whole periods, those from its start and those up to its end are taken each by themselves.
    """
    length = waveforms.shape[-1]
    whole = length // lines.period * lines.period
    frames = []
    for start in sorted({0, length - whole}):
        periods = waveforms[..., start : start + whole]
        closed = torch.cat([periods, periods[..., : lines.frame_length - lines.period]], dim=-1)
        frames.append(closed.unfold(-1, lines.frame_length, lines.period))
    together = torch.cat(frames, dim=-2)
    return together - together.mean(dim=-1, keepdim=True)


def _of_signals(signals: Tensor, lines: ArtifactLines) -> Tensor:
    """``[..., levels]`` of signals ``[signals, ..., frame_length]`` without offset, whose powers are added."""
    window = torch.hann_window(lines.frame_length, dtype=torch.float64)
    # The halves added have every second bin of the whole, and neither lines nor their neighbours are on others
    first, second = (signals * window).chunk(2, dim=-1)
    halves = first + second
    spectra = torch.fft.rfft(halves)
    floor = _FLOOR * window.square().sum() * signals.square().mean(dim=-1, keepdim=True).sum(dim=0)
    decibels = _decibels(spectra.abs().square().sum(dim=0), floor)
    levels = []
    for bins in (torch.from_numpy(bins // 2) for bins in lines.bins):
        below, above = bins - _NEIGHBOUR, bins + _NEIGHBOUR
        # Half the rate is a real bin, which compares with no other, and what lies beyond mirrors what lies before
        above = torch.where(2 * above < halves.shape[-1], above, below)
        prominence = decibels[..., bins] - (decibels[..., below] + decibels[..., above]) / 2
        if 2 * bins[-1] == halves.shape[-1]:
            prominence[..., -1] = decibels[..., -1] - _beside_half_the_rate(spectra, floor)
        levels.append(prominence.mean(dim=-1))
    return torch.stack(levels, dim=-1)


def _beside_half_the_rate(spectra: Tensor, floor: Tensor) -> Tensor:
    """The mean level of real and imaginary part of the bin beside the last.

    The last bin is real, and the logarithm of a real Gaussian's square has a lower mean than that of a complex one.
    """
    beside = torch.view_as_real(spectra[..., -1 - _NEIGHBOUR])
    return _decibels(2 * beside.square().sum(dim=0), floor).mean(dim=-1)


def _decibels(power: Tensor, floor: Tensor) -> Tensor:
    return 10 * torch.log10(power + floor)
