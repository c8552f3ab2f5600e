"""The Fréchet distance of pooled features."""

from __future__ import annotations

from attrs import frozen

from audiogan import MetricResult, option
from audiogan.evaluation.bootstrap import bootstrap_protocol
from audiogan.evaluation.feature_metric import FeatureComparison, FeatureMetric
from audiogan.evaluation.features import ClassifierFeatures
from audiogan.evaluation.frechet_distance import frechet_distance, resampled_frechet_distance

_DISTANCE, _CORRECTED = "frechet_distance", "frechet_distance_corrected"


@frozen(kw_only=True)
class FrechetDistanceOptions(FeatureComparison):
    """How the Fréchet distance is computed, and with what classifier."""

    resamples: int = option(
        default=200, minimum=0, help="resamples of the bootstrap that gives intervals and correction; 0 for neither"
    )


class FrechetDistance(FeatureMetric):
    """The Fréchet distance between Gaussians fitted to the features of generated and of training windows.

    Heusel et al. 2017, with the features of the classifier in place of the Inception network's. Lower is better; 0 is
    reached by equal means and covariances. It takes more samples than the classifier has pooled features, and of few
    it is too high; ``frechet_distance_corrected`` is the distance less this bias as the bootstrap finds it.
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
        """One more than the features, the fewest that give a covariance of full rank."""
        return self.feature_dim + 1

    def minimum_samples_options(self) -> tuple[str, ...]:
        """The classifier's width, which is the number of features."""
        return ("classifier.dim",)

    def compare(self, generated: ClassifierFeatures, real: ClassifierFeatures) -> MetricResult:
        """``frechet_distance`` and, less the bias that few samples give it, ``frechet_distance_corrected``."""
        figures = {_DISTANCE: frechet_distance(generated.pooled, real.pooled)}
        resamples, seed = self.options.resamples, self.options.seed
        protocol = bootstrap_protocol(resamples, seed)
        if resamples == 0:
            return MetricResult(figures, protocol)
        found = resampled_frechet_distance(generated.pooled, real.pooled, resamples=resamples, seed=seed)
        intervals = {_DISTANCE: found.interval, _CORRECTED: found.corrected_interval}
        return MetricResult({**figures, _CORRECTED: found.corrected}, protocol, intervals)
