"""The loss of the original GAN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

from attrs import frozen
from torch import Tensor
from torch.nn import functional as F

from audiogan import ScoreLoss, option


@final
@frozen
class GANLossOptions:
    """Options of loss ``gan``."""

    generator_objective: str = option(
        default="non-saturating",
        choices=("non-saturating", "minimax"),
        help="maximise log D(G(z)), or minimise log(1 - D(G(z))) as the equation has it, which stalls while D wins",
    )


@final
class GANLoss(ScoreLoss):
    """min over G, max over D of E log D(x) + E log(1 - D(G(z))), where D is the sigmoid of the raw score.

    The generator's default is the non-saturating form, which has the same fixed point and which the original WaveGAN
    code trains with; ``generator_objective = "minimax"`` is the equation to the letter. That code also halves the
    discriminator's loss, the equation does not, nor does this. Everything is computed from raw scores, so that no
    probability is rounded to 0 or 1.

    Source: Goodfellow et al. 2014, "Generative adversarial nets", eq. 1 and the end of section 3; study, section 3.3.
    """

    options_class: ClassVar[type[GANLossOptions]] = GANLossOptions
    recommended_optimizer: ClassVar[Mapping[str, Any]] = {"type": "Adam", "lr": 2e-4, "betas": [0.5, 0.999]}

    def __init__(self, options: GANLossOptions) -> None:
        super().__init__()
        self.options = options

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """-E log D(x) - E log(1 - D(G(z)))."""
        return F.softplus(-real).mean() + F.softplus(fake).mean()

    def generator_loss(self, fake: Tensor) -> Tensor:
        """-E log D(G(z)), or E log(1 - D(G(z))) for ``minimax``."""
        if self.options.generator_objective == "minimax":
            return -F.softplus(fake).mean()
        return F.softplus(-fake).mean()
