"""RMSProp as TensorFlow computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, final

import torch
from torch import Tensor, nn


@final
class TensorFlowRMSprop(torch.optim.Optimizer):
    """RMSProp with which the original WaveGAN trains under WGAN and LSGAN: p ← p - lr g / √(s + epsilon).

    The mean square s ← decay s + (1 - decay) g² starts at one, and ``epsilon`` stands inside the root. In
    :class:`torch.optim.RMSprop` s starts at zero and epsilon stands outside; for the gradients of a WGAN's generator,
    1e-8 at first since every weight of the discriminator is clipped to ±0.01, its steps are hundreds of times longer.

    :raises ValueError: ``lr`` or ``epsilon`` is not positive, or ``decay`` does not lie in [0, 1).
    """

    def __init__(
        self, params: Iterable[nn.Parameter], lr: float = 1e-3, *, decay: float = 0.9, epsilon: float = 1e-10
    ) -> None:
        for name, value, fine in (
            ("lr", lr, lr > 0),
            ("decay", decay, 0 <= decay < 1),
            ("epsilon", epsilon, epsilon > 0),
        ):
            if not fine:
                raise ValueError(f"Invalid {name} value: {value}")
        super().__init__(params, {"lr": lr, "decay": decay, "epsilon": epsilon})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]  # as torch's
        """Updates every parameter that has a gradient; ``closure``, where given, computes the gradients first."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, parameter.grad, group)
        return loss

    def _update(self, parameter: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[parameter]
        if not state:
            state["mean_square"] = torch.ones_like(parameter)
        mean_square = state["mean_square"]
        mean_square.mul_(group["decay"]).addcmul_(gradient, gradient, value=1 - group["decay"])
        parameter.addcdiv_(gradient, (mean_square + group["epsilon"]).sqrt_(), value=-group["lr"])
