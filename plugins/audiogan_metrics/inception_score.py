"""The inception score of waveforms, with the classifier of the WaveGAN paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import final

from attrs import frozen
from torch import Tensor

from audiogan import DataError, Dataset, Metric, MetricResult, OptionError, option
from audiogan.evaluation.bootstrap import bootstrap_protocol
from audiogan.evaluation.classifier import TrainedClassifier
from audiogan.evaluation.classifier.choice import ClassifierChoice, check_choice, chosen_classifier
from audiogan.evaluation.features import classifier_features
from audiogan.evaluation.inception_score import SAMPLES_A_SPLIT, inception_score, inception_score_intervals

_MEAN, _STD = "inception_score_mean", "inception_score_std"
_WAVEGAN_SPLITS, _WAVEGAN_SAMPLES = 10, 50_000


@final
@frozen(kw_only=True)
class InceptionScoreOptions(ClassifierChoice):
    """How the inception score is computed, and with what classifier."""

    splits: int = option(default=10, minimum=1, help="contiguous groups of samples, each scored by itself")
    protocol: str = option(
        default="free",
        choices=("free", "wavegan"),
        help="'wavegan': 10 splits of the first 50,000 samples, as in the WaveGAN paper; 'free': all samples there are",
    )
    resamples: int = option(
        default=1_000, minimum=0, help="resamples of the bootstrap that gives the intervals; 0 for no intervals"
    )
    seed: int = option(default=0, minimum=0, help="seed of resampling")

    def __attrs_post_init__(self) -> None:
        if self.protocol == "wavegan" and self.splits != _WAVEGAN_SPLITS:
            raise OptionError("splits", f"must be {_WAVEGAN_SPLITS} under protocol 'wavegan', not {self.splits}")


@final
class InceptionScore(Metric):
    """``exp(E KL(p(y|x) || p(y)))`` over contiguous splits: mean and standard deviation.

    Salimans et al. 2016; classifier and ten splits as in Donahue et al. 2019. The classifier hears several channels
    mixed down to their mean.
    """

    options_class = InceptionScoreOptions

    def __init__(self, options: InceptionScoreOptions) -> None:
        self.options = options
        self._classifier: TrainedClassifier | None = None
        self._cache: Path | None = None

    def figure_names(self) -> tuple[str, ...]:
        """Mean and standard deviation over the splits."""
        return (_MEAN, _STD)

    def minimum_samples(self) -> int:
        """Ten a split; under protocol ``wavegan``, 50,000."""
        return _WAVEGAN_SAMPLES if self.options.protocol == "wavegan" else SAMPLES_A_SPLIT * self.options.splits

    def minimum_samples_options(self) -> tuple[str, ...]:
        """``splits``, where the protocol does not fix it."""
        return ("protocol",) if self.options.protocol == "wavegan" else ("splits",)

    def check(self, dataset: Dataset) -> None:
        """Sees that there are labels to train a classifier on, or one at ``classifier_path`` that fits.

        :raises DataError: the dataset has no labels or a single class, or does not fit the given classifier.
        :raises CheckpointError: there is no intact classifier at ``classifier_path``.
        """
        check_choice(self.options, dataset)

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        """Trains the classifier, or takes it from the cache or from ``classifier_path``.

        :raises DataError: the dataset has no labels, too few windows, or does not fit the given classifier.
        :raises CheckpointError: there is no intact classifier at ``classifier_path``.
        """
        self._classifier = chosen_classifier(self.options, dataset, cache=cache, device=device, tell=tell)
        self._cache = cache

    def fingerprint(self) -> str:
        """The hash of the classifier's content."""
        return self._prepared().content_hash

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        """``inception_score_mean`` and ``inception_score_std`` of waveforms ``[N, channels, window_length]``.

        :raises DataError: fewer waveforms than :meth:`minimum_samples`, or some that are not finite.
        """
        classifier, options = self._prepared(), self.options
        if options.protocol == "wavegan":
            if len(waveforms) < _WAVEGAN_SAMPLES:
                raise DataError(
                    f"an inception score under protocol 'wavegan' needs {_WAVEGAN_SAMPLES:,} samples, not "
                    f"{len(waveforms):,}: raise the number of samples, or leave the metric's 'protocol' out"
                )
            waveforms = waveforms[:_WAVEGAN_SAMPLES]
        if len(waveforms) < self.minimum_samples():
            raise DataError(
                f"metric 'inception-score' with {options.splits} splits needs at least {self.minimum_samples():,} "
                f"samples, not {len(waveforms):,}: raise their number, or lower the metric's 'splits'"
            )
        probabilities = classifier_features(waveforms, classifier, cache=self._cache).probabilities
        mean, std = inception_score(probabilities, splits=options.splits)
        intervals = {}
        if options.resamples:
            intervals[_MEAN], intervals[_STD] = inception_score_intervals(
                probabilities, splits=options.splits, resamples=options.resamples, seed=options.seed
            )
        return MetricResult(
            figures={_MEAN: mean, _STD: std},
            protocol={
                "samples": len(waveforms),
                "splits": options.splits,
                "protocol": options.protocol,
                "classifier": classifier.content_hash,
                "classifier_held_out_accuracy": classifier.held_out_accuracy,
                "classifier_held_out_windows": classifier.protocol.get("held_out_windows"),
                "classifier_classes": list(classifier.class_names),
                **bootstrap_protocol(options.resamples, options.seed),
            },
            intervals=intervals,
        )

    def _prepared(self) -> TrainedClassifier:
        if self._classifier is None:
            raise RuntimeError("prepare() has not been called")
        return self._classifier
