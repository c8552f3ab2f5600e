"""Wasserstein GAN with weight clipping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

import torch
from attrs import frozen
from torch import Tensor

from audiogan import Discriminator, ScoreLoss, option


@final
@frozen
class WGANLossOptions:
    """Options of loss ``wgan``."""

    clip: float = option(default=0.01, minimum=0, help="largest magnitude of a discriminator's weight")


@final
class WGANLoss(ScoreLoss):
    """E D(x) - E D(G(z)), D kept from growing steep by clipping each of its parameters to ±``clip`` after every step.

    Source: Arjovsky, Chintala and Bottou 2017, "Wasserstein GAN", algorithm 1.
    """

    options_class: ClassVar[type[WGANLossOptions]] = WGANLossOptions
    recommended_optimizer: ClassVar[Mapping[str, Any]] = {"type": "TensorFlowRMSprop", "lr": 5e-5}

    def __init__(self, options: WGANLossOptions) -> None:
        super().__init__()
        self.options = options

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """E D(G(z)) - E D(x)."""
        return fake.mean() - real.mean()

    def generator_loss(self, fake: Tensor) -> Tensor:
        """-E D(G(z))."""
        return -fake.mean()

    @torch.no_grad()
    def after_discriminator_step(self, discriminator: Discriminator) -> None:
        """Clips every parameter of ``discriminator``, biases included, to ±``clip``."""
        for parameter in discriminator.parameters():
            parameter.clamp_(-self.options.clip, self.options.clip)
