"""The kernel distance of pooled features."""

from __future__ import annotations

from typing import final

from attrs import frozen

from audiogan import MetricResult, option
from audiogan.evaluation.bootstrap import bootstrap_protocol
from audiogan.evaluation.feature_metric import FeatureComparison, FeatureMetric
from audiogan.evaluation.features import ClassifierFeatures
from audiogan.evaluation.kernel_distance import (
    FEWEST_FOR_AN_INTERVAL,
    kernel_distances,
    kernel_interval,
    size_of_subsets,
)

_MEAN, _STD = "kernel_distance_mean", "kernel_distance_std"


@final
@frozen(kw_only=True)
class KernelDistanceOptions(FeatureComparison):
    """How the kernel distance is computed, and with what classifier."""

    subsets: int = option(default=100, minimum=1, help="pairs of random subsets that are compared")
    subset_size: int = option(
        default=1_000, minimum=2, unit="windows", help="windows a subset, but half of what the smaller side has at most"
    )
    resamples: int = option(
        default=200, minimum=0, help="resamples of the bootstrap that gives the interval; 0 for no interval"
    )


@final
class KernelDistance(FeatureMetric):
    """The squared maximum mean discrepancy between the features of generated and of training windows.

    Bińkowski et al. 2018, with the features of the classifier in place of the Inception network's: cubic kernel,
    unbiased estimator, mean and standard deviation over random subsets. Lower is better; sets of one distribution are
    around 0, also below it. Unlike the Fréchet distance, it does not depend on how many samples there are.
    """

    name = "kernel-distance"
    options_class = KernelDistanceOptions

    def __init__(self, options: KernelDistanceOptions) -> None:
        super().__init__(options)
        self.options = options

    def figure_names(self) -> tuple[str, ...]:
        """Mean and standard deviation over the subsets."""
        return (_MEAN, _STD)

    def lower_is_better(self) -> frozenset[str]:
        """The mean."""
        return frozenset({_MEAN})

    def minimum_samples(self) -> int:
        """Fifty, the fewest whose resamples tell how the distance varies."""
        return FEWEST_FOR_AN_INTERVAL

    def compare(self, generated: ClassifierFeatures, real: ClassifierFeatures) -> MetricResult:
        """``kernel_distance_mean`` and ``kernel_distance_std``; the interval is that of the mean."""
        options = self.options
        distances = kernel_distances(
            generated.pooled, real.pooled, subsets=options.subsets, subset_size=options.subset_size, seed=options.seed
        )
        protocol = {
            "subsets": options.subsets,
            "subset_size": size_of_subsets(options.subset_size, generated.pooled, real.pooled),
            **bootstrap_protocol(options.resamples, options.seed),
        }
        mean = float(distances.mean())
        intervals = {}
        if options.resamples:
            intervals[_MEAN] = kernel_interval(
                mean, generated.pooled, real.pooled, resamples=options.resamples, seed=options.seed
            )
        return MetricResult({_MEAN: mean, _STD: float(distances.std())}, protocol, intervals)
