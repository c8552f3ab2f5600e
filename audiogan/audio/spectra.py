"""Spectra as ``tf.signal`` makes them, on any device and differentiable: Fourier transforms, mel bands, and back.

The short-time Fourier transform differs from ``torch.stft``: the first frame starts at the first sample, nothing is
reflected, and the inverse does not divide by the sum of the windows. Mel bands are triangular and of unit height on the
HTK mel scale.
"""

from __future__ import annotations

from typing import final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

_LOG_OFFSET = 1e-6
_SMALLEST_MAGNITUDE = 1e-8


def stft(waveform: Tensor, *, n_fft: int, hop_length: int, pad_end: bool = False) -> Tensor:
    """Complex spectra ``[..., frames, n_fft // 2 + 1]`` of real waveforms ``[..., length]``.

    Frame ``i`` starts at sample ``i * hop_length`` and is weighted by a periodic Hann window of ``n_fft`` samples. With
    ``pad_end`` there are ``ceil(length / hop_length)`` frames, the last of them completed by zeros; without, only
    frames that fit. Equal to ``tf.signal.stft(waveform, n_fft, hop_length, pad_end=pad_end)`` where ``n_fft`` is a
    power of two; other sizes are transformed at their own length rather than at the next power of two.

    :raises ValueError: the waveform is too short for a single frame.
    """
    length = waveform.shape[-1]
    if length < (1 if pad_end else n_fft):
        raise ValueError(f"a waveform of {length} samples holds no frame of n_fft = {n_fft} samples")
    if pad_end:
        frames = -(-length // hop_length)
        waveform = F.pad(waveform, (0, max(0, (frames - 1) * hop_length + n_fft - length)))
    framed = waveform.unfold(-1, n_fft, hop_length)
    spectra: Tensor = torch.fft.rfft(framed * _window_like(waveform, n_fft))
    return spectra


def inverse_stft(spectra: Tensor, *, n_fft: int, hop_length: int) -> Tensor:
    """Real waveforms ``[..., (frames - 1) * hop_length + n_fft]`` of spectra ``[..., frames, n_fft // 2 + 1]``.

    Each frame is transformed back, weighted by the same Hann window once more, and the frames are added where they
    overlap: ``tf.signal.inverse_stft`` with its default window. The sum of the squared windows is left in, so that
    ``inverse_stft(stft(x))`` is ``x`` times that sum, which for ``hop_length = n_fft / 4`` is 1.5 away from the ends.
    """
    framed = torch.fft.irfft(spectra, n=n_fft)
    framed = framed * _window_like(framed, n_fft)
    *leading, frames, _ = framed.shape
    length = (frames - 1) * hop_length + n_fft
    columns = framed.reshape(-1, frames, n_fft).transpose(1, 2)
    added = F.fold(columns, output_size=(1, length), kernel_size=(1, n_fft), stride=(1, hop_length))
    return added.reshape(*leading, length)


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


def hertz_to_mel(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """HTK's mel scale, ``1127 ln(1 + f / 700)``.

    >>> round(float(hertz_to_mel(np.array(1000.0))), 2)
    999.99
    """
    return 1127.0 * np.log1p(frequency_hz / 700.0)


def mel_weights(*, n_mels: int, n_fft: int, sample_rate: int, lower_hz: float, upper_hz: float) -> NDArray[np.float32]:
    """Weights ``[n_fft // 2 + 1, n_mels]`` that gather the bins of a magnitude spectrum into mel bands.

    The ``n_mels + 2`` band edges are evenly spaced in mel from ``lower_hz`` to ``upper_hz``; band ``m`` rises from
    edge ``m`` to 1 at edge ``m + 1`` and falls to edge ``m + 2``, linearly in mel; the bin at 0 Hz belongs to none.
    Equal to ``tf.signal.linear_to_mel_weight_matrix``. A band narrower than the distance of two bins may hold no bin.

    :raises ValueError: the limits are not ``0 <= lower_hz < upper_hz <= sample_rate / 2``.
    """
    nyquist_hz = sample_rate / 2
    if not 0 <= lower_hz < upper_hz <= nyquist_hz:
        raise ValueError(
            f"mel bands from {lower_hz:g} to {upper_hz:g} Hz do not fit between 0 and {nyquist_hz:g} Hz, "
            f"half the sample rate"
        )
    bins = hertz_to_mel(np.linspace(0.0, nyquist_hz, n_fft // 2 + 1))[:, None]
    limits = hertz_to_mel(np.array([lower_hz, upper_hz]))
    edges = np.linspace(limits[0], limits[1], n_mels + 2)
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    weights: NDArray[np.float64] = np.maximum(
        0.0, np.minimum((bins - lower) / (centre - lower), (upper - bins) / (upper - centre))
    )
    weights[0] = 0.0
    return np.asarray(weights, dtype=np.float32)


@final
class LogMelSpectrogram(nn.Module):
    """Waveforms ``[..., length]`` to ``log(mel + 1e-6)``, ``[..., ceil(length / hop_length), n_mels]``.

    The mel bands gather magnitudes, not powers, and the last frames are completed by zeros. Its weights are constant
    and no part of the state that is saved.

    :raises ValueError: the mel limits do not fit the sample rate.
    """

    mel_weights: Tensor

    def __init__(
        self, *, sample_rate: int, n_fft: int, hop_length: int, n_mels: int, lower_hz: float, upper_hz: float
    ) -> None:
        super().__init__()
        self.n_fft, self.hop_length, self.n_mels = n_fft, hop_length, n_mels
        weights = mel_weights(n_mels=n_mels, n_fft=n_fft, sample_rate=sample_rate, lower_hz=lower_hz, upper_hz=upper_hz)
        self.register_buffer("mel_weights", torch.from_numpy(weights), persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Log-mel spectrograms ``[..., frames, n_mels]``."""
        magnitudes = stft(waveform, n_fft=self.n_fft, hop_length=self.hop_length, pad_end=True).abs()
        return torch.log(magnitudes @ self.mel_weights + _LOG_OFFSET)

    def frames(self, length: int) -> int:
        """Frames of a waveform of ``length`` samples."""
        return -(-length // self.hop_length)


def _window_like(waveform: Tensor, n_fft: int) -> Tensor:
    return torch.hann_window(n_fft, periodic=True, dtype=waveform.dtype, device=waveform.device)
