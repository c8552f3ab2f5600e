from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from audiogan.audio import LogMelSpectrogram, mel_weights


def _brute_force_weight(frequency_hz: float, band: int, *, n_mels: int, lower_hz: float, upper_hz: float) -> float:
    def mel(hertz: float) -> float:
        return 1127.0 * math.log(1.0 + hertz / 700.0)

    step = (mel(upper_hz) - mel(lower_hz)) / (n_mels + 1)
    centre = mel(lower_hz) + (band + 1) * step
    return max(0.0, 1.0 - abs(mel(frequency_hz) - centre) / step) if frequency_hz > 0 else 0.0


@pytest.mark.parametrize(
    ("n_mels", "n_fft", "sample_rate", "lower_hz", "upper_hz"),
    [(128, 1024, 16000, 40.0, 7800.0), (20, 256, 8000, 125.0, 3800.0), (7, 510, 44100, 0.0, 22050.0)],
)
def test_weights_equal_a_brute_force_triangle(
    n_mels: int, n_fft: int, sample_rate: int, lower_hz: float, upper_hz: float
) -> None:
    weights = mel_weights(n_mels=n_mels, n_fft=n_fft, sample_rate=sample_rate, lower_hz=lower_hz, upper_hz=upper_hz)
    expected = [
        [
            _brute_force_weight(k * sample_rate / n_fft, m, n_mels=n_mels, lower_hz=lower_hz, upper_hz=upper_hz)
            for m in range(n_mels)
        ]
        for k in range(n_fft // 2 + 1)
    ]
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, expected, atol=1e-6)


def test_bins_between_the_outer_centres_are_shared_out_completely() -> None:
    weights = mel_weights(n_mels=128, n_fft=1024, sample_rate=16000, lower_hz=40, upper_hz=7800)
    np.testing.assert_allclose(weights[4:490].sum(axis=1), 1.0, atol=1e-5)
    assert weights[[0, 1, 2, 500, 512]].sum() == 0


def test_log_mel_of_a_bin_centred_sine() -> None:
    log_mel = LogMelSpectrogram(sample_rate=16000, n_fft=1024, hop_length=128, n_mels=128, lower_hz=40, upper_hz=7800)
    time_s = torch.arange(4096, dtype=torch.float64) / 16000
    # bin 64 is 1000 Hz; a Hann window spreads a sine of amplitude a over three bins: a n_fft / 4, and half beside
    spectrogram = log_mel(0.5 * torch.sin(2 * math.pi * 1000 * time_s).float()[None])
    weights = log_mel.mel_weights
    expected = torch.log(128 * (weights[64] + 0.5 * weights[63] + 0.5 * weights[65]) + 1e-6)
    assert spectrogram.shape == (1, 32, 128)
    loud = expected > 0
    assert int(loud.sum()) >= 3
    torch.testing.assert_close(spectrogram[0, 0][loud], expected[loud], atol=1e-4, rtol=0)


def test_silence_is_the_logarithm_of_the_offset_and_frames_round_up() -> None:
    log_mel = LogMelSpectrogram(sample_rate=16000, n_fft=1024, hop_length=128, n_mels=128, lower_hz=40, upper_hz=7800)
    spectrogram = log_mel(torch.zeros(2, 3, 1000))
    assert spectrogram.shape == (2, 3, log_mel.frames(1000), 128)
    assert log_mel.frames(1000) == 8
    torch.testing.assert_close(spectrogram, torch.full_like(spectrogram, math.log(1e-6)))


def test_weights_are_not_saved() -> None:
    log_mel = LogMelSpectrogram(sample_rate=16000, n_fft=256, hop_length=64, n_mels=10, lower_hz=40, upper_hz=7800)
    assert log_mel.state_dict() == {}


@pytest.mark.parametrize(("lower_hz", "upper_hz"), [(40.0, 4000.1), (200.0, 200.0), (-1.0, 100.0)])
def test_limits_beyond_half_the_sample_rate_are_refused(lower_hz: float, upper_hz: float) -> None:
    with pytest.raises(ValueError, match=r"do not fit between 0 and 4000 Hz"):
        mel_weights(n_mels=8, n_fft=256, sample_rate=8000, lower_hz=lower_hz, upper_hz=upper_hz)
