"""Metrics whose figures can be worked out by hand, and a registry that has no others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import torch
from attrs import frozen
from torch import Tensor

from audiogan import DataError, Dataset, Metric, MetricResult, option
from audiogan.evaluation.classifier.choice import ClassifierChoice
from audiogan.evaluation.progress import Listener, unwatched
from audiogan.registry import Entry, Plugin, Registry, installed


@frozen
class LevelOptions:
    scale: float = option(default=1.0, help="factor")


class Level(Metric):
    """The mean magnitude; serves any dataset."""

    options_class = LevelOptions
    prepared: ClassVar[list[str]] = []

    def __init__(self, options: LevelOptions) -> None:
        self.options = options

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        Level.prepared.append(dataset.fingerprint())

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        level = self.options.scale * float(waveforms.abs().mean())
        return MetricResult({"level": level}, {"level": {"count": len(waveforms)}}, {"level": (level - 1, level + 1)})


class Peak(Metric):
    """The largest magnitude, with a figure that is not finite beside it; needs 50 windows."""

    options_class = LevelOptions

    def __init__(self, options: LevelOptions) -> None:
        self.options = options

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        pass

    def minimum_samples(self) -> int:
        return 50

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        return MetricResult({"peak": float(waveforms.abs().max()), "endless": float("inf")}, {"shape": (1, 2)})


class Recognition(Metric):
    """Needs labels, or a classifier."""

    options_class = ClassifierChoice

    def __init__(self, options: ClassifierChoice) -> None:
        self.options = options

    def check(self, dataset: Dataset) -> None:
        if self.options.classifier_path is not None:
            raise DataError(f"{self.options.classifier_path}: fits nothing")
        if not dataset.class_names:
            raise DataError("the dataset has no labels")

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        if self.options.classifier.dim == 13:
            raise DataError("the classifier has bad luck")

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        return MetricResult({"recognition": 0.5}, {"classifier": "c" * 64, "classifier_held_out_accuracy": 0.75})


class Sounding(Level):
    """Judges windows with sound alone; its figure is ``loud``."""

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        if float(waveforms.abs().max()) < 0.1:
            raise DataError("metric 'sounding' hears nothing")
        return MetricResult({"loud": float(waveforms.abs().max())}, {})


class Mistaken(Level):
    """Fails."""

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        raise ValueError("boom")


def registry_of(**metrics: type[Metric]) -> Registry:
    """What is installed, but of the metrics these alone."""
    found = installed()
    entries = [Entry("metric", name, component, Plugin("tests", "tests", "0")) for name, component in metrics.items()]
    return Registry((*(entry for entry in found.claims if entry.kind != "metric"), *entries))


def listener(told: list[str]) -> Listener:
    """Writes down what it is told; warnings begin with "warning: "."""
    return Listener(told.append, lambda line: told.append(f"warning: {line}"), unwatched)


CPU = torch.device("cpu")
