"""What training the metrics' classifier will take, told before it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from audiogan.durations import duration
from audiogan.evaluation.classifier.cache import classifier_folder
from audiogan.evaluation.classifier.choice import ClassifierChoice
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.interfaces import Dataset
from audiogan.spec import ComponentSpec

# 2,430 recordings of 8192 samples, 20 epochs at dim 32: nine minutes of one core (docs/evaluation.md)
_SECONDS_PER_SAMPLE = 540 / (2_430 * 20 * 8_192)
_MEASURED_DIM = 32


def tell_classifier_cost(
    specs: Iterable[ComponentSpec], dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]
) -> None:
    """Tells of each classifier that is neither given nor in the cache, and how to do without training it."""
    told: set[ClassifierOptions] = set()
    for spec in specs:
        choice = spec.options
        if not isinstance(choice, ClassifierChoice) or choice.folder is not None or choice.classifier in told:
            continue
        told.add(choice.classifier)
        if not classifier_folder(dataset, choice.classifier, cache).exists():
            tell(
                f"a classifier is trained first, and kept: dim {choice.classifier.dim}, {len(dataset):,} windows, at "
                f"most {choice.classifier.epochs} epochs{_time(choice.classifier, dataset, device)}; --classifier DIR "
                f"takes one that is trained already, --metric-set {spec.type}.classifier.dim=16 a smaller one, "
                "--metric NAME only the metrics named"
            )


def _time(options: ClassifierOptions, dataset: Dataset, device: str) -> str:
    if device != "cpu":
        return ""
    samples = len(dataset) * options.epochs * dataset.window_length
    seconds = _SECONDS_PER_SAMPLE * samples * (options.dim / _MEASURED_DIM) ** 2
    return f" (on this CPU in the order of {duration(seconds)})"
