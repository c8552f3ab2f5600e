"""The log-mel spectrogram that the WaveGAN paper's classifier hears through."""

from __future__ import annotations

from audiogan.audio import LogMelSpectrogram
from audiogan.errors import DataError

N_FFT, _HOP_LENGTH, N_MELS = 1024, 128, 128
_UPPER_HZ, _UPPER_SHARE = 7800.0, 0.4875


def upper_edge_hz(given: float | None, *, sample_rate: int) -> float:
    """The upper edge of the highest band: ``given``, else 7800 Hz, or 0.4875 of the sample rate where that is lower."""
    return min(_UPPER_HZ, _UPPER_SHARE * sample_rate) if given is None else given


def log_mel_front_end(*, sample_rate: int, lower_hz: float, upper_hz: float, n_fft: int = N_FFT) -> LogMelSpectrogram:
    """128 bands, between two edges, of an STFT of ``n_fft`` samples every 128.

    :raises DataError: the edges do not fit the sample rate.
    """
    try:
        return LogMelSpectrogram(
            sample_rate=sample_rate,
            n_fft=n_fft,
            hop_length=_HOP_LENGTH,
            n_mels=N_MELS,
            lower_hz=lower_hz,
            upper_hz=upper_hz,
        )
    except ValueError as error:
        raise DataError(f"the classifier's {error}; change mel_lower_hz or mel_upper_hz") from error
