"""Wasserstein GAN with a gradient penalty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

import torch
from attrs import frozen
from torch import Tensor

from audiogan import Discriminator, Loss, option
from audiogan_losses import wasserstein
from audiogan_losses.gradient_penalty import gradient_penalty, interpolate


@final
@frozen
class WGANGPLossOptions:
    """Options of loss ``wgan-gp``."""

    weight: float = option(default=10.0, minimum=0, help="weight of the gradient penalty")


@final
class WGANGPLoss(Loss):
    """E D(x) - E D(G(z)), with D's slope drawn towards 1 between real and fake samples.

    It trains every discriminator, recurrent ones included; see :func:`audiogan.nn.twice_differentiable`.

    Source: Gulrajani et al. 2017, "Improved training of Wasserstein GANs", algorithm 1.
    """

    options_class: ClassVar[type[WGANGPLossOptions]] = WGANGPLossOptions
    recommended_optimizer: ClassVar[Mapping[str, Any]] = {"type": "Adam", "lr": 1e-4, "betas": [0.5, 0.9]}

    def __init__(self, options: WGANGPLossOptions) -> None:
        self.options = options

    def discriminator_loss(self, real_scores: Tensor, fake_scores: Tensor) -> Tensor:
        """E D(G(z)) - E D(x), the penalty not included."""
        return wasserstein.critic_loss(real_scores, fake_scores)

    def generator_loss(self, fake_scores: Tensor) -> Tensor:
        """-E D(G(z))."""
        return wasserstein.generator_loss(fake_scores)

    def penalty(self, discriminator: Discriminator, real: Tensor, fake: Tensor, *, rng: torch.Generator) -> Tensor:
        """``weight`` · E(slope - 1)² at points drawn uniformly, one for each pair, between ``real`` and ``fake``."""
        alpha = torch.rand(len(real), generator=rng).to(real)
        return self.options.weight * gradient_penalty(discriminator, interpolate(real, fake, alpha))
