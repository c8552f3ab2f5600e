"""What a discriminator must do."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor

from audiogan.interfaces import Discriminator
from audiogan.testing.construction import construct
from audiogan.testing.networks import (
    assert_finite,
    assert_layer_rows,
    assert_repeatable_in_evaluation,
    assert_restorable,
    assert_trainable,
)

_BATCH = 3
_SWOLLEN = 100.0


def check_discriminator(
    discriminator_class: type[Discriminator], options: Any = None, *, sample_shape: tuple[int, ...]
) -> None:
    """Checks that scores are ``[N]``, raw and finite, first and second gradients, and that the state can be restored.

    ``options`` is a table as in an experiment file, or an instance of the options class; ``sample_shape`` the shape of
    one sample. The second gradients are those of the gradient penalty of WGAN-GP.

    :raises AssertionError: the discriminator breaks the interface; the text says how.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        discriminator: Discriminator = construct(
            "discriminator", discriminator_class, options, sample_shape=sample_shape
        )
        samples = (torch.rand(_BATCH, *sample_shape) * 2 - 1).requires_grad_()
        _check_scores(discriminator, samples)
        _check_second_gradients(discriminator, samples)
        assert_repeatable_in_evaluation(discriminator, samples.detach())
        _check_raw(discriminator, samples.detach())
        assert_restorable(
            discriminator,
            lambda: construct("discriminator", discriminator_class, options, sample_shape=sample_shape),
            samples.detach(),
        )
        assert_layer_rows(discriminator.layer_rows())


def _check_scores(discriminator: Discriminator, samples: Tensor) -> None:
    scores = discriminator(samples)
    assert tuple(scores.shape) == (_BATCH,), f"scores have shape {tuple(scores.shape)}, not {(_BATCH,)}"
    assert scores.dtype == torch.float32, f"scores are {scores.dtype}, not torch.float32"
    assert_finite(scores, "a score")
    assert len(set(scores.tolist())) == _BATCH, "different samples get the same score"
    (gradient,) = torch.autograd.grad(scores.sum(), samples, retain_graph=True)
    assert_finite(gradient, "the gradient by the samples")
    assert gradient.flatten(1).abs().sum(1).gt(0).all(), "the gradient by a sample is zero: a generator cannot learn"
    scores.square().sum().backward()
    assert_trainable(discriminator, of="the score")


def _check_second_gradients(discriminator: Discriminator, samples: Tensor) -> None:
    discriminator.zero_grad()
    (gradient,) = torch.autograd.grad(discriminator(samples).sum(), samples, create_graph=True)
    assert gradient.requires_grad, "the gradient by the samples cannot be differentiated again, as WGAN-GP must"
    (gradient.flatten(1).norm(dim=1) - 1).square().mean().backward()
    seconds = [parameter.grad for parameter in discriminator.parameters() if parameter.grad is not None]
    assert any(second.abs().sum() > 0 for second in seconds), "the gradient penalty has no gradient by any parameter"
    for second in seconds:
        assert_finite(second, "a second gradient")


def _check_raw(discriminator: Discriminator, samples: Tensor) -> None:
    swollen = copy.deepcopy(discriminator).eval()
    with torch.no_grad():
        for parameter in swollen.parameters():
            parameter.mul_(_SWOLLEN)
        scores = swollen(samples)
    # a sigmoid or tanh at the end holds scores within one however large the weights
    assert not (scores.abs() <= 1).all(), "scores stay within [-1, 1] whatever the weights: they must be raw"
