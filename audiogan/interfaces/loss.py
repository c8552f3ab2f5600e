"""The interface of adversarial losses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor

from audiogan.interfaces.discriminator import Discriminator


class Loss(ABC):
    """What the two networks minimise. A subclass is built as ``Subclass(options)``."""

    options_class: ClassVar[type[Any]]
    recommended_optimizer: ClassVar[Mapping[str, Any]] = {"type": "Adam", "lr": 1e-4, "betas": [0.5, 0.9]}
    """The optimiser used where an experiment names none: a ``torch.optim`` class and its arguments."""

    @abstractmethod
    def discriminator_loss(self, real_scores: Tensor, fake_scores: Tensor) -> Tensor:
        """The scalar that the discriminator minimises, of raw scores ``[N]``; penalties are added apart."""

    @abstractmethod
    def generator_loss(self, fake_scores: Tensor) -> Tensor:
        """The scalar that the generator minimises, of raw scores ``[N]``."""

    def penalty(
        self, discriminator: Discriminator, real: Tensor, fake: Tensor, *, rng: torch.Generator
    ) -> Tensor | None:
        """A scalar to add to the discriminator's loss, already weighted, or ``None``.

        ``real`` and ``fake`` are samples ``[N, *sample_shape]`` without gradient history; ``rng`` is a CPU generator.
        """
        return None

    def after_discriminator_step(self, discriminator: Discriminator) -> None:
        """Called after each discriminator update; weight clipping goes here."""
