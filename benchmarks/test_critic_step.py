"""A whole step of the LSTM & conv discriminator, with ``audiogan.LSTM`` and with ``torch.nn.LSTM`` in its place.

The network at the study's size, 64 windows of 16384 samples; a step is the scores of real and of generated samples,
under WGAN-GP the penalty, the backward pass and the optimiser's update. For the penalty torch's LSTM computes natively,
which is quadratic in the number of steps: it runs once, and again at windows of 4096 samples, 1024 steps.
``-k "not native"`` leaves these out.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from audiogan import ScoreLoss, Step
from audiogan.testing import waveform_data
from audiogan_losses import WGANGPLoss, WGANGPLossOptions, WGANLoss, WGANLossOptions
from audiogan_lstm import LSTMConvDiscriminator, LSTMConvDiscriminatorOptions
from benchmarks.figures import Figures
from benchmarks.racing import race

BATCH, SAMPLES, FEWER_SAMPLES = 64, 16_384, 4096
RELATIVE = 5e-3
"""How far gradients may lie apart: an activation that rounding moves across a ReLU's kink changes them by a jump."""


def critics(samples: int) -> tuple[LSTMConvDiscriminator, LSTMConvDiscriminator]:
    """Ours, and a copy whose recurrence is torch's, with the same weights and the same constant forget bias."""
    torch.manual_seed(0)
    ours = LSTMConvDiscriminator(LSTMConvDiscriminatorOptions(), data=waveform_data(samples))
    theirs = copy.deepcopy(ours)
    recurrence = theirs.lstm.recurrence
    replacement = nn.LSTM(recurrence.input_size, recurrence.hidden_size, recurrence.num_layers)
    replacement.load_state_dict(recurrence.state_dict())
    for name in [f"bias_hh_l{layer}" for layer in range(replacement.num_layers)]:
        # A parameter would be clipped; torch.nn.LSTM's own list of weights follows attribute assignment alone.
        constant = getattr(replacement, name).detach()
        delattr(replacement, name)
        replacement.register_buffer(name, constant)
        setattr(replacement, name, constant)
    theirs.lstm.register_module("recurrence", replacement)
    return ours, theirs


def step(critic: LSTMConvDiscriminator, loss: ScoreLoss, samples: int) -> Callable[[], Sequence[Tensor]]:
    """Steps on the same windows each time; returns the gradients, by name, that the optimiser moved the weights by."""
    random = torch.Generator().manual_seed(1)
    # Different enough that the difference of their scores has more than rounding errors in it.
    real, fake = torch.randn(2, BATCH, 1, samples, generator=random) * torch.tensor([0.5, 0.1]).view(2, 1, 1, 1)
    trained = {name: weight for name, weight in sorted(critic.named_parameters()) if weight.requires_grad}
    optimizer = torch.optim.Adam(trained.values(), lr=0.0)  # computes its updates, and every round is the same

    def run() -> Sequence[Tensor]:
        update = Step(1, torch.Generator().manual_seed(2), critic)
        terms = loss.discriminator_terms(update.judge(real), update.judge(fake), update)
        optimizer.zero_grad()
        torch.autograd.backward(torch.stack(tuple(terms.values())).sum())
        optimizer.step()
        loss.after_discriminator_step(critic)
        return [weight.grad.clone() for weight in trained.values() if weight.grad is not None]

    return run


def compare(benchmark: Any, loss: ScoreLoss, samples: int, *, rounds: int) -> tuple[float, float]:
    ours, theirs = critics(samples)
    our_step, their_step = step(ours, loss, samples), step(theirs, loss, samples)
    our_step()
    return race(benchmark, our_step, their_step, rounds=rounds, warmup_rounds=0, relative=RELATIVE)


def keep(benchmark: Any, figures: Figures, name: str, times: tuple[float, float]) -> None:
    ours, theirs = times
    benchmark.extra_info.update(ours_s=ours, ratio=ours / theirs)
    figures.record(name, ours / theirs)


@pytest.mark.parametrize(
    "loss", [WGANLoss(WGANLossOptions()), WGANGPLoss(WGANGPLossOptions())], ids=["wgan", "wgan-gp"]
)
def test_audiogan(benchmark: Any, loss: ScoreLoss) -> None:
    benchmark.group = "a step of the LSTM & conv critic"
    benchmark.pedantic(step(critics(SAMPLES)[0], loss, SAMPLES), rounds=3, warmup_rounds=1)


def test_torch_under_wgan(benchmark: Any, figures: Figures) -> None:
    benchmark.group = "a step of the LSTM & conv critic"
    times = compare(benchmark, WGANLoss(WGANLossOptions()), SAMPLES, rounds=3)
    keep(benchmark, figures, "critic's step under WGAN / with nn.LSTM", times)


@pytest.mark.parametrize(
    ("samples", "figure", "rounds"),
    [
        (SAMPLES, "critic's step under WGAN-GP / with nn.LSTM native", 1),
        (FEWER_SAMPLES, "critic's step under WGAN-GP at T = 1024 / with nn.LSTM native", 3),
    ],
    ids=["T4096", "T1024"],
)
def test_torch_native_under_wgan_gp(benchmark: Any, figures: Figures, samples: int, figure: str, rounds: int) -> None:
    benchmark.group = "a step of the LSTM & conv critic" + ("" if samples == SAMPLES else ", 1024 steps")
    times = compare(benchmark, WGANGPLoss(WGANGPLossOptions()), samples, rounds=rounds)
    keep(benchmark, figures, figure, times)
