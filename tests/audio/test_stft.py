from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from audiogan.audio import inverse_stft, stft


def reference_stft(x: NDArray[np.float64], n_fft: int, hop_length: int, pad_end: bool) -> NDArray[np.complex128]:
    frames = -(-len(x) // hop_length) if pad_end else (len(x) - n_fft) // hop_length + 1
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    padded = np.concatenate([x, np.zeros(n_fft + hop_length)])
    starts = [i * hop_length for i in range(frames)]
    return np.stack([np.fft.rfft(window * padded[start : start + n_fft]) for start in starts])


def squared_window_sum(n_fft: int, hop_length: int, frames: int) -> torch.Tensor:
    window = torch.hann_window(n_fft, dtype=torch.float64)
    total = torch.zeros((frames - 1) * hop_length + n_fft, dtype=torch.float64)
    for i in range(frames):
        total[i * hop_length : i * hop_length + n_fft] += window**2
    return total


SIZES = [(256, 128, 1000), (256, 128, 1024), (1024, 128, 2047), (31, 7, 100), (8, 8, 8), (16, 20, 75)]


@pytest.mark.parametrize("pad_end", [False, True])
@pytest.mark.parametrize(("n_fft", "hop_length", "length"), SIZES)
def test_matches_a_direct_transform_at_odd_sizes(n_fft: int, hop_length: int, length: int, pad_end: bool) -> None:
    x = np.random.default_rng(0).standard_normal(length)
    expected = reference_stft(x, n_fft, hop_length, pad_end)
    found = stft(torch.from_numpy(x), n_fft=n_fft, hop_length=hop_length, pad_end=pad_end)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-11)
    single = stft(torch.from_numpy(x).float(), n_fft=n_fft, hop_length=hop_length, pad_end=pad_end)
    assert single.dtype == torch.complex64
    np.testing.assert_allclose(single.numpy(), expected, atol=2e-4)


def test_padding_completes_a_waveform_shorter_than_a_frame() -> None:
    x = np.random.default_rng(1).standard_normal(5)
    found = stft(torch.from_numpy(x), n_fft=16, hop_length=16, pad_end=True)
    np.testing.assert_allclose(found.numpy(), reference_stft(x, 16, 16, True), atol=1e-12)


def test_leading_axes_and_non_contiguous_input() -> None:
    x = torch.randn(50, 3, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).permute(1, 2, 0)
    assert not x.is_contiguous()
    found = stft(x, n_fft=16, hop_length=5)
    for i in range(3):
        for j in range(2):
            torch.testing.assert_close(found[i, j], stft(x[i, j].contiguous(), n_fft=16, hop_length=5))
    back = inverse_stft(found, n_fft=16, hop_length=5)
    torch.testing.assert_close(back[2, 1], inverse_stft(found[2, 1], n_fft=16, hop_length=5))
    flipped = found.transpose(0, 1)
    torch.testing.assert_close(inverse_stft(flipped, n_fft=16, hop_length=5), back.transpose(0, 1))


def test_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="15 samples holds no frame of n_fft = 16"):
        stft(torch.zeros(15), n_fft=16, hop_length=4)
    with pytest.raises(ValueError, match="0 samples"):
        stft(torch.zeros(0), n_fft=16, hop_length=4, pad_end=True)


@pytest.mark.parametrize(("n_fft", "hop_length", "frames"), [(256, 128, 5), (64, 16, 9), (31, 7, 4), (16, 20, 3)])
def test_inverse_returns_the_waveform_times_the_squared_windows(n_fft: int, hop_length: int, frames: int) -> None:
    length = (frames - 1) * hop_length + n_fft
    x = torch.randn(2, length, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    back = inverse_stft(stft(x, n_fft=n_fft, hop_length=hop_length), n_fft=n_fft, hop_length=hop_length)
    torch.testing.assert_close(back, x * squared_window_sum(n_fft, hop_length, frames))


def test_inverse_at_a_quarter_hop_is_one_and_a_half_times_the_identity() -> None:
    x = torch.randn(256, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    back = inverse_stft(stft(x, n_fft=64, hop_length=16), n_fft=64, hop_length=16)
    torch.testing.assert_close(back[48:-48], 1.5 * x[48:-48])


@pytest.mark.parametrize("n_fft", [16, 15])
def test_backward_is_the_adjoint_and_the_inverse_up_to_bin_weights(n_fft: int) -> None:
    generator = torch.Generator().manual_seed(0)
    hop_length, frames = 5, 4
    x = torch.randn(n_fft + hop_length * (frames - 1), dtype=torch.float64, generator=generator, requires_grad=True)
    spectra = stft(x, n_fft=n_fft, hop_length=hop_length)
    y = torch.randn(spectra.shape, dtype=torch.complex128, generator=generator)
    inner = (spectra * y.conj()).real.sum()
    (adjoint,) = torch.autograd.grad(inner, x)
    torch.testing.assert_close((x * adjoint).sum(), inner)
    twice_stored = torch.full((n_fft // 2 + 1,), 0.5, dtype=torch.float64)
    twice_stored[0] = 1
    if n_fft % 2 == 0:
        twice_stored[-1] = 1
    torch.testing.assert_close(adjoint, n_fft * inverse_stft(y * twice_stored, n_fft=n_fft, hop_length=hop_length))


def test_first_and_second_gradients() -> None:
    x = torch.randn(2, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)

    def power(waveform: torch.Tensor) -> torch.Tensor:
        return stft(waveform, n_fft=8, hop_length=3, pad_end=True).abs().square()

    def there_and_back(waveform: torch.Tensor) -> torch.Tensor:
        return inverse_stft(stft(waveform, n_fft=8, hop_length=3), n_fft=8, hop_length=3).square()

    for function in (power, there_and_back):
        assert torch.autograd.gradcheck(function, (x,))
        assert torch.autograd.gradgradcheck(function, (x,))
