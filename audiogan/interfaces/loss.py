"""The interface of losses: named terms over what the discriminator gives for real and for fake samples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, final

import torch
from attrs import frozen
from torch import Tensor, nn

from audiogan.interfaces.discriminator import Discriminator, DiscriminatorOutput


@final
@frozen(eq=False)
class Judged:
    """Samples that went through the discriminator, with what came out."""

    samples: Tensor
    """``[N, *sample_shape]``"""
    labels: Tensor | None
    """``[N]``, int64; ``None`` where the dataset has no classes."""
    scores: tuple[Tensor, ...]
    """Raw scores, one tensor a head: ``[N]`` or ``[N, positions]``."""
    features: tuple[tuple[Tensor, ...], ...]
    """Feature maps, a tuple a head; empty where the discriminator shows none."""


@final
@frozen(eq=False)
class Step:
    """The update that terms are computed for."""

    number: int
    """Which generator update it belongs to, from 1."""
    rng: torch.Generator
    """The CPU generator from which losses and callbacks draw."""
    discriminator: Discriminator
    """To be called for penalties."""

    def judge(self, samples: Tensor, labels: Tensor | None = None) -> Judged:
        """``samples`` ``[N, *sample_shape]`` with what the discriminator gives for them."""
        output = self.discriminator(samples, labels)
        if not isinstance(output, DiscriminatorOutput):
            output = DiscriminatorOutput((output,))
        return Judged(samples, labels, tuple(output.scores), tuple(output.features))


class Loss(nn.Module, ABC):  # a loss may have terms for one of the networks only
    """What the two networks minimise: the sum of named terms. A subclass is built as ``Subclass(options)``.

    It is a module: what it keeps in parameters and buffers is moved, saved and restored with the networks. An
    experiment may list several losses; their terms are summed.
    """

    options_class: ClassVar[type[Any]]
    recommended_optimizer: ClassVar[Mapping[str, Any]] = {"type": "Adam", "lr": 1e-4, "betas": [0.5, 0.9]}
    """The optimiser used where an experiment names none, and this is its first loss: a name and its arguments."""
    generator_needs_real: ClassVar[bool] = False
    """Whether :meth:`generator_terms` compares with real samples, which are then judged in its updates, too."""

    def discriminator_terms(self, real: Judged, fake: Judged, step: Step) -> Mapping[str, Tensor]:
        """Scalars, already weighted, by name, whose sum the discriminator minimises.

        ``real`` and ``fake`` have samples without gradient history and are batches of one size.
        """
        return {}

    def generator_terms(self, fake: Judged, real: Judged | None, step: Step) -> Mapping[str, Tensor]:
        """Scalars, already weighted, by name, whose sum the generator minimises.

        ``real`` is ``None`` unless a loss of the experiment sets :attr:`generator_needs_real`; no gradient passes
        through it.
        """
        return {}

    def after_discriminator_step(self, discriminator: Discriminator) -> None:
        """Called after each discriminator update; weight clipping goes here."""


class ScoreLoss(Loss):
    """A loss of two formulas over scores; they are averaged over the discriminator's heads, as term ``adversarial``."""

    @abstractmethod
    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """The scalar that the discriminator minimises, of one head's raw scores of real and of fake samples."""

    @abstractmethod
    def generator_loss(self, fake: Tensor) -> Tensor:
        """The scalar that the generator minimises, of one head's raw scores of fake samples."""

    def discriminator_terms(self, real: Judged, fake: Judged, step: Step) -> Mapping[str, Tensor]:
        """:meth:`discriminator_loss`, averaged over heads."""
        heads = zip(real.scores, fake.scores, strict=True)
        return {"adversarial": _mean([self.discriminator_loss(*scores) for scores in heads])}

    def generator_terms(self, fake: Judged, real: Judged | None, step: Step) -> Mapping[str, Tensor]:
        """:meth:`generator_loss`, averaged over heads."""
        return {"adversarial": _mean([self.generator_loss(scores) for scores in fake.scores])}


def _mean(losses: Sequence[Tensor]) -> Tensor:
    return losses[0] if len(losses) == 1 else torch.stack(tuple(losses)).mean()
