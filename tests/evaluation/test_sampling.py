from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from audiogan import DataError, Dataset, Generator, Representation
from audiogan.evaluation.progress import Progress
from audiogan.evaluation.sampling import generate_waveforms, noise_waveforms, real_waveforms
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions


class _NoisyInTraining(Generator):
    options_class = HarmonicTonesOptions

    def __init__(self) -> None:
        super().__init__()
        self.latent_dim = 3
        self.dropout, self.frozen = nn.Dropout(0.9), nn.BatchNorm1d(3)
        self.frozen.eval()
        self.batch_sizes: list[int] = []

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        self.batch_sizes.append(len(latent))
        assert not torch.is_grad_enabled()
        dropped: Tensor = self.dropout(latent)
        return dropped.repeat(1, 2).view(-1, 2, 3)


class _Halving(Representation):
    options_class = HarmonicTonesOptions
    sample_shape = (2, 3)

    def fit(self, dataset: Dataset) -> None:
        pass

    def encode(self, waveform: Tensor) -> Tensor:
        return waveform * 2

    def decode(self, samples: Tensor) -> Tensor:
        return samples / 2


def _generated(count: int, batch_size: int, generator: Generator | None = None) -> Tensor:
    rng = torch.Generator().manual_seed(5)
    return generate_waveforms(
        generator or _NoisyInTraining(), _Halving(), count, rng=rng, batch_size=batch_size, device="cpu"
    )


def test_generates_decoded_samples_of_the_latents_in_order() -> None:
    latents = torch.rand(7, 3, generator=torch.Generator().manual_seed(5)) * 2 - 1
    torch.testing.assert_close(_generated(7, 3), latents.repeat(1, 2).view(7, 2, 3) / 2, rtol=0, atol=0)


def test_the_batch_size_bounds_memory_and_changes_nothing() -> None:
    generator = _NoisyInTraining()
    torch.testing.assert_close(_generated(7, 3, generator), _generated(7, 100), rtol=0, atol=0)
    assert generator.batch_sizes == [3, 3, 1]


def test_every_batch_is_watched() -> None:
    seen: list[Progress] = []
    generate_waveforms(
        _NoisyInTraining(),
        _Halving(),
        7,
        rng=torch.Generator().manual_seed(5),
        batch_size=3,
        device="cpu",
        watch=seen.append,
    )
    assert seen == [Progress("generating", done, 7) for done in (3, 6, 7)]


def test_modes_are_left_as_they_were_even_after_a_failure() -> None:
    generator = _NoisyInTraining()
    _generated(2, 2, generator)
    assert (generator.training, generator.dropout.training, generator.frozen.training) == (True, True, False)
    with pytest.raises(RuntimeError):
        generate_waveforms(
            generator, _Halving(), 2, rng=torch.Generator().manual_seed(0), batch_size=2, device="no-such-device"
        )
    assert (generator.training, generator.dropout.training, generator.frozen.training) == (True, True, False)


def test_real_waveforms_are_each_taken_once_before_any_is_taken_twice() -> None:
    dataset = HarmonicTones(HarmonicTonesOptions(windows=6, window_length=64))
    waveforms = real_waveforms(dataset, 10, seed=3)
    assert waveforms.shape == (10, 1, 64)
    assert len({tuple(row.flatten().tolist()) for row in waveforms[:6]}) == 6
    # a second pass draws other windows of the same tones
    assert len({tuple(row.flatten().tolist()) for row in waveforms}) == 10
    torch.testing.assert_close(waveforms, real_waveforms(dataset, 10, seed=3), rtol=0, atol=0)
    assert not torch.equal(waveforms, real_waveforms(dataset, 10, seed=4))


def test_fewer_real_waveforms_are_the_first_of_more() -> None:
    dataset = HarmonicTones(HarmonicTonesOptions(windows=6, window_length=64))
    torch.testing.assert_close(real_waveforms(dataset, 4, seed=1), real_waveforms(dataset, 6, seed=1)[:4])


def test_an_empty_dataset_is_refused() -> None:
    with pytest.raises(DataError, match="no windows"):
        real_waveforms(HarmonicTones(HarmonicTonesOptions(windows=0)), 3, seed=0)


def test_noise_is_uniform_between_minus_one_and_one() -> None:
    noise = noise_waveforms(50, channels=2, window_length=1000, seed=1)
    assert noise.shape == (50, 2, 1000)
    assert noise.min() >= -1
    assert noise.max() < 1
    assert float(noise.mean()) == pytest.approx(0, abs=0.01)
    assert float(noise.var()) == pytest.approx(1 / 3, abs=0.01)
    assert torch.equal(noise, noise_waveforms(50, channels=2, window_length=1000, seed=1))
    assert np.abs(np.corrcoef(noise[:, 0].flatten(), noise[:, 1].flatten())[0, 1]) < 0.02
