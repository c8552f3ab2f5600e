"""The interface of discriminators (critics)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from torch import Tensor, nn

from audiogan.interfaces.layers import LayerRow


class Discriminator(nn.Module, ABC):
    """Maps samples ``[N, *sample_shape]`` to scores ``[N]``.

    A subclass is built as ``Subclass(options, sample_shape=sample_shape)``. Scores are raw: squashing them, where it is
    wanted, is the loss's work. Randomness inside a pass, such as phase shuffle, comes from torch's global random state
    and only in training mode.
    """

    options_class: ClassVar[type[Any]]

    @abstractmethod
    def forward(self, samples: Tensor) -> Tensor:
        """Raw scores ``[N]``, higher for what looks real, of samples ``[N, *sample_shape]``."""

    def layer_rows(self) -> tuple[LayerRow, ...]:
        """The layers for ``audiogan describe``; empty where a discriminator does not tell."""
        return ()
