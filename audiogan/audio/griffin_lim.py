"""Waveforms of magnitude spectra: phases are found by going back and forth."""

from __future__ import annotations

import torch
from torch import Tensor

from audiogan.audio.stft import inverse_stft, stft

_SMALLEST_MAGNITUDE = 1e-8


@torch.no_grad()
def griffin_lim(magnitudes: Tensor, *, n_fft: int, hop_length: int, iterations: int) -> Tensor:
    """Waveforms ``[..., (frames - 1) * hop_length + n_fft]`` of magnitudes ``[..., frames, n_fft // 2 + 1]``.

    The algorithm of Griffin and Lim (1984), "Signal estimation from modified short-time Fourier transform", section
    III, as SpecGAN runs it: every phase starts at zero, and the inverse transform is :func:`inverse_stft`, whose
    windows are not divided out. The result is therefore deterministic, and its loudness follows the sum of the squared
    windows. No gradient passes.
    """
    spectra = torch.complex(magnitudes, torch.zeros_like(magnitudes))
    for _ in range(iterations):
        waveform = inverse_stft(spectra, n_fft=n_fft, hop_length=hop_length)
        estimate = stft(waveform, n_fft=n_fft, hop_length=hop_length)
        spectra = estimate * (magnitudes / estimate.abs().clamp_min(_SMALLEST_MAGNITUDE))
    return inverse_stft(spectra, n_fft=n_fft, hop_length=hop_length)
