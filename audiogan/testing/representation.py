"""What a representation must do."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch

from audiogan.interfaces import Representation
from audiogan.testing.construction import construct, waveform_data
from audiogan.testing.networks import assert_finite
from audiogan.testing.noise_dataset import NoiseDataset, NoiseDatasetOptions


def check_representation(
    representation_class: type[Representation],
    options: Any = None,
    *,
    sample_rate: int = 16_000,
    channels: int = 1,
    window_length: int = 16_384,
) -> None:
    """Checks shapes both ways, that decoded waveforms lie in [-1, 1], and that what was fitted is in ``state_dict``.

    ``options`` is a table as in an experiment file, or an instance of the options class.

    :raises AssertionError: the representation breaks the interface; the text says how.
    """
    data = waveform_data(window_length, channels=channels, sample_rate=sample_rate)
    representation: Representation = construct("representation", representation_class, options, data)
    dataset = NoiseDataset(
        NoiseDatasetOptions(windows=4, window_length=window_length, channels=channels, sample_rate=sample_rate)
    )
    representation.fit(dataset)
    windows = [dataset.window(index, rng=np.random.default_rng(0)).waveform for index in range(len(dataset))]
    waveforms = torch.from_numpy(np.stack(windows))

    samples = representation.encode(waveforms)
    expected = (len(dataset), *representation.sample_shape)
    assert tuple(samples.shape) == expected, f"encode gives shape {tuple(samples.shape)}, not {expected}"
    assert samples.dtype == torch.float32, f"encode gives {samples.dtype}, not torch.float32"
    assert_finite(samples, "an encoded sample")

    decoded = representation.decode(samples)
    assert decoded.shape == waveforms.shape, f"decode gives shape {tuple(decoded.shape)}, not {tuple(waveforms.shape)}"
    assert decoded.dtype == torch.float32, f"decode gives {decoded.dtype}, not torch.float32"
    assert_finite(decoded, "a decoded waveform")
    assert decoded.abs().max() <= 1, "decode leaves [-1, 1]"

    restored: Representation = construct("representation", representation_class, options, data)
    restored.load_state_dict(copy.deepcopy(representation.state_dict()))
    assert torch.equal(restored.encode(waveforms), samples), "what fit learnt is not in the state_dict"
