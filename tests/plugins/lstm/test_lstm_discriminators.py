"""The recurrent discriminators: the reference, the study's table, readouts, and derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import audiogan
from audiogan import CheckpointError, DataSpec, Discriminator, SpecError
from audiogan.testing import waveform_data
from audiogan_lstm import (
    LSTMConvDiscriminator,
    LSTMConvDiscriminatorOptions,
    LSTMDiscriminator,
    LSTMDiscriminatorOptions,
)
from tests.golden.recipe import Golden

Load = Callable[[str], Golden]
SMALL = {"hidden_size": 3, "lstm_layers": 2}
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("lstm", {}),
    ("lstm", {"readout": "last", "lstm_layers": 1}),
    ("lstm", {"frame_size": 2, "lstm_layers": 3}),
    ("lstm", {"frame_size": 5}),
    ("lstm-conv", {"conv_layers": 0}),
    ("lstm-conv", {"conv_layers": 1, "dim": 1, "kernel_size": 3}),
    ("lstm-conv", {"conv_layers": 1, "dim": 1, "frame_size": 3}),
    ("lstm-conv", {"conv_layers": 2, "dim": 1, "kernel_size": 5, "readout": "last"}),
]


def discriminator(name: str, length: int, channels: int = 1, **options: object) -> Discriminator:
    made = audiogan.create("discriminator", name, SMALL | options, data=waveform_data(length, channels=channels))
    assert isinstance(made, Discriminator)
    return made


def test_scores_and_gradients_are_tensorflows(golden: Load) -> None:
    reference = golden("lstm_conv_discriminator_16384")
    network = LSTMConvDiscriminator(LSTMConvDiscriminatorOptions(hidden_size=8, dim=4), data=waveform_data(16384))
    network.load_tensorflow_variables(reference.weights)
    waveforms = torch.from_numpy(reference.inputs["x"]).transpose(1, 2).requires_grad_()
    scores = network(waveforms)
    # The magnitudes of the 1024 products that a score adds are 3.1 together, whatever is left of their sum. Each errs
    # by half a unit in the last place for each of the six layers before, for the product and for the sum.
    rounding = 8 * 3.1 * torch.finfo(torch.float32).eps / 2
    np.testing.assert_allclose(scores.detach().numpy(), reference.outputs["D_x"], rtol=0, atol=rounding)
    (gradient,) = torch.autograd.grad(scores.sum(), waveforms)
    np.testing.assert_allclose(gradient.transpose(1, 2).numpy(), reference.outputs["dD_dx"], rtol=1e-5, atol=1e-8)


def test_layers_read_as_table_3_of_the_study() -> None:
    rows = LSTMConvDiscriminator(LSTMConvDiscriminatorOptions(), data=waveform_data(16384)).layer_rows()
    assert [(row.operation, row.kernel, row.output) for row in rows] == [
        ("input x or G(z)", (), (16384, 1)),
        ("reshape", (), (4096, 4)),
        ("LSTM, 64 units", (), (4096, 64)),
        ("LSTM, 64 units, ReLU", (), (4096, 64)),
        ("conv 1-D, stride 4, ReLU", (25, 64, 128), (1024, 128)),
        ("conv 1-D, stride 4, ReLU", (25, 128, 256), (256, 256)),
        ("conv 1-D, stride 4, ReLU", (25, 256, 512), (64, 512)),
        ("conv 1-D, stride 4, ReLU", (25, 512, 1024), (16, 1024)),
        ("reshape", (), (16384,)),
        ("dense", (16384, 1), (1,)),
    ]


def test_layers_of_the_pure_lstm_that_reads_the_last_step() -> None:
    options = LSTMDiscriminatorOptions(hidden_size=5, lstm_layers=1, frame_size=8, readout="last")
    rows = LSTMDiscriminator(options, data=waveform_data(64, channels=2)).layer_rows()
    assert [(row.operation, row.kernel, row.output) for row in rows] == [
        ("input x or G(z)", (), (64, 2)),
        ("reshape", (), (8, 16)),
        ("LSTM, 5 units", (), (8, 5)),
        ("last time step", (), (5,)),
        ("dense", (5, 1), (1,)),
    ]


def test_layers_of_a_window_that_frames_do_not_fill() -> None:
    options = LSTMConvDiscriminatorOptions(hidden_size=5, dim=3, frame_size=4, conv_layers=2)
    rows = LSTMConvDiscriminator(options, data=waveform_data(12345, channels=3)).layer_rows()
    assert [(row.operation, row.kernel, row.output) for row in rows] == [
        ("input x or G(z)", (), (12345, 3)),
        ("3 zeros at the end, reshape", (), (3087, 12)),
        ("LSTM, 5 units", (), (3087, 5)),
        ("LSTM, 5 units, ReLU", (), (3087, 5)),
        ("conv 1-D, stride 4, ReLU", (25, 5, 6), (772, 6)),
        ("conv 1-D, stride 4, ReLU", (25, 6, 12), (193, 12)),
        ("reshape", (), (2316,)),
        ("dense", (2316, 1), (1,)),
    ]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_first_and_second_derivatives_agree_with_differences(name: str, options: dict[str, Any], channels: int) -> None:
    network = discriminator(name, 16, channels, **options).double()
    waveforms = torch.randn(2, channels, 16, dtype=torch.float64, requires_grad=True)
    # With every bias zero, half the ReLUs would sit on their kink.
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.1)
    assert torch.autograd.gradcheck(network, (waveforms,))
    assert torch.autograd.gradgradcheck(network, (waveforms,))


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_every_parameter_receives_a_gradient(name: str, options: dict[str, Any]) -> None:
    network = discriminator(name, 64, **options)
    network(torch.randn(4, 1, 64)).sum().backward()
    for parameter_name, parameter in network.named_parameters():
        assert parameter.grad is not None, parameter_name
        assert parameter.grad.abs().sum() > 0, parameter_name


@pytest.mark.parametrize("name", ["lstm", "lstm-conv"])
def test_the_last_step_is_one_row_of_all_steps(name: str) -> None:
    extra = {"conv_layers": 1, "dim": 2} if name == "lstm-conv" else {}
    every, last = (discriminator(name, 32, readout=readout, **extra) for readout in ("all", "last"))
    state = every.state_dict()
    features = last.state_dict()["readout.output.weight"].shape[1]
    state["readout.output.weight"][:, :-features] = 0
    every.load_state_dict(state)
    state["readout.output.weight"] = state["readout.output.weight"][:, -features:]
    last.load_state_dict(state)
    waveforms = torch.randn(3, 1, 32)
    torch.testing.assert_close(every(waveforms), last(waveforms))


@pytest.mark.parametrize(("name", "options"), VARIANTS)
@pytest.mark.parametrize(("length", "channels"), [(1024, 1), (1000, 2), (36, 2), (37, 3), (1021, 1)])
def test_odd_lengths_and_channels_are_scored_and_described_as_held(
    name: str, options: dict[str, Any], length: int, channels: int
) -> None:
    network = discriminator(name, length, channels, **options)
    waveforms = torch.randn(3, length, channels).transpose(1, 2)
    scores = network(waveforms)
    assert scores.shape == (3,)
    torch.testing.assert_close(scores, network(waveforms.contiguous()))
    torch.testing.assert_close(scores[1:2], network(waveforms[1:2]), rtol=1e-4, atol=1e-6)
    assert network.layer_rows()[-1].kernel == tuple(network.state_dict()["readout.output.weight"].T.shape)


@pytest.mark.parametrize("name", ["lstm", "lstm-conv"])
def test_initial_weights_follow_the_global_seed(name: str) -> None:
    states = []
    for _ in range(2):
        torch.manual_seed(4)
        states.append(discriminator(name, 1024, **({"dim": 1} if name == "lstm-conv" else {})).state_dict())
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])


def test_misfits_are_refused(golden: Load) -> None:
    weights = golden("lstm_conv_discriminator_16384").weights
    network = LSTMDiscriminator(LSTMDiscriminatorOptions(hidden_size=8), data=waveform_data(16384))
    with pytest.raises(CheckpointError, match="'D/downconv_0/conv1d/bias' is unknown"):
        network.load_tensorflow_variables(weights)
    with pytest.raises(SpecError, match="works on waveforms"):
        LSTMConvDiscriminator(LSTMConvDiscriminatorOptions(), data=DataSpec((1, 128, 128), 16_000, 1, 16_384))
