"""The interface of generators."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from audiogan.interfaces.layers import LayerRow


class Generator(nn.Module, ABC):
    """Maps a latent ``[N, latent_dim]`` to samples ``[N, *sample_shape]``.

    A subclass is built as ``Subclass(options, data)``, where ``data.sample_shape`` is the shape of one sample as the
    representation makes it: ``(channels, length)`` for waveforms. It sets ``latent_dim`` and starts from its own
    initial weights, drawn from torch's global random state.
    """

    options_class: ClassVar[type[Any]]
    latent_dim: int

    @abstractmethod
    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Samples ``[N, *sample_shape]`` for a latent ``[N, latent_dim]`` and labels ``[N]``.

        ``labels`` are int64, -1 for one that is unknown, and ``None`` where the dataset has no classes.
        """

    def sample_latent(self, count: int, *, rng: torch.Generator) -> Tensor:
        """``count`` latents ``[count, latent_dim]``, Uniform(-1, 1), on the device of ``rng``."""
        uniform = torch.rand(count, self.latent_dim, generator=rng, device=rng.device)
        return uniform * 2 - 1

    def layer_rows(self) -> tuple[LayerRow, ...]:
        """The layers for ``audiogan describe``; empty where a generator does not list them."""
        return ()
