"""What a loss must do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

import attrs
import torch
from torch import Tensor, nn

from audiogan.interfaces import DataSpec, Discriminator, DiscriminatorOutput, Loss, ScoreLoss, Step
from audiogan.spec.schema import OptimizerSpec
from audiogan.testing.construction import construct
from audiogan.testing.networks import assert_finite
from audiogan.training.optimizers import refusals

_BATCH = 5
_FAR = 10.0
_DATA = DataSpec((1, 8), sample_rate=16_000, channels=1, window_length=8)


def check_loss(loss_class: type[Loss], options: Any = None) -> None:
    """Checks that terms are finite scalars that draw from the step alone, pull scores the right way, and the optimiser.

    ``options`` is a table as in an experiment file, or an instance of the options class.

    :raises AssertionError: the loss breaks the interface; the text says how.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        loss: Loss = construct("loss", loss_class, options)
        _check_terms(loss)
        if isinstance(loss, ScoreLoss):
            _check_means(loss, torch.randn(_BATCH), torch.randn(_BATCH))
            _check_directions(loss)
        _check_recommended_optimizer(loss)


def _check_terms(loss: Loss) -> None:
    discriminator = _QuadraticDiscriminator(_NoOptions(), _DATA)
    real, fake = torch.randn(_BATCH, *_DATA.sample_shape), torch.randn(_BATCH, *_DATA.sample_shape)
    weights = list(discriminator.parameters())

    def of_discriminator() -> Mapping[str, Tensor]:
        step = Step(1, torch.Generator().manual_seed(3), discriminator)
        return loss.discriminator_terms(step.judge(real), step.judge(fake), step)

    def of_generator(samples: Tensor) -> Mapping[str, Tensor]:
        step = Step(1, torch.Generator().manual_seed(3), discriminator)
        judged_real = step.judge(real) if loss.generator_needs_real else None
        return loss.generator_terms(step.judge(samples), judged_real, step)

    made = fake.clone().requires_grad_()
    found = {"discriminator_terms": of_discriminator(), "generator_terms": of_generator(made)}
    assert any(found.values()), "neither discriminator_terms nor generator_terms gives a term"
    again = {"discriminator_terms": of_discriminator(), "generator_terms": of_generator(made)}
    for method, by in (("discriminator_terms", weights), ("generator_terms", [made])):
        for name, term in found[method].items():
            subject = f"{method}'s '{name}'"
            assert isinstance(name, str), f"{method} names a term {name!r}; a name must be a string"
            assert isinstance(term, Tensor), f"{subject} is {type(term).__name__}; it must be a tensor"
            assert term.shape == (), f"{subject} has shape {tuple(term.shape)}; it must be a scalar"
            assert_finite(term, subject)
            assert torch.equal(term, again[method][name]), f"{subject} draws from something other than step.rng"
            assert term.requires_grad, f"{subject} has no gradient: nothing can learn from it; is something detached?"
        if found[method]:
            gradients = torch.autograd.grad(sum(found[method].values(), torch.zeros(())), by, allow_unused=True)
            for gradient in gradients:
                if gradient is not None:
                    assert_finite(gradient, f"the gradient of {method}")
    loss.after_discriminator_step(discriminator)
    for parameter in discriminator.parameters():
        assert_finite(parameter, "a parameter after after_discriminator_step")


def _check_means(loss: ScoreLoss, real: Tensor, fake: Tensor) -> None:
    once, twice = loss.discriminator_loss(real, fake), loss.discriminator_loss(real.repeat(2), fake.repeat(2))
    assert torch.allclose(once, twice, rtol=1e-4), "discriminator_loss depends on the batch size: take the mean"
    once, twice = loss.generator_loss(fake), loss.generator_loss(fake.repeat(2))
    assert torch.allclose(once, twice, rtol=1e-4), "generator_loss depends on the batch size: take the mean"


def _check_directions(loss: ScoreLoss) -> None:
    low, high = (torch.full((_BATCH,), score, requires_grad=True) for score in (-_FAR, _FAR))
    by_real, by_fake = torch.autograd.grad(loss.discriminator_loss(low, high), (low, high))
    assert (by_real < 0).all(), "discriminator_loss does not push low scores of real samples up"
    assert (by_fake > 0).all(), "discriminator_loss does not push high scores of fake samples down"
    (by_fake,) = torch.autograd.grad(loss.generator_loss(low), low)
    assert (by_fake < 0).all(), "generator_loss does not push low scores of fake samples up"


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
    """Two heads, one of them with three positions, and a feature map; slopes depend on weights and samples."""

    options_class = _NoOptions

    def __init__(self, options: _NoOptions, data: DataSpec) -> None:
        super().__init__()
        self.dense = nn.Linear(data.sample_shape[-1], 4)

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> DiscriminatorOutput:
        features: Tensor = self.dense(samples.flatten(1))
        squares = features.square()
        return DiscriminatorOutput((squares[:, 0], squares[:, 1:]), ((features[:, :1],), (features[:, 1:],)))
