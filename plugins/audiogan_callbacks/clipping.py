"""A bound on the norm of gradients."""

from __future__ import annotations

from typing import Literal, final

from attrs import frozen
from torch import nn

from audiogan import Callback, option


@final
@frozen
class GradientClippingOptions:
    """Options of callback ``gradient-clipping``."""

    norm: float = option(default=1.0, above=0, help="largest Euclidean norm of all gradients of a network together")
    network: str = option(
        default="both", choices=("both", "generator", "discriminator"), help="whose gradients are clipped"
    )


@final
class GradientClipping(Callback):
    """Scales the gradients of an update down where their norm is larger than ``norm``.

    Source: Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", algorithm 1.
    """

    options_class = GradientClippingOptions

    def __init__(self, options: GradientClippingOptions) -> None:
        self.options = options

    def on_gradients(self, network: Literal["generator", "discriminator"], module: nn.Module) -> None:
        """Scales them in place."""
        if self.options.network in ("both", network):
            nn.utils.clip_grad_norm_(module.parameters(), self.options.norm)
