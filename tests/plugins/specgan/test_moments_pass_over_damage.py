from __future__ import annotations

import numpy as np
import pytest
import torch

from audiogan import Dataset, DataSpec, Window
from audiogan.errors import DamagedDataError
from audiogan.testing.noise_dataset import NoiseDataset, NoiseDatasetOptions
from audiogan_specgan.spectrogram import SpectrogramRepresentation, SpectrogramRepresentationOptions


class _Noise(NoiseDataset):
    def __init__(self, indices: tuple[int, ...], on_error: str) -> None:
        super().__init__(NoiseDatasetOptions())
        self.indices, self.on_error = indices, on_error

    def __len__(self) -> int:
        return len(self.indices)

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        if self.indices[index] < 0:
            raise DamagedDataError("noise, window 1: damaged")
        return super().window(self.indices[index], rng=np.random.default_rng(0))


def _fitted(dataset: Dataset) -> SpectrogramRepresentation:
    representation = SpectrogramRepresentation(SpectrogramRepresentationOptions(), DataSpec.of(dataset))
    representation.fit(dataset)
    return representation


def test_moments_are_those_of_the_sound_windows() -> None:
    whole, damaged = _fitted(_Noise((3, 5), "stop")), _fitted(_Noise((3, -1, 5), "skip"))
    assert torch.equal(damaged.mean, whole.mean)
    assert torch.equal(damaged.std, whole.std)
    with pytest.raises(DamagedDataError, match="window 1: damaged"):
        _fitted(_Noise((3, -1, 5), "stop"))
