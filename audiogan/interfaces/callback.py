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
from audiogan.interfaces.loss import Step
from audiogan.interfaces.records import ScoreRecord, StepRecord


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
    discriminator_steps: int = 1
    """Discriminator updates, each on a batch of its own, for each generator update."""


class Callback(ABC):  # every method may be left as it is
    """Built as ``Subclass(options)``. Every method does nothing unless overridden.

    Callbacks are called in the order in which the experiment lists them. What they keep in :meth:`state_dict` is saved
    with every checkpoint and restored before :meth:`on_train_start`.
    """

    options_class: ClassVar[type[Any]]

    def on_train_start(self, context: TrainingContext) -> None:
        """Called once a session, before its first step."""

    def on_discriminator_input(self, samples: Tensor, *, real: bool, step: Step) -> Tensor:
        """What the discriminator sees instead of ``samples`` ``[N, *sample_shape]``, real or fake; augmentation.

        In a generator's update gradients pass through it. What is random draws from ``step.rng``.
        """
        return samples

    def on_gradients(self, network: Literal["generator", "discriminator"], module: nn.Module) -> None:
        """Called with the gradients of an update in place, before the optimiser's step; clipping goes here."""

    def on_step_end(self, record: StepRecord) -> None:
        """Called after every generator update, before a scoring that falls due with it."""

    def on_score(self, record: ScoreRecord, previews: Tensor) -> None:
        """Called after every scoring, with the preview waveforms ``[previews, channels, window_length]``."""

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
