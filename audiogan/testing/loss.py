"""What a loss must do."""

from __future__ import annotations

from typing import Any, final

import attrs
import torch
from torch import Tensor, nn

from audiogan.interfaces import Discriminator, Loss
from audiogan.spec.schema import OptimizerSpec
from audiogan.testing.construction import construct
from audiogan.testing.networks import assert_finite
from audiogan.training.optimizers import refusals

_BATCH = 5
_FAR = 10.0


def check_loss(loss_class: type[Loss], options: Any = None) -> None:
    """Checks that losses are means over the batch that pull scores the right way, the penalty, and the optimiser.

    ``options`` is a table as in an experiment file, or an instance of the options class.

    :raises AssertionError: the loss breaks the interface; the text says how.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        loss: Loss = construct("loss", loss_class, options)
        real, fake = torch.randn(_BATCH), torch.randn(_BATCH)
        _check_scalar(loss.discriminator_loss(real, fake), "discriminator_loss")
        _check_scalar(loss.generator_loss(fake), "generator_loss")
        _check_means(loss, real, fake)
        _check_directions(loss)
        _check_penalty(loss)
        _check_recommended_optimizer(loss)


def _check_scalar(value: Tensor, name: str) -> None:
    assert value.shape == (), f"{name} has shape {tuple(value.shape)}; it must be a scalar"
    assert_finite(value, name)


def _check_means(loss: Loss, real: Tensor, fake: Tensor) -> None:
    once, twice = loss.discriminator_loss(real, fake), loss.discriminator_loss(real.repeat(2), fake.repeat(2))
    assert torch.allclose(once, twice, rtol=1e-4), "discriminator_loss depends on the batch size: take the mean"
    once, twice = loss.generator_loss(fake), loss.generator_loss(fake.repeat(2))
    assert torch.allclose(once, twice, rtol=1e-4), "generator_loss depends on the batch size: take the mean"


def _check_directions(loss: Loss) -> None:
    low, high = (torch.full((_BATCH,), score, requires_grad=True) for score in (-_FAR, _FAR))
    by_real, by_fake = torch.autograd.grad(loss.discriminator_loss(low, high), (low, high))
    assert (by_real < 0).all(), "discriminator_loss does not push low scores of real samples up"
    assert (by_fake > 0).all(), "discriminator_loss does not push high scores of fake samples down"
    (by_fake,) = torch.autograd.grad(loss.generator_loss(low), low)
    assert (by_fake < 0).all(), "generator_loss does not push low scores of fake samples up"


def _check_penalty(loss: Loss) -> None:
    discriminator = _QuadraticDiscriminator(_NoOptions(), sample_shape=(1, 8))
    real, fake = torch.randn(_BATCH, 1, 8), torch.randn(_BATCH, 1, 8)
    first, again = (loss.penalty(discriminator, real, fake, rng=torch.Generator().manual_seed(3)) for _ in range(2))
    if first is not None and again is not None:
        _check_scalar(first, "penalty")
        assert torch.equal(first, again), "penalty draws from something other than its rng"
        assert first.requires_grad, "penalty has no gradient by the discriminator's parameters"
        (gradient,) = torch.autograd.grad(first, discriminator.dense.weight)
        assert_finite(gradient, "the gradient of penalty")
    loss.after_discriminator_step(discriminator)
    for parameter in discriminator.parameters():
        assert_finite(parameter, "a parameter after after_discriminator_step")


def _check_recommended_optimizer(loss: Loss) -> None:
    arguments = dict(loss.recommended_optimizer)
    name = str(arguments.pop("type", ""))
    refused = refusals(OptimizerSpec(name, arguments), torch.device("cpu"))
    assert not refused, f"recommended_optimizer: {'; '.join(f'{key}: {message}' for key, message in refused)}"


@final
@attrs.frozen
class _NoOptions:
    """No options."""


@final
class _QuadraticDiscriminator(Discriminator):
    """The square of a dense layer: its slope depends on weights and samples, as a penalty needs."""

    options_class = _NoOptions

    def __init__(self, options: _NoOptions, *, sample_shape: tuple[int, ...]) -> None:
        super().__init__()
        self.dense = nn.Linear(sample_shape[-1], 1)

    def forward(self, samples: Tensor) -> Tensor:
        scores: Tensor = self.dense(samples)
        return scores.square().flatten()
