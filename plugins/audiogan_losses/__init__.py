"""Adversarial losses: the original GAN's, least squares, and Wasserstein with clipping or with a gradient penalty."""

from __future__ import annotations

from audiogan import Register, hookimpl
from audiogan_losses.gan import GANLoss, GANLossOptions
from audiogan_losses.gradient_penalty import gradient_penalty, interpolate, slopes
from audiogan_losses.lsgan import LSGANLoss, LSGANLossOptions
from audiogan_losses.tensorflow_rmsprop import TensorFlowRMSprop
from audiogan_losses.wgan import WGANLoss, WGANLossOptions
from audiogan_losses.wgan_gp import WGANGPLoss, WGANGPLossOptions

__all__ = [
    "GANLoss",
    "GANLossOptions",
    "LSGANLoss",
    "LSGANLossOptions",
    "TensorFlowRMSprop",
    "WGANGPLoss",
    "WGANGPLossOptions",
    "WGANLoss",
    "WGANLossOptions",
    "gradient_penalty",
    "interpolate",
    "slopes",
]


@hookimpl
def register_losses(register: Register) -> None:
    """Registers ``gan``, ``lsgan``, ``wgan`` and ``wgan-gp``."""
    register("gan", GANLoss)
    register("lsgan", LSGANLoss)
    register("wgan", WGANLoss)
    register("wgan-gp", WGANGPLoss)


@hookimpl
def register_optimizers(register: Register) -> None:
    """Registers ``TensorFlowRMSprop``, with which the original trains under LSGAN and WGAN."""
    register("TensorFlowRMSprop", TensorFlowRMSprop)
