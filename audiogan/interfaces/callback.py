"""The interface of callbacks: what happens around the steps of a training."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, final

import torch
from attrs import frozen
from torch import Tensor, nn

from audiogan.interfaces.data_spec import DataSpec
from audiogan.interfaces.discriminator import Discriminator
from audiogan.interfaces.generator import Generator


@final
@frozen(eq=False)
class TrainingContext:
    """What a training consists of, for the callbacks at its start."""

    experiment: str
    folder: Path | None
    """Where the experiment keeps what it makes; ``None`` where nothing is kept."""
    generator: Generator
    discriminator: Discriminator
    data: DataSpec
    batch_size: int
    seed: int
    device: torch.device
    step: int
    """Generator updates that were made before, in earlier sessions."""


class Callback(ABC):  # every method may be left as it is
    """Built as ``Subclass(options)``. Every method does nothing unless overridden.

    Callbacks are called in the order in which the experiment lists them. What they keep in :meth:`state_dict` is saved
    with every checkpoint and restored before :meth:`on_train_start`.
    """

    options_class: ClassVar[type[Any]]

    def on_train_start(self, context: TrainingContext) -> None:
        """Called once a session, before its first step."""

    def on_gradients(self, network: Literal["generator", "discriminator"], module: nn.Module) -> None:
        """Called with the gradients of an update in place, before the optimiser's step; clipping goes here."""

    def generator_for_scoring(self, generator: Generator) -> Generator:
        """The generator that is scored, previewed and kept as the best: an average of the weights, for example."""
        return generator

    def on_train_end(self) -> None:
        """Called once a session, when the budget is spent or a stop was requested."""

    def state_dict(self) -> dict[str, Tensor]:
        """What going on needs, as tensors."""
        return {}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Goes back to what :meth:`state_dict` gave."""
