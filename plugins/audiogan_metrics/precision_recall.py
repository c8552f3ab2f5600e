"""Precision, recall, density and coverage, on the classifier's pooled features."""

from __future__ import annotations

from typing import final

from attrs import frozen

from audiogan import MetricResult, option
from audiogan.evaluation.feature_metric import FeatureComparison, FeatureMetric
from audiogan.evaluation.features import ClassifierFeatures
from audiogan.evaluation.halves import halves_protocol, interval_by_halves, share_interval_by_halves
from audiogan.evaluation.precision_recall import ball_membership
from audiogan.evaluation.precision_recall_halves import scores_of_halves

_SAMPLES_A_NEIGHBOUR = 10


@final
@frozen(kw_only=True)
class PrecisionRecallOptions(FeatureComparison):
    """How wide the balls are, around which real windows, heard by which classifier."""

    neighbours: int = option(default=5, minimum=1, help="a ball reaches to this nearest neighbour of its centre")
    resamples: int = option(
        default=100, minimum=0, help="random divisions in halves that give the intervals; 0 for no interval"
    )


@final
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
        """The four scores; their intervals come from both halves of the windows, balls and all."""
        count = min(len(generated), len(real))
        sides = real.pooled[:count], generated.pooled[:count]
        membership = ball_membership(*sides, neighbours=self.options.neighbours)
        figures = {
            "precision": float(membership.precision().mean()),
            "recall": float(membership.recall().mean()),
            "density": float(membership.density().mean()),
            "coverage": float(membership.coverage().mean()),
        }
        divisions, seed = self.options.resamples, self.options.seed
        protocol = {
            "neighbours": self.options.neighbours,
            "compared_of_either": count,
            **halves_protocol(divisions, seed),
        }
        if divisions == 0:
            return MetricResult(figures, protocol)
        halves = scores_of_halves(*sides, neighbours=self.options.neighbours, divisions=divisions, seed=seed)
        shares = {"precision": halves.precision, "recall": halves.recall, "coverage": halves.coverage}
        intervals = {
            name: share_interval_by_halves(figures[name], values, count=count) for name, values in shares.items()
        }
        lower, upper = interval_by_halves(figures["density"], halves.density)
        # Where no window is in a ball, halves say nothing of those that are rarely in one: as if they were in one each
        intervals["density"] = (lower, upper if figures["density"] else intervals["precision"][1])
        return MetricResult(figures, protocol, intervals)
