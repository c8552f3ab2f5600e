"""The inception score of waveforms, with the classifier of the WaveGAN paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from attrs import frozen
from torch import Tensor

from audiogan import DataError, Dataset, Metric, MetricResult, option
from audiogan.evaluation.classifier import ClassifierOptions, TrainedClassifier, cached_classifier, load_classifier
from audiogan.evaluation.classifier.split import check_classes
from audiogan.evaluation.inception_score import inception_score

_MEAN, _STD = "inception_score_mean", "inception_score_std"


@frozen
class InceptionScoreOptions:
    """How the inception score is computed, and with what classifier."""

    splits: int = option(default=10, minimum=1, help="contiguous groups of samples, each scored by itself")
    classifier: ClassifierOptions = option(
        factory=ClassifierOptions, help="the classifier trained on the dataset's labels, kept for later runs"
    )
    classifier_path: str | None = option(
        default=None, help="folder written by 'audiogan train-classifier', used instead of training one"
    )


class InceptionScore(Metric):
    """``exp(E KL(p(y|x) || p(y)))`` over contiguous splits: mean and standard deviation.

    Salimans et al. 2016; classifier and ten splits as in Donahue et al. 2019. The classifier hears several channels
    mixed down to their mean.
    """

    options_class = InceptionScoreOptions

    def __init__(self, options: InceptionScoreOptions) -> None:
        self.options = options
        self._classifier: TrainedClassifier | None = None

    def figure_names(self) -> tuple[str, ...]:
        """Mean and standard deviation over the splits."""
        return (_MEAN, _STD)

    def minimum_samples(self) -> int:
        """Two a split."""
        return 2 * self.options.splits

    def check(self, dataset: Dataset) -> None:
        """Sees that there are labels to train a classifier on, or one at ``classifier_path`` that fits.

        :raises DataError: the dataset has no labels or a single class, or does not fit the given classifier.
        :raises CheckpointError: there is no intact classifier at ``classifier_path``.
        """
        if self.options.classifier_path is None:
            check_classes(dataset)
        else:
            _given_classifier(Path(self.options.classifier_path).expanduser(), dataset, device="cpu")

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        """Trains the classifier, or takes it from the cache or from ``classifier_path``.

        :raises DataError: the dataset has no labels, too few windows, or does not fit the given classifier.
        :raises CheckpointError: there is no intact classifier at ``classifier_path``.
        """
        if self.options.classifier_path is None:
            self._classifier = cached_classifier(
                dataset, self.options.classifier, cache=cache, device=device, tell=tell
            )
            return
        folder = Path(self.options.classifier_path).expanduser()
        classifier = _given_classifier(folder, dataset, device=device)
        tell(f"classifier from {folder}: {classifier.accuracy_in_words}")
        self._classifier = classifier

    def fingerprint(self) -> str:
        """The hash of the classifier's content."""
        if self._classifier is None:
            raise RuntimeError("prepare() has not been called")
        return self._classifier.content_hash

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        """``inception_score_mean`` and ``inception_score_std`` of waveforms ``[N, channels, window_length]``.

        :raises DataError: fewer than two waveforms a split, or waveforms that are not finite.
        """
        if self._classifier is None:
            raise RuntimeError("prepare() has not been called")
        broken = sum(not torch.isfinite(waveform).all() for waveform in waveforms)
        if broken:
            raise DataError(
                f"{broken} of {len(waveforms)} waveforms hold values that are not finite; leave such recordings out, "
                "or train with a lower learning rate"
            )
        mean, std = inception_score(self._classifier.probabilities(waveforms), splits=self.options.splits)
        return MetricResult(
            figures={_MEAN: mean, _STD: std},
            protocol={
                "samples": len(waveforms),
                "splits": self.options.splits,
                "classifier": self._classifier.content_hash,
                "classifier_held_out_accuracy": self._classifier.held_out_accuracy,
                "classifier_held_out_windows": self._classifier.protocol.get("held_out_windows"),
                "classifier_classes": list(self._classifier.class_names),
            },
        )


def _given_classifier(folder: Path, dataset: Dataset, *, device: str) -> TrainedClassifier:
    classifier = load_classifier(folder, device=device)
    for name in ("sample_rate", "window_length"):
        ours, theirs = getattr(dataset, name), getattr(classifier.network, name)
        if ours != theirs:
            raise DataError(
                f"{folder}: the classifier was trained for {name} {theirs}, the dataset has {ours}; train one on "
                "this dataset's settings with 'audiogan train-classifier'"
            )
    return classifier
