"""A critic that is trained through ``audiogan.LSTM`` goes where torch's own LSTM takes it."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from audiogan import Step
from audiogan.lstm.dispatch import NAMES, reasons_against
from audiogan.testing import waveform_data
from audiogan_losses.gradient_penalty import gradient_penalty, interpolate
from audiogan_lstm import LSTMConvDiscriminator, LSTMConvDiscriminatorOptions

STEPS = 50
WINDOW, LONG_WINDOW = 64, 1024
"""Samples, 16 and 256 steps of the LSTM: through torch's own a penalty takes time that grows with their square."""

OPTIONS = LSTMConvDiscriminatorOptions(hidden_size=8, conv_layers=2, dim=4, kernel_size=9)
STUDYS = LSTMConvDiscriminatorOptions(hidden_size=8, lstm_layers=2, conv_layers=4, dim=4, kernel_size=9, frame_size=4)
"""The study's critic, but for its widths."""

HERE = [name for name in NAMES if reasons_against(torch.device("cpu"), torch.float32)[name] is None]


def with_torchs_lstm(critic: LSTMConvDiscriminator) -> LSTMConvDiscriminator:
    """A copy whose recurrence is torch's, with the same weights and the same constant forget bias."""
    twin = copy.deepcopy(critic)
    ours = twin.lstm.recurrence
    theirs = nn.LSTM(ours.input_size, ours.hidden_size, ours.num_layers)
    theirs.load_state_dict(ours.state_dict())
    for layer in range(theirs.num_layers):
        getattr(theirs, f"bias_hh_l{layer}").requires_grad_(False)
    twin.lstm.register_module("recurrence", theirs)
    return twin


def train(critic: LSTMConvDiscriminator, samples: int) -> dict[str, Tensor]:
    """Weights after WGAN-GP steps on the same waveforms, whatever the critic."""
    random = torch.Generator().manual_seed(5)
    optimizer = torch.optim.Adam([p for p in critic.parameters() if p.requires_grad], lr=1e-3, betas=(0.5, 0.9))
    for _ in range(STEPS):
        real, fake = torch.randn(2, 4, 1, samples, generator=random)
        points = interpolate(real, 0.3 * fake, torch.rand(4, generator=random))
        loss = (
            critic(0.3 * fake).mean()
            - critic(real).mean()
            + 10 * gradient_penalty(Step(1, torch.Generator(), critic), points)
        )
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    return critic.state_dict()


def assert_trained_alike(found: dict[str, Tensor], expected: dict[str, Tensor], start: dict[str, Tensor]) -> None:
    assert set(found) == set(expected)
    for key, weight in expected.items():
        assert (found[key] - weight).norm() <= 1e-4 * weight.norm(), key
        assert "weight" not in key or not torch.equal(weight, start[key]), key


@pytest.mark.parametrize("name", HERE)
def test_weights_after_fifty_steps_are_those_of_torchs_lstm(name: str) -> None:
    critic = LSTMConvDiscriminator(OPTIONS, data=waveform_data(WINDOW))
    critic.lstm.recurrence.implementation = name
    twin = with_torchs_lstm(critic)
    start = copy.deepcopy(critic.state_dict())
    assert_trained_alike(train(critic, WINDOW), train(twin, WINDOW), start)


@pytest.mark.parametrize("name", [name for name in HERE if name != "reference"])
def test_weights_of_the_studys_critic_after_fifty_steps_are_those_of_the_plain_loop(name: str) -> None:
    critic = LSTMConvDiscriminator(STUDYS, data=waveform_data(LONG_WINDOW))
    critic.lstm.recurrence.implementation = name
    twin = copy.deepcopy(critic)
    twin.lstm.recurrence.implementation = "reference"
    start = copy.deepcopy(critic.state_dict())
    assert_trained_alike(train(critic, LONG_WINDOW), train(twin, LONG_WINDOW), start)
