"""What metrics have in common that compare the pooled features of generated windows with those of real ones."""

from __future__ import annotations

import hashlib
import time
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import numpy as np
from attrs import frozen
from torch import Tensor

from audiogan.errors import DataError
from audiogan.evaluation.classifier.choice import ClassifierChoice, check_choice, chosen_classifier
from audiogan.evaluation.classifier.trained import TrainedClassifier
from audiogan.evaluation.features import ClassifierFeatures, classifier_features
from audiogan.evaluation.real_windows import divide_windows, reference_waveforms
from audiogan.interfaces import Dataset, Metric, MetricResult
from audiogan.options import option, quoted_alternatives

FEATURE = "mean over time and band of the classifier's last convolution block"
_TELL_EVERY_S = 10.0


@frozen(kw_only=True)
class FeatureComparison(ClassifierChoice):
    """The options of a metric that compares pooled features begin with these."""

    real_samples: int = option(
        default=10_000,
        minimum=2,
        unit="windows",
        help="training windows to compare with, at most",
    )
    seed: int = option(default=0, minimum=0, help="seed of the choice of real windows and of resampling")


class FeatureMetric(Metric):
    """A metric that compares the features of generated windows with those of training windows.

    Training windows, since there are more of them and the figures of held-out ones, against the same, then tell what
    is in reach. Where the dataset holds nothing out, a tenth of its windows is left out of the comparison and judged.
    """

    name: ClassVar[str]
    """The name that it is registered by; its protocol stands under it."""

    def __init__(self, options: FeatureComparison) -> None:
        self._choice = options
        self._dim = options.classifier.dim
        self._classifier: TrainedClassifier | None = None
        self._real: ClassifierFeatures | None = None
        self._real_origin = ""
        self._cache: Path | None = None

    @abstractmethod
    def compare(self, generated: ClassifierFeatures, real: ClassifierFeatures) -> MetricResult:
        """The figures, and the protocol beyond what all such metrics state."""

    def minimum_real_samples(self) -> int:
        """The fewest real windows that :meth:`compare` takes."""
        return self.minimum_samples()

    @property
    def feature_dim(self) -> int:
        """Pooled features a window; that of a classifier at ``classifier_path`` is known after :meth:`check`."""
        return self._dim

    def check(self, dataset: Dataset) -> None:
        """Sees that there is, or can be, a classifier that fits, and that enough real windows are asked for.

        :raises DataError: the dataset has no labels or a single class, or does not fit the given classifier, or
            ``real_samples`` is too small for its features.
        :raises CheckpointError: there is no intact classifier at ``classifier_path``.
        """
        self._dim = check_choice(self._choice, dataset).dim
        if self._choice.real_samples < self.minimum_real_samples():
            raise DataError(
                f"real_samples must be at least {self.minimum_real_samples()} with {self._dim} features a window, "
                f"not {self._choice.real_samples}"
            )

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        """Trains or loads the classifier, and computes the features of real windows, both kept in the cache.

        :raises DataError: the dataset has no labels or too few windows, or does not fit the given classifier.
        :raises CheckpointError: there is no intact classifier at ``classifier_path``.
        """
        classifier = chosen_classifier(self._choice, dataset, cache=cache, device=device, tell=tell)
        self._classifier, self._cache, self._dim = classifier, cache, classifier.options.dim
        divided = divide_windows(dataset)
        self._real_origin = divided.reference_origin
        self._real = self._real_features(classifier, divided.reference, cache, tell)

    def fingerprint(self) -> str:
        """A hash of the classifier and of the real features."""
        classifier, real = self._prepared()
        return hashlib.sha256(classifier.content_hash.encode() + real.pooled.tobytes()).hexdigest()

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        """The figures of waveforms ``[N, channels, window_length]`` against the real windows.

        :raises DataError: too few waveforms, or some that are not finite.
        """
        classifier, real = self._prepared()
        if len(waveforms) < self.minimum_samples():
            raise DataError(
                f"metric '{self.name}' needs at least {self.minimum_samples()} samples, not {len(waveforms)}: "
                "raise the number of samples"
            )
        result = self.compare(classifier_features(waveforms, classifier, cache=self._cache), real)
        protocol = {
            "samples": len(waveforms),
            "real_samples": len(real),
            "real_windows": self._real_origin,
            "seed": self._choice.seed,
            "classifier": classifier.content_hash,
            "classifier_held_out_accuracy": classifier.held_out_accuracy,
            "feature": FEATURE,
            "feature_dim": self._dim,
            **result.protocol,
        }
        return MetricResult(result.figures, {self.name: protocol}, result.intervals)

    def _real_features(
        self, classifier: TrainedClassifier, reference: Dataset, cache: Path, tell: Callable[[str], None]
    ) -> ClassifierFeatures:
        tell(f"{self.name}: features of {self._choice.real_samples:,} real windows at most")
        parts: list[ClassifierFeatures] = []
        told_at = time.monotonic()
        for waveforms in reference_waveforms(reference, self._choice.real_samples, seed=self._choice.seed):
            parts.append(classifier_features(waveforms, classifier, cache=cache))
            if time.monotonic() - told_at > _TELL_EVERY_S:
                told_at = time.monotonic()
                tell(f"{self.name}: features of {sum(map(len, parts)):,} real windows so far")
        real = ClassifierFeatures(
            np.concatenate([part.probabilities for part in parts]), np.concatenate([part.pooled for part in parts])
        )
        if len(real) < self.minimum_real_samples():
            options = quoted_alternatives(self.minimum_samples_options())
            raise DataError(
                f"metric '{self.name}' needs at least {self.minimum_real_samples()} real windows to compare with, not "
                f"{len(real)}: use more recordings, or raise real_samples"
                + (f", or have the metric ask for fewer by its {options}" if options else "")
            )
        return real

    def _prepared(self) -> tuple[TrainedClassifier, ClassifierFeatures]:
        if self._classifier is None or self._real is None:
            raise RuntimeError("prepare() has not been called")
        return self._classifier, self._real
