"""What the commands found, read from the files that they wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

from attrs import field, frozen

from audiogan.errors import DataError
from audiogan.evaluation.classifier import load_classifier
from audiogan.run.evaluation.write import JSON_FILE


@final
@frozen
class Training:
    """How well a trained classifier does on the test split, and how long the command took."""

    seconds: float
    accuracy: float
    """A share of 1."""
    interval: tuple[float, float]
    windows: int


@final
@frozen
class Estimate:
    """A figure with its 95 % interval, which is the figure alone where none was given."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        value, low, high = (f"{number:.3g}" for number in (self.value, self.low, self.high))
        return value if low == high == value else f"{value} ({low} to {high})"


@final
@frozen
class FolderFigures:
    """The figures of a folder of audio by name, and by metric why others are missing."""

    figures: Mapping[str, Estimate]
    missing: Mapping[str, str] = field(factory=dict)


def read_training(classifier: Path, seconds: float) -> Training:
    """What the folder of a classifier says, which took ``seconds`` to train.

    :raises CheckpointError: it holds no classifier.
    :raises DataError: the classifier heard no held-out windows.
    """
    confusion = load_classifier(classifier, device="cpu").confusion
    if confusion is None:
        raise DataError(f"{classifier}: its accuracy on held-out windows is unknown; train it with audiogan")
    return Training(seconds, confusion.accuracy, confusion.accuracy_interval, confusion.windows)


def read_figures(evaluation: Path) -> FolderFigures:
    """The figures that ``audiogan evaluate`` wrote into the folder ``evaluation``.

    :raises DataError: it holds no such file, or another.
    """
    path = evaluation / JSON_FILE
    try:
        (comparison,) = json.loads(path.read_bytes())["comparisons"]
        (subject,) = comparison["subjects"]
        estimates = {name: _estimate(**figure) for name, figure in subject["figures"].items()}
        missing = {**comparison["left_out"], **subject["left_out"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: not the evaluation of one folder of audio ({error}); evaluate it again") from error
    return FolderFigures({name: estimate for name, estimate in estimates.items() if estimate is not None}, missing)


def _estimate(value: float | None, interval: Any) -> Estimate | None:
    if value is None:
        return None
    low, high = (value, value) if interval is None else interval
    return Estimate(float(value), float(low), float(high))
