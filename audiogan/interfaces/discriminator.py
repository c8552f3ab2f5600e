"""The interface of discriminators (critics)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

from torch import Tensor, nn

from audiogan.interfaces.layers import LayerRow


class DiscriminatorOutput(NamedTuple):
    """What a discriminator of several heads, or one that shows its feature maps, gives."""

    scores: tuple[Tensor, ...]
    """Raw scores, one tensor a head: ``[N]`` or ``[N, positions]``."""
    features: tuple[tuple[Tensor, ...], ...] = ()
    """Feature maps ``[N, …]``, a tuple a head; empty where none are shown."""


class Discriminator(nn.Module, ABC):
    """Maps samples ``[N, *sample_shape]`` to scores.

    A subclass is built as ``Subclass(options, data)``, ``data`` being a :class:`audiogan.DataSpec`. Scores are raw:
    squashing them, where it is wanted, is the loss's work. Randomness inside a pass, such as phase shuffle, comes from
    torch's global random state and only in training mode.
    """

    options_class: ClassVar[type[Any]]

    @abstractmethod
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor | DiscriminatorOutput:
        """Raw scores, higher for what looks real, of samples ``[N, *sample_shape]`` with labels ``[N]``.

        A tensor ``[N]`` or ``[N, positions]`` stands for a :class:`DiscriminatorOutput` of one head without features.
        ``labels`` are int64, -1 for a window without one, and ``None`` where the dataset has no classes.
        """

    def layer_rows(self) -> tuple[LayerRow, ...]:
        """The layers for ``audiogan describe``; empty where a discriminator does not list them."""
        return ()
