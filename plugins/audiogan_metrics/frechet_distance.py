"""The Fréchet distance of pooled features."""

from __future__ import annotations

from typing import final

from attrs import frozen

from audiogan import MetricResult, option
from audiogan.evaluation.feature_metric import FeatureComparison, FeatureMetric
from audiogan.evaluation.features import ClassifierFeatures
from audiogan.evaluation.frechet_distance import frechet_distance
from audiogan.evaluation.frechet_distance_of_parts import fewest_samples, frechet_distance_of_parts
from audiogan.evaluation.halves import halves_protocol

_DISTANCE, _CORRECTED = "frechet_distance", "frechet_distance_corrected"


@final
@frozen(kw_only=True)
class FrechetDistanceOptions(FeatureComparison):
    """How the Fréchet distance is computed, and with what classifier."""

    resamples: int = option(
        default=100, minimum=0, help="random divisions of the windows that give intervals and correction; 0 for neither"
    )


@final
class FrechetDistance(FeatureMetric):
    """The Fréchet distance between Gaussians fitted to the features of generated and of training windows.

    Heusel et al. 2017, with the features of the classifier in place of the Inception network's. Lower is better; 0 is
    reached by equal means and covariances. Of few samples it is too high; ``frechet_distance_corrected`` is
    extrapolated to infinitely many. It takes four samples for each of the classifier's pooled features or, without
    interval and correction, one more than there are features.
    """

    name = "frechet-distance"
    options_class = FrechetDistanceOptions

    def __init__(self, options: FrechetDistanceOptions) -> None:
        super().__init__(options)
        self.options = options

    def figure_names(self) -> tuple[str, ...]:
        """The distance and, with resamples, the distance less its bias."""
        return (_DISTANCE, _CORRECTED) if self.options.resamples else (_DISTANCE,)

    def lower_is_better(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self.figure_names())

    def minimum_samples(self) -> int:
        """Four times the features, of which halves have twice; without resamples, one more than the features."""
        return fewest_samples(self.feature_dim) if self.options.resamples else self.feature_dim + 1

    def minimum_samples_options(self) -> tuple[str, ...]:
        """The classifier's width, which is the number of features, and the resamples, without which fewer will do."""
        return ("classifier.dim", "resamples") if self.options.resamples else ("classifier.dim",)

    def compare(self, generated: ClassifierFeatures, real: ClassifierFeatures) -> MetricResult:
        """``frechet_distance`` and, extrapolated to infinitely many windows, ``frechet_distance_corrected``."""
        figures = {_DISTANCE: frechet_distance(generated.pooled, real.pooled)}
        resamples, seed = self.options.resamples, self.options.seed
        protocol = halves_protocol(resamples, seed)
        if resamples == 0:
            return MetricResult(figures, protocol)
        found = frechet_distance_of_parts(generated.pooled, real.pooled, divisions=resamples, seed=seed)
        intervals = {_DISTANCE: found.interval, _CORRECTED: found.corrected_interval}
        return MetricResult({**figures, _CORRECTED: found.corrected}, protocol, intervals)
