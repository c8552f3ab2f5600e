"""Dense layers, batch normalisation and the check of sample shapes."""

from __future__ import annotations

from math import sqrt

import pytest
import torch

from audiogan import SpecError
from audiogan.nn import batch_norm_1d, batch_norm_2d, dense, glorot_uniform_, waveform_shape


def test_dense_starts_glorot_uniform_with_its_bias_at_zero() -> None:
    layer = dense(30, 70)
    limit = sqrt(6 / 100)
    assert 0.98 * limit < layer.weight.abs().max() <= limit
    assert layer.weight.std().item() == pytest.approx(limit / sqrt(3), rel=0.05)
    assert not layer.bias.any()


def test_initial_weights_follow_the_global_seed() -> None:
    torch.manual_seed(3)
    first = glorot_uniform_(torch.empty(5, 5), fan_in=5, fan_out=5)
    torch.manual_seed(3)
    second = glorot_uniform_(torch.empty(5, 5), fan_in=5, fan_out=5)
    assert torch.equal(first, second)


def test_batch_normalisation_uses_tensorflows_constants() -> None:
    layer = batch_norm_1d(1)
    inputs = torch.tensor([[[1.0, 2.0]], [[3.0, 6.0]]])
    expected = (inputs - 3) / sqrt(3.5 + 1e-3)
    torch.testing.assert_close(layer(inputs), expected)
    assert layer.state_dict()["running_mean"].item() == pytest.approx(0.01 * 3)
    assert batch_norm_2d(1).eps == 1e-3
    assert batch_norm_2d(1).momentum == 0.01


def test_waveforms_have_channels_and_a_length() -> None:
    assert waveform_shape((2, 1024), network="generator 'wavegan'") == (2, 1024)
    with pytest.raises(SpecError, match=r"generator 'wavegan' works on waveforms .* shape \(1, 128, 128\)"):
        waveform_shape((1, 128, 128), network="generator 'wavegan'")
