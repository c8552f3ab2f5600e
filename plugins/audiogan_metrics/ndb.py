"""The number of statistically different bins, on the classifier's pooled features."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan import DataError, Dataset, MetricResult, option
from audiogan.evaluation.feature_metric import FeatureComparison, FeatureMetric
from audiogan.evaluation.features import ClassifierFeatures
from audiogan.evaluation.k_means import Clustering, k_means
from audiogan.evaluation.ndb import SIGNIFICANCE, different_bins

_SAMPLES_A_BIN = 5
_STARTS = 4


@final
@frozen(kw_only=True)
class NDBOptions(FeatureComparison):
    """How many bins, of which real windows, heard by which classifier."""

    bins: int = option(default=100, minimum=2, help="clusters of real features, K in the paper")


@final
class NDB(FeatureMetric):
    """``ndb_count`` of the ``bins`` hold a share of generated windows that differs from that of real ones.

    ``ndb_share`` is NDB/K, 0.05 by chance; ``ndb_divergence`` the Jensen-Shannon divergence of the histograms in nats.
    The bins are k-means clusters of real features. Richardson and Weiss 2018, "On GANs and GMMs".
    """

    name = "ndb"
    options_class = NDBOptions

    def __init__(self, options: NDBOptions) -> None:
        super().__init__(options)
        self.options = options
        self._clustering: Clustering | None = None

    def figure_names(self) -> tuple[str, ...]:
        """Count, share and divergence."""
        return ("ndb_count", "ndb_share", "ndb_divergence")

    def lower_is_better(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self.figure_names())

    def minimum_samples(self) -> int:
        """Five a bin, as the test of proportions asks for."""
        return _SAMPLES_A_BIN * self.options.bins

    def minimum_samples_options(self) -> tuple[str, ...]:
        """``bins`` alone."""
        return ("bins",)

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        """Computes the features of real windows and clusters them.

        :raises DataError: the dataset has no labels or too few windows, or does not fit the given classifier.
        :raises CheckpointError: there is no intact classifier at ``classifier_path``.
        """
        super().prepare(dataset, cache=cache, device=device, tell=tell)
        _, real = self._prepared()
        distinct = len(np.unique(real.pooled, axis=0))
        if distinct < self.options.bins:
            raise DataError(
                f"metric 'ndb': the classifier tells {distinct} of {len(real)} real windows apart, too few for "
                f"{self.options.bins} bins; lower the metric's 'bins', or use more recordings"
            )
        tell(f"{self.name}: {self.options.bins} bins of {len(real):,} real windows")
        self._clustering = k_means(real.pooled, self.options.bins, seed=self.options.seed, starts=_STARTS)

    def compare(self, generated: ClassifierFeatures, real: ClassifierFeatures) -> MetricResult:
        """The figures have no interval: resamples scatter more than samples do, and so differ in more bins."""
        found = different_bins(self._histogram(real.pooled), self._histogram(generated.pooled))
        return MetricResult(
            figures={"ndb_count": float(found.count), "ndb_share": found.share, "ndb_divergence": found.divergence},
            protocol={"bins": self.options.bins, "significance": SIGNIFICANCE, "k_means_starts": _STARTS},
        )

    def _histogram(self, features: NDArray[np.float32]) -> NDArray[np.int64]:
        if self._clustering is None:
            raise RuntimeError("prepare() has not been called")
        return np.bincount(self._clustering.nearest(features), minlength=self.options.bins)
