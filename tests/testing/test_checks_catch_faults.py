from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from audiogan import (
    Dataset,
    DataSpec,
    Discriminator,
    Generator,
    Judged,
    Loss,
    Metric,
    MetricResult,
    Representation,
    ScoreLoss,
    Step,
    Window,
)
from audiogan.testing import (
    NoiseDataset,
    NoiseDatasetOptions,
    check_dataset,
    check_discriminator,
    check_generator,
    check_loss,
    check_metric,
    check_representation,
    waveform_data,
)

DATA = waveform_data(32)


@frozen
class NoOptions:
    pass


class GoodGenerator(Generator):
    options_class = NoOptions

    def __init__(self, options: Any, data: DataSpec) -> None:
        super().__init__()
        self.latent_dim = 4
        self.shape = data.sample_shape
        self.dense = nn.Linear(4, data.channels * data.window_length)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        return torch.tanh(self.dense(latent)).reshape(-1, *self.shape)


class FlatGenerator(GoodGenerator):
    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        return super().forward(latent).flatten(1)


class DeafGenerator(GoodGenerator):
    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        return super().forward(latent * 0)


class IdleGenerator(GoodGenerator):
    def __init__(self, options: Any, data: DataSpec) -> None:
        super().__init__(options, data)
        self.unused = nn.Linear(2, 2)


class RestlessGenerator(GoodGenerator):
    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        return super().forward(latent + torch.rand_like(latent))


class GlobalLatentGenerator(GoodGenerator):
    def sample_latent(self, count: int, *, rng: torch.Generator) -> Tensor:
        return torch.rand(count, self.latent_dim)


class ForgetfulGenerator(GoodGenerator):
    def __init__(self, options: Any, data: DataSpec) -> None:
        super().__init__(options, data)
        self.scale = torch.rand(1) + 0.5

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        return super().forward(latent) * self.scale


@pytest.mark.parametrize(
    ("generator", "fault"),
    [
        (FlatGenerator, r"samples have shape \[3, 32\], not \[3, 1, 32\]"),
        (DeafGenerator, "two latents give the same sample"),
        (IdleGenerator, "a sample does not depend on parameter unused"),
        (RestlessGenerator, "two passes over one input differ"),
        (GlobalLatentGenerator, "something other than its rng"),
        (ForgetfulGenerator, "some state is not in it"),
        (nn.Linear, "must derive from audiogan.Generator"),
    ],
)
def test_generators(generator: Any, fault: str) -> None:
    check_generator(GoodGenerator, data=DATA)
    with pytest.raises(AssertionError, match=fault):
        check_generator(generator, data=DATA)


class GoodDiscriminator(Discriminator):
    options_class = NoOptions

    def __init__(self, options: Any, data: DataSpec) -> None:
        super().__init__()
        self.hidden = nn.Linear(data.window_length, 8)
        self.dense = nn.Linear(8, 1)

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        hidden = torch.tanh(self.hidden(samples.flatten(1)))
        scores: Tensor = self.dense(hidden)
        return scores.squeeze(1)


class ColumnDiscriminator(GoodDiscriminator):
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        return super().forward(samples).unsqueeze(1)


class SquashingDiscriminator(GoodDiscriminator):
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        return torch.sigmoid(super().forward(samples))


class OnceDifferentiable(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        return value.clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient.detach()


class ShallowDiscriminator(GoodDiscriminator):
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        identity: Callable[[Tensor], Tensor] = OnceDifferentiable.apply
        return super().forward(identity(samples))


class BatchDiscriminator(GoodDiscriminator):
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        return super().forward(samples) - super().forward(samples).mean() / 2


@pytest.mark.parametrize(
    ("discriminator", "fault"),
    [
        (ColumnDiscriminator, r"scores have shape \[3, 1\]; one score a sample is \[3\]"),
        (SquashingDiscriminator, "they must be raw"),
        (ShallowDiscriminator, "cannot be differentiated again"),
        (BatchDiscriminator, "depends on the others in its batch"),
    ],
)
def test_discriminators(discriminator: Any, fault: str) -> None:
    check_discriminator(GoodDiscriminator, data=DATA)
    with pytest.raises(AssertionError, match=fault):
        check_discriminator(discriminator, data=DATA)


class GoodLoss(ScoreLoss):
    options_class = NoOptions

    def __init__(self, options: Any) -> None:
        super().__init__()
        self.options = options

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        return fake.mean() - real.mean()

    def generator_loss(self, fake: Tensor) -> Tensor:
        return -fake.mean()


class SummedLoss(GoodLoss):
    def generator_loss(self, fake: Tensor) -> Tensor:
        return -fake.sum()


class UnreducedLoss(GoodLoss):
    def generator_terms(self, fake: Judged, real: Judged | None, step: Step) -> Mapping[str, Tensor]:
        return {"unreduced": -fake.scores[0]}


class InvertedLoss(GoodLoss):
    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        return real.mean() - fake.mean()


class PenaltyLoss(GoodLoss):
    def discriminator_terms(self, real: Judged, fake: Judged, step: Step) -> Mapping[str, Tensor]:
        return {**super().discriminator_terms(real, fake, step), "penalty": self.penalty(real, step)}

    def penalty(self, real: Judged, step: Step) -> Tensor:
        return step.judge(real.samples).scores[0].square().mean()


class GlobalPenaltyLoss(PenaltyLoss):
    def penalty(self, real: Judged, step: Step) -> Tensor:
        return step.judge(real.samples * torch.rand(1)).scores[0].mean()


class DetachedPenaltyLoss(PenaltyLoss):
    def penalty(self, real: Judged, step: Step) -> Tensor:
        return super().penalty(real, step).detach()


class FloatPenaltyLoss(PenaltyLoss):
    def penalty(self, real: Judged, step: Step) -> Any:
        return 0.5


class EmptyLoss(Loss):
    options_class = NoOptions

    def __init__(self, options: Any) -> None:
        super().__init__()


class OddlyOptimizedLoss(GoodLoss):
    recommended_optimizer: ClassVar[Mapping[str, Any]] = {"type": "Adamm"}


@pytest.mark.parametrize(
    ("loss", "fault"),
    [
        (SummedLoss, "generator_loss depends on the batch size"),
        (UnreducedLoss, r"'unreduced' has shape \(5,\)"),
        (InvertedLoss, "does not push low scores of real samples up"),
        (GlobalPenaltyLoss, "something other than step.rng"),
        (DetachedPenaltyLoss, "'penalty' has no gradient"),
        (FloatPenaltyLoss, "'penalty' is float"),
        (EmptyLoss, "neither discriminator_terms nor generator_terms"),
        (OddlyOptimizedLoss, "unknown optimiser 'Adamm'"),
    ],
)
def test_losses(loss: Any, fault: str) -> None:
    check_loss(GoodLoss)
    check_loss(PenaltyLoss)
    with pytest.raises(AssertionError, match=fault):
        check_loss(loss)


class GoodRepresentation(Representation):
    options_class = NoOptions

    def __init__(self, options: Any, data: DataSpec) -> None:
        super().__init__()
        self.sample_shape = data.sample_shape
        self.peak: Tensor
        self.register_buffer("peak", torch.ones(()))

    def fit(self, dataset: Dataset) -> None:
        self.peak.fill_(float(np.abs(dataset.window(1, rng=np.random.default_rng(0)).waveform).max()))

    def encode(self, waveform: Tensor) -> Tensor:
        return waveform / self.peak

    def decode(self, samples: Tensor) -> Tensor:
        return (samples * self.peak).clamp(-1, 1)


class ForgetfulRepresentation(GoodRepresentation):
    def fit(self, dataset: Dataset) -> None:
        self.__dict__["gain"] = 3.0

    def encode(self, waveform: Tensor) -> Tensor:
        return waveform * float(self.__dict__.get("gain", 1.0))


class LoudRepresentation(GoodRepresentation):
    def decode(self, samples: Tensor) -> Tensor:
        return samples * 2


@pytest.mark.parametrize(
    ("representation", "fault"),
    [(ForgetfulRepresentation, "not in the state_dict"), (LoudRepresentation, r"decode leaves \[-1, 1\]")],
)
def test_representations(representation: Any, fault: str) -> None:
    check_representation(GoodRepresentation, window_length=64, channels=2)
    with pytest.raises(AssertionError, match=fault):
        check_representation(representation, window_length=64)


class GlobalDataset(NoiseDataset):
    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        return Window(np.random.random_sample((1, self.window_length)).astype(np.float32), 0)


class LoudDataset(NoiseDataset):
    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        return Window(super().window(index, rng=rng).waveform * 2, 0)


class MislabelledDataset(NoiseDataset):
    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        return Window(super().window(index, rng=rng).waveform, 2)


class TwofacedDataset(NoiseDataset):
    def write_window(
        self, index: int, *, rng: Callable[[], np.random.Generator], into: NDArray[np.float32]
    ) -> int | None:
        label = super().write_window(index, rng=rng, into=into)
        into[:, 0] = 0
        return label


@pytest.mark.parametrize(
    ("dataset", "fault"),
    [
        (GlobalDataset, "window 0 differs for the same rng"),
        (LoudDataset, r"leaves \[-1, 1\]"),
        (MislabelledDataset, "label 2, but class_names has 2"),
        (TwofacedDataset, "write_window writes another window 0 than window gives"),
    ],
)
def test_datasets(dataset: Any, fault: str) -> None:
    check_dataset(NoiseDataset, {"windows": 5, "channels": 2})
    with pytest.raises(AssertionError, match=fault):
        check_dataset(dataset)


class GoodMetric(Metric):
    options_class = NoOptions

    def __init__(self, options: Any) -> None:
        self.options = options

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        tell("ready")

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        return MetricResult({"loudness": float(waveforms.square().mean())}, {"count": len(waveforms)})


class TensorMetric(GoodMetric):
    def evaluate(self, waveforms: Tensor) -> MetricResult:
        figures: Any = {"loudness": waveforms.mean()}
        return MetricResult(figures, {})


class FickleMetric(GoodMetric):
    def evaluate(self, waveforms: Tensor) -> MetricResult:
        return MetricResult({"loudness": float(torch.rand(1))}, {})


class GreedyMetric(GoodMetric):
    def evaluate(self, waveforms: Tensor) -> MetricResult:
        return MetricResult({"loudness": float(waveforms.zero_().mean())}, {})


class MisnamedMetric(GoodMetric):
    def figure_names(self) -> tuple[str, ...]:
        return ("noise",)


class MisdirectedMetric(GoodMetric):
    def lower_is_better(self) -> frozenset[str]:
        return frozenset({"noise"})


class ModestMetric(GoodMetric):
    def minimum_samples(self) -> int:
        return 1_000


@pytest.mark.parametrize(
    ("metric", "fault"),
    [
        (MisnamedMetric, "figure_names tells of .* evaluate gives"),
        (MisdirectedMetric, "lower_is_better tells of .*noise.*, evaluate gives"),
        (ModestMetric, "minimum_samples is 1000, yet evaluate takes 20"),
        (TensorMetric, "figure loudness is a Tensor, not a float"),
        (FickleMetric, "other figures the second time"),
        (GreedyMetric, "evaluate changes the waveforms"),
    ],
)
def test_metrics(metric: Any, fault: str, tmp_path: Path) -> None:
    dataset = NoiseDataset(NoiseDatasetOptions(window_length=64))
    check_metric(GoodMetric, dataset=dataset, cache=tmp_path)
    with pytest.raises(AssertionError, match=fault):
        check_metric(metric, dataset=dataset, cache=tmp_path)
