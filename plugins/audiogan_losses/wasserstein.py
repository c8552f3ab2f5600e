"""What both Wasserstein losses share: the two expectations."""

from __future__ import annotations

from torch import Tensor


def critic_loss(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """E D(G(z)) - E D(x): the negative of the estimated distance.

    Source: Arjovsky, Chintala and Bottou 2017, "Wasserstein GAN", algorithm 1.
    """
    return fake_scores.mean() - real_scores.mean()


def generator_loss(fake_scores: Tensor) -> Tensor:
    """-E D(G(z)). Source: as :func:`critic_loss`."""
    return -fake_scores.mean()
