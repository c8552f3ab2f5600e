"""What happens around the steps: an average of the generator's weights, and a bound on gradients."""

from __future__ import annotations

from audiogan import Register, hookimpl
from audiogan_callbacks.average import ExponentialMovingAverage, ExponentialMovingAverageOptions
from audiogan_callbacks.clipping import GradientClipping, GradientClippingOptions

__all__ = [
    "ExponentialMovingAverage",
    "ExponentialMovingAverageOptions",
    "GradientClipping",
    "GradientClippingOptions",
]


@hookimpl
def register_callbacks(register: Register) -> None:
    """Registers ``ema`` and ``gradient-clipping``."""
    register("ema", ExponentialMovingAverage)
    register("gradient-clipping", GradientClipping)
