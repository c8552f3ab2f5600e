"""The smallest adversarial experiment: linear networks, windows in memory, a loss whose gradients fit on a napkin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import attrs
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from audiogan.data.loader import Batch, BatchLoader
from audiogan.interfaces import (
    Callback,
    Dataset,
    Discriminator,
    Generator,
    Judged,
    Loss,
    Representation,
    ScoreLoss,
    Step,
    Window,
)
from audiogan.spec.schema import OptimizerSpec, TrainingSpec
from audiogan.training.components import Components
from audiogan.training.loss_sum import LossSum
from audiogan.training.trainer import Trainer

WINDOW_LENGTH = 4
CPU = torch.device("cpu")


@attrs.frozen
class NoOptions:
    """Nothing to choose."""


class MemoryDataset(Dataset):
    """Windows held in an array ``[count, 1, WINDOW_LENGTH]``."""

    options_class = NoOptions
    sample_rate = 16_000
    channels = 1
    window_length = WINDOW_LENGTH

    def __init__(self, count: int = 10) -> None:
        self.waveforms = np.random.default_rng(7).uniform(-1, 1, (count, 1, WINDOW_LENGTH)).astype(np.float32)

    def __len__(self) -> int:
        return len(self.waveforms)

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        jitter: NDArray[np.float32] = rng.uniform(-0.01, 0.01, (1, WINDOW_LENGTH)).astype(np.float32)
        return Window(self.waveforms[index] + jitter)

    def fingerprint(self) -> str:
        return "memory"


class Unchanged(Representation):
    """The waveform itself; counts what it was fitted on in a buffer."""

    options_class = NoOptions
    sample_shape = (1, WINDOW_LENGTH)
    fitted: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("fitted", torch.zeros(1))

    def fit(self, dataset: Dataset) -> None:
        self.fitted.fill_(float(len(dataset)))

    def encode(self, waveform: Tensor) -> Tensor:
        return waveform

    def decode(self, samples: Tensor) -> Tensor:
        return samples


class LinearGenerator(Generator):
    """``latent @ weight.T + bias``; remembers the last latent that it was given."""

    options_class = NoOptions

    def __init__(self, latent_dim: int = 3) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.dense = nn.Linear(latent_dim, WINDOW_LENGTH)
        self.seen: list[Tensor] = []

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        self.seen.append(latent.detach().clone())
        samples: Tensor = self.dense(latent)
        return samples.unsqueeze(1)


class LinearDiscriminator(Discriminator):
    """``samples @ weight.T + bias``."""

    options_class = NoOptions

    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(WINDOW_LENGTH, 1)

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        scores: Tensor = self.dense(samples.flatten(1))
        return scores.squeeze(1)


class NoisyDiscriminator(LinearDiscriminator):
    """Draws from torch's global random state in training mode, as phase shuffle does; not linear in its weights."""

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        if self.training:
            samples = samples + 0.1 * torch.randn(samples.shape)
        return torch.tanh(super().forward(samples, labels))


class MeanDifference(ScoreLoss):
    """The critic's ``E fake - E real``, the generator's ``-E fake``."""

    options_class = NoOptions

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        return fake.mean() - real.mean()

    def generator_loss(self, fake: Tensor) -> Tensor:
        return -fake.mean()


class PenalisedMeanDifference(MeanDifference):
    """Adds the mean squared score at random points between real and fake."""

    recommended_optimizer: ClassVar[Mapping[str, Any]] = {"type": "RMSprop", "lr": 0.01, "alpha": 0.9}

    def discriminator_terms(self, real: Judged, fake: Judged, step: Step) -> Mapping[str, Tensor]:
        alpha = torch.rand(len(real.samples), 1, 1, generator=step.rng)
        mixed = real.samples + alpha * (fake.samples - real.samples)
        penalty = step.judge(mixed, real.labels).scores[0].square().mean()
        return {**super().discriminator_terms(real, fake, step), "penalty": penalty}


def linear_components(
    *,
    discriminator: Discriminator | None = None,
    loss: Loss | None = None,
    windows: int = 10,
    callbacks: tuple[Callback, ...] = (),
) -> Components:
    """The parts of the experiment, with the same initial weights each time."""
    torch.manual_seed(1)
    generator = LinearGenerator()
    return Components(
        dataset=MemoryDataset(windows),
        representation=Unchanged(),
        generator=generator,
        discriminator=discriminator or LinearDiscriminator(),
        loss=LossSum([("mean-difference", loss or MeanDifference())]),
        callbacks=callbacks,
    )


def noisy_components(windows: int = 10) -> Components:
    """Parts that draw from every source of randomness that a training has."""
    torch.manual_seed(1)
    components = linear_components(discriminator=NoisyDiscriminator(), loss=PenalisedMeanDifference(), windows=windows)
    components.representation.fit(components.dataset)
    return components


def training_spec(**changes: Any) -> TrainingSpec:
    """Batches of 4, SGD at 0.1, two discriminator updates a step."""
    defaults: dict[str, Any] = {
        "batch_size": 4,
        "discriminator_steps": 2,
        "steps": 6,
        "seed": 5,
        "optimizer": OptimizerSpec("SGD", {"lr": 0.1}),
    }
    return TrainingSpec(**{**defaults, **changes})


def batches(trainer: Trainer, training: TrainingSpec) -> Iterator[Batch]:
    """The real windows from where ``trainer`` stands."""
    return BatchLoader(
        trainer.components.dataset,
        batch_size=training.batch_size,
        seed=training.seed,
        position=trainer.state.position,
    )
