"""Wasserstein GAN with a gradient penalty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

import torch
from attrs import frozen
from torch import Tensor

from audiogan import Judged, ScoreLoss, Step, option
from audiogan_losses.gradient_penalty import gradient_penalty, interpolate


@final
@frozen
class WGANGPLossOptions:
    """Options of loss ``wgan-gp``."""

    weight: float = option(default=10.0, minimum=0, help="weight of the gradient penalty")


@final
class WGANGPLoss(ScoreLoss):
    """E D(x) - E D(G(z)), with D's slope drawn towards 1 between real and fake samples.

    It trains every discriminator, recurrent ones included; see :func:`audiogan.nn.twice_differentiable`.

    Source: Gulrajani et al. 2017, "Improved training of Wasserstein GANs", algorithm 1.
    """

    options_class: ClassVar[type[WGANGPLossOptions]] = WGANGPLossOptions
    recommended_optimizer: ClassVar[Mapping[str, Any]] = {"type": "Adam", "lr": 1e-4, "betas": [0.5, 0.9]}

    def __init__(self, options: WGANGPLossOptions) -> None:
        super().__init__()
        self.options = options

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """E D(G(z)) - E D(x), the penalty not included."""
        return fake.mean() - real.mean()

    def generator_loss(self, fake: Tensor) -> Tensor:
        """-E D(G(z))."""
        return -fake.mean()

    def discriminator_terms(self, real: Judged, fake: Judged, step: Step) -> Mapping[str, Tensor]:
        """``adversarial``, and ``gradient_penalty``: ``weight`` · E(slope - 1)².

        The points are drawn uniformly, one for each pair, between real and fake samples.
        """
        terms = super().discriminator_terms(real, fake, step)
        alpha = torch.rand(len(real.samples), generator=step.rng).to(real.samples)
        points = interpolate(real.samples, fake.samples, alpha)
        return {**terms, "gradient_penalty": self.options.weight * gradient_penalty(step, points, real.labels)}
