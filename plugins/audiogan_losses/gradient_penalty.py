"""The gradient penalty of WGAN-GP, as functions of an update and of the points where it is judged.

Source: Gulrajani et al. 2017, "Improved training of Wasserstein GANs", eq. 3 and algorithm 1.
"""

from __future__ import annotations

import torch
from torch import Tensor

from audiogan import Step
from audiogan.nn import twice_differentiable


def interpolate(real: Tensor, fake: Tensor, alpha: Tensor) -> Tensor:
    """Points ``[N, *sample_shape]`` between each real and fake sample: real where ``alpha`` ``[N]`` is 0, fake at 1."""
    return real + alpha.view(-1, *[1] * (real.dim() - 1)) * (fake - real)


def slopes(step: Step, points: Tensor, labels: Tensor | None = None) -> Tensor:
    """The norms ``[N]`` of the score's gradient at ``points`` ``[N, *sample_shape]``, over all axes but the batch.

    The scores of several heads or positions are summed. The norms carry a graph and can be differentiated by the
    discriminator's parameters, recurrent ones included.
    """
    points = points.detach().requires_grad_()
    with twice_differentiable():
        scores = step.judge(points, labels).scores
    (gradient,) = torch.autograd.grad([head.sum() for head in scores], points, create_graph=True)
    norms: Tensor = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
    return norms


def gradient_penalty(step: Step, points: Tensor, labels: Tensor | None = None) -> Tensor:
    """E(slope - 1)², a scalar without weight, over ``points`` ``[N, *sample_shape]``."""
    return (slopes(step, points, labels) - 1).square().mean()
