"""Log-mel spectrograms as ``tf.signal`` makes them, with triangular bands of unit height on the HTK mel scale."""

from __future__ import annotations

from typing import final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from audiogan.audio.stft import stft

_LOG_OFFSET = 1e-6


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
