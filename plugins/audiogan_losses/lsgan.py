"""Least-squares GAN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

from attrs import frozen
from torch import Tensor

from audiogan import ScoreLoss, option


@final
@frozen
class LSGANLossOptions:
    """Options of loss ``lsgan``; the targets bear the names of the paper's equation."""

    a: float = option(default=0.0, help="the score that the discriminator aims at for fakes")
    b: float = option(default=1.0, help="the score that the discriminator aims at for real samples")
    c: float = option(default=1.0, help="the score that the generator aims at for fakes")
    generator_factor: float = option(
        default=1.0, minimum=0, help="factor of the generator's loss: 0.5 in the paper, 1 in the WaveGAN code"
    )


@final
class LSGANLoss(ScoreLoss):
    """D minimises 1/2 E(D(x) - b)² + 1/2 E(D(G(z)) - a)², and G minimises factor · E(D(G(z)) - c)².

    Source: Mao et al. 2017, "Least squares generative adversarial networks", eq. 2. The generator's 1/2 is left out by
    default, as in the original WaveGAN code.
    """

    options_class: ClassVar[type[LSGANLossOptions]] = LSGANLossOptions
    recommended_optimizer: ClassVar[Mapping[str, Any]] = {"type": "TensorFlowRMSprop", "lr": 1e-4}

    def __init__(self, options: LSGANLossOptions) -> None:
        super().__init__()
        self.options = options

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """1/2 E(D(x) - b)² + 1/2 E(D(G(z)) - a)²."""
        of_real = (real - self.options.b).square().mean()
        of_fake = (fake - self.options.a).square().mean()
        return (of_real + of_fake) / 2

    def generator_loss(self, fake: Tensor) -> Tensor:
        """``generator_factor`` · E(D(G(z)) - c)²."""
        return self.options.generator_factor * (fake - self.options.c).square().mean()
