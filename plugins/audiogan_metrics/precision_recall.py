"""Precision, recall, density and coverage, on the classifier's pooled features."""

from __future__ import annotations

from attrs import frozen

from audiogan import MetricResult, option
from audiogan.evaluation.bootstrap import bootstrap_protocol, interval_of_mean
from audiogan.evaluation.feature_metric import FeatureComparison, FeatureMetric
from audiogan.evaluation.features import ClassifierFeatures
from audiogan.evaluation.precision_recall import ball_membership

_SAMPLES_A_NEIGHBOUR = 10


@frozen(kw_only=True)
class PrecisionRecallOptions(FeatureComparison):
    """How wide the balls are, around which real windows, heard by which classifier."""

    neighbours: int = option(default=5, minimum=1, help="a ball reaches to this nearest neighbour of its centre")
    resamples: int = option(
        default=1_000, minimum=0, help="resamples of the bootstrap that gives the intervals; 0 for no interval"
    )


class PrecisionRecall(FeatureMetric):
    """How many generated windows resemble real ones (``precision``, ``density``), and the reverse.

    ``recall`` and ``coverage`` are the shares of real windows that generated ones resemble. Kynkäänniemi et al. 2019,
    "Improved precision and recall metric for assessing generative models", and Naeem et al. 2020, "Reliable fidelity
    and diversity metrics for generative models". As many windows of either side are compared as the smaller one has.
    """

    name = "precision-recall"
    options_class = PrecisionRecallOptions

    def __init__(self, options: PrecisionRecallOptions) -> None:
        super().__init__(options)
        self.options = options

    def figure_names(self) -> tuple[str, ...]:
        """The four scores."""
        return ("precision", "recall", "density", "coverage")

    def minimum_samples(self) -> int:
        """Ten times the neighbours, so that a ball is a small part of its set."""
        return _SAMPLES_A_NEIGHBOUR * self.options.neighbours

    def minimum_samples_options(self) -> tuple[str, ...]:
        """``neighbours`` alone."""
        return ("neighbours",)

    def compare(self, generated: ClassifierFeatures, real: ClassifierFeatures) -> MetricResult:
        """Each score is a mean over generated or over real windows; these are resampled, while the balls stay."""
        count = min(len(generated), len(real))
        membership = ball_membership(real.pooled[:count], generated.pooled[:count], neighbours=self.options.neighbours)
        by_window = {
            "precision": membership.precision(),
            "recall": membership.recall(),
            "density": membership.density(),
            "coverage": membership.coverage(),
        }
        resamples, seed = self.options.resamples, self.options.seed
        return MetricResult(
            figures={name: float(values.mean()) for name, values in by_window.items()},
            protocol={
                "neighbours": self.options.neighbours,
                "compared_of_either": count,
                "resampled": "windows, the balls kept",
                **bootstrap_protocol(resamples, seed),
            },
            intervals={
                name: interval_of_mean(values, resamples=resamples, seed=seed)
                for name, values in by_window.items()
                if resamples
            },
        )
