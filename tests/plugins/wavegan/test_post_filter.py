"""The learned filter behind the generator."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from audiogan.testing import waveform_data
from audiogan_wavegan import WaveGANGenerator, WaveGANGeneratorOptions
from audiogan_wavegan.post_filter import PostFilter


def filtered(fold_channels: bool) -> list[list[float]]:
    layer = PostFilter(2, length=2, fold_channels=fold_channels)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[[1.0, 10.0]], [[2.0, 0.0]]]))
    outputs: list[list[float]] = layer(torch.tensor([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]))[0].tolist()
    return outputs


def test_each_channel_has_a_response_of_its_own() -> None:
    assert filtered(fold_channels=False) == [[21, 32, 3], [8, 10, 12]]


def test_folding_sums_the_channels_into_every_channel() -> None:
    assert filtered(fold_channels=True) == [[29, 42, 15], [29, 42, 15]]


def test_the_filter_stands_behind_tanh_and_loads_the_originals_kernel() -> None:
    options = WaveGANGeneratorOptions(dim=1, latent_dim=2, post_filter=3)
    network = WaveGANGenerator(options, data=waveform_data(64))
    zeros = {name: np.zeros(variable.shape, np.float32) for name, variable in network._tensorflow_variables().items()}
    zeros["G/upconv_0/conv2d_transpose/bias"] += 20
    network.load_tensorflow_variables(zeros | {"G/pp_filt/conv1d/kernel": np.array([[[1.0]], [[2.0]], [[4.0]]])})
    waveform = network(torch.zeros(1, 2))[0, 0]
    assert waveform[0].item() == pytest.approx(6)
    assert waveform[30].item() == pytest.approx(7)
    assert waveform[-1].item() == pytest.approx(3)
