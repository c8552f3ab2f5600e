"""What a discriminator must do."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from audiogan.interfaces import DataSpec, Discriminator
from audiogan.interfaces.contracts import check_output
from audiogan.testing.construction import broken_contracts, construct
from audiogan.testing.networks import (
    assert_finite,
    assert_layer_rows,
    assert_repeatable_in_evaluation,
    assert_restorable,
    assert_trainable,
)

_BATCH = 3
_SWOLLEN = 100.0


def check_discriminator(discriminator_class: type[Discriminator], options: Any = None, *, data: DataSpec) -> None:
    """Checks that scores are raw, finite and of the right shape, first and second gradients, and restoring the state.

    ``options`` is a table as in an experiment file, or an instance of the options class; ``data`` what it is
    built for. The second gradients are those of the gradient penalty of WGAN-GP.

    :raises AssertionError: the discriminator breaks the interface; the text says how.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        discriminator: Discriminator = construct("discriminator", discriminator_class, options, data)
        samples = (torch.rand(_BATCH, *data.sample_shape) * 2 - 1).requires_grad_()
        labels = data.labels(_BATCH)

        def scores_of(network: torch.nn.Module, inputs: Tensor) -> Tensor:
            given = None if labels is None else labels[: len(inputs)]
            with broken_contracts():
                output = check_output(network(inputs, given), count=len(inputs))
            return torch.cat([head.reshape(len(inputs), -1) for head in output.scores], dim=1)

        _check_scores(discriminator, scores_of(discriminator, samples), samples)
        _check_second_gradients(discriminator, scores_of(discriminator, samples), samples)
        assert_repeatable_in_evaluation(discriminator, samples.detach(), outputs_of=scores_of, in_batch=labels is None)
        _check_raw(discriminator, lambda: scores_of(discriminator, samples.detach()))
        assert_restorable(
            discriminator,
            lambda: construct("discriminator", discriminator_class, options, data),
            samples.detach(),
            outputs_of=scores_of,
        )
        assert_layer_rows(discriminator.layer_rows())


def _check_scores(discriminator: Discriminator, scores: Tensor, samples: Tensor) -> None:
    assert len({tuple(row) for row in scores.tolist()}) == _BATCH, "different samples get the same score"
    assert scores.requires_grad, "scores have no gradient: something is detached on the way to them"
    (gradient,) = torch.autograd.grad(scores.sum(), samples, retain_graph=True)
    assert_finite(gradient, "the gradient by the samples")
    assert gradient.flatten(1).abs().sum(1).gt(0).all(), "the gradient by a sample is zero: a generator cannot learn"
    scores.square().sum().backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
    assert_trainable(discriminator, of="the score")


def _check_second_gradients(discriminator: Discriminator, scores: Tensor, samples: Tensor) -> None:
    discriminator.zero_grad()
    (gradient,) = torch.autograd.grad(scores.sum(), samples, create_graph=True)
    assert gradient.requires_grad, "the gradient by the samples cannot be differentiated again, as WGAN-GP must"
    (gradient.flatten(1).norm(dim=1) - 1).square().mean().backward()
    seconds = [parameter.grad for parameter in discriminator.parameters() if parameter.grad is not None]
    assert any(second.abs().sum() > 0 for second in seconds), "the gradient penalty has no gradient by any parameter"
    for second in seconds:
        assert_finite(second, "a second gradient")


def _check_raw(discriminator: Discriminator, scores_of: Any) -> None:
    # a copy would not do: weight_norm's hooks leave weights that cannot be copied
    before = {name: parameter.detach().clone() for name, parameter in discriminator.named_parameters()}
    discriminator.eval()
    with torch.no_grad():
        for parameter in discriminator.parameters():
            parameter.mul_(_SWOLLEN)
        scores = scores_of()
        for name, parameter in discriminator.named_parameters():
            parameter.copy_(before[name])
    discriminator.train()
    # a sigmoid or tanh at the end holds scores within one however large the weights
    assert not (scores.abs() <= 1).all(), "scores stay within [-1, 1] whatever the weights: they must be raw"
