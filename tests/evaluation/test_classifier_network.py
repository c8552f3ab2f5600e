from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn import functional

from audiogan import DataError
from audiogan.errors import CheckpointError
from audiogan.evaluation.classifier import AudioClassifier, ClassifierOptions
from tests.golden.recipe import Golden


def _network(*, sample_rate: int = 16000, window_length: int = 2048, **options: Any) -> AudioClassifier:
    return AudioClassifier(
        ClassifierOptions(dim=4, **options),
        class_count=3,
        sample_rate=sample_rate,
        window_length=window_length,
    )


@pytest.fixture(scope="module")
def original(golden: Callable[[str], Golden]) -> tuple[AudioClassifier, Golden]:
    reference = golden("sc09_classifier")
    network = AudioClassifier(ClassifierOptions(), class_count=10, sample_rate=16000, window_length=16384)
    network.load_tensorflow_variables(reference.weights)
    return network.eval(), reference


def test_scores_and_logits_of_the_original(original: tuple[AudioClassifier, Golden]) -> None:
    network, reference = original
    with torch.no_grad():
        logits = network(torch.from_numpy(reference.inputs["x"])[:, None])
    expected = torch.from_numpy(reference.outputs["logits"])
    torch.testing.assert_close(
        torch.softmax(logits, dim=1), torch.from_numpy(reference.outputs["scores"]), atol=1e-6, rtol=0
    )
    # The logarithm magnifies the rounding of two different Fourier transforms in quiet bands, so that logits of
    # magnitude 9 agree to 1e-5 of that magnitude.
    torch.testing.assert_close(logits, expected, atol=1e-5 * float(expected.abs().max()), rtol=0)


def test_channels_are_mixed_down_to_their_mean(original: tuple[AudioClassifier, Golden]) -> None:
    network, reference = original
    mono = torch.from_numpy(reference.inputs["x"])[:, None]
    difference = 0.1 * torch.randn_like(mono)
    stereo = torch.cat([mono + difference, mono - difference], dim=1)
    torch.testing.assert_close(network.features(stereo), network.features(mono), atol=5e-3, rtol=0)


def test_missing_or_misshapen_variables_are_named_and_change_nothing(original: tuple[AudioClassifier, Golden]) -> None:
    network, reference = original
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fewer = {name: value for name, value in reference.weights.items() if name != "classifier/dense/bias"}
    with pytest.raises(CheckpointError, match=r"'classifier/dense/bias' is missing"):
        network.load_tensorflow_variables(fewer)
    misshapen = {**reference.weights, "classifier/conv2d_2/kernel": reference.weights["classifier/conv2d/kernel"]}
    with pytest.raises(CheckpointError, match=r"'classifier/conv2d_2/kernel' has shape \(5, 5, 1, 128\)"):
        network.load_tensorflow_variables(misshapen)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize(("window_length", "rows"), [(16384, 8), (4096, 2), (2048, 1), (2049, 2), (100, 1), (6000, 3)])
def test_any_window_length_has_features(window_length: int, rows: int) -> None:
    network = _network(window_length=window_length).eval()
    assert network.dense.in_features == rows * 8 * 4
    assert network(torch.zeros(2, 1, window_length)).shape == (2, 3)


def test_another_window_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2, 1, 2047\) are not \[N, C, 2048\]"):
        _network()(torch.zeros(2, 1, 2047))


@pytest.mark.parametrize(("sample_rate", "upper_hz"), [(16000, 7800.0), (44100, 7800.0), (8000, 3900.0)])
def test_the_bands_end_below_half_the_sample_rate(sample_rate: int, upper_hz: float) -> None:
    network = _network(sample_rate=sample_rate)
    assert (network.mel_lower_hz, network.mel_upper_hz) == (40.0, upper_hz)


def test_bands_beyond_half_the_sample_rate_are_refused() -> None:
    with pytest.raises(DataError, match=r"40 to 4001 Hz do not fit between 0 and 4000 Hz.*mel_upper_hz"):
        _network(sample_rate=8000, mel_upper_hz=4001.0)


def test_every_weight_has_a_gradient_equal_to_a_finite_difference() -> None:
    network = _network().double()
    features = torch.randn(6, 16, 128, dtype=torch.float64)
    labels = torch.tensor([0, 1, 2, 0, 1, 2])

    def loss() -> torch.Tensor:
        return functional.cross_entropy(network.classify(features), labels)

    parameters = dict(network.named_parameters())
    gradients = torch.autograd.grad(loss(), list(parameters.values()))
    for (name, parameter), gradient in zip(parameters.items(), gradients, strict=True):
        direction = torch.randn_like(parameter)
        with torch.no_grad():
            parameter.add_(direction, alpha=1e-6)
            above = loss()
            parameter.sub_(direction, alpha=2e-6)
            below = loss()
            parameter.add_(direction, alpha=1e-6)
        slope, expected = float((gradient * direction).sum()), float(above - below) / 2e-6
        assert slope == pytest.approx(expected, rel=1e-3, abs=1e-7), name


def test_features_may_be_of_any_memory_layout() -> None:
    network = _network().eval()
    waveforms = torch.randn(4, 2048, 2).transpose(1, 2)
    assert not waveforms.is_contiguous()
    torch.testing.assert_close(network(waveforms), network(waveforms.contiguous()))
