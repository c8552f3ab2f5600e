from __future__ import annotations

import pytest
import torch

from audiogan.audio import griffin_lim, inverse_stft, stft


def magnitudes_of(waveform: torch.Tensor) -> torch.Tensor:
    return stft(waveform, n_fft=64, hop_length=16).abs()


def test_without_iterations_it_inverts_at_zero_phase() -> None:
    magnitudes = torch.rand(2, 5, 33, generator=torch.Generator().manual_seed(0))
    found = griffin_lim(magnitudes, n_fft=64, hop_length=16, iterations=0)
    expected = inverse_stft(magnitudes.to(torch.complex64), n_fft=64, hop_length=16)
    torch.testing.assert_close(found, expected)


def test_one_iteration_takes_the_phase_of_the_estimate() -> None:
    magnitudes = torch.rand(7, 33, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    estimate = stft(inverse_stft(magnitudes.to(torch.complex128), n_fft=64, hop_length=16), n_fft=64, hop_length=16)
    expected = inverse_stft(torch.polar(magnitudes, estimate.angle()), n_fft=64, hop_length=16)
    torch.testing.assert_close(griffin_lim(magnitudes, n_fft=64, hop_length=16, iterations=1), expected)


def test_iterations_bring_the_spectrogram_nearer() -> None:
    time = torch.arange(2048, dtype=torch.float64)
    magnitudes = magnitudes_of(torch.sin(0.2 * time) + 0.5 * torch.sin(0.05 * time))

    def spectral_distance(iterations: int) -> float:
        found = magnitudes_of(griffin_lim(magnitudes, n_fft=64, hop_length=16, iterations=iterations) / 1.5)
        return float((found - magnitudes)[4:-4].norm() / magnitudes[4:-4].norm())

    distances = [spectral_distance(iterations) for iterations in (0, 4, 16)]
    assert distances[0] > 2 * distances[1] > 2 * distances[2]
    assert distances[2] < 0.4


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_silence_stays_silent_and_no_gradient_passes(dtype: torch.dtype) -> None:
    magnitudes = torch.zeros(2, 3, 4, 33, dtype=dtype, requires_grad=True)
    found = griffin_lim(magnitudes, n_fft=64, hop_length=16, iterations=16)
    assert found.dtype == dtype
    assert not found.requires_grad
    torch.testing.assert_close(found, torch.zeros(2, 3, 112, dtype=dtype))


def test_non_contiguous_input() -> None:
    magnitudes = torch.rand(33, 6, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).permute(2, 1, 0)
    found = griffin_lim(magnitudes, n_fft=64, hop_length=16, iterations=3)
    torch.testing.assert_close(found, griffin_lim(magnitudes.contiguous(), n_fft=64, hop_length=16, iterations=3))
