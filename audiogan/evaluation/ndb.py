"""The number of statistically different bins."""

from __future__ import annotations

import math
from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

SIGNIFICANCE = 0.05
_CRITICAL_Z = 1.959963984540054


@final
@frozen
class DifferentBins:
    """How the counts of two sets of samples over the same bins differ."""

    count: int
    """Bins whose shares of the two sets differ significantly; by chance alone, about one in twenty."""
    share: float
    """``count`` as a share of all bins: NDB/K."""
    divergence: float
    """The Jensen-Shannon divergence of the two histograms in nats, between 0 and log 2."""


def different_bins(real_counts: NDArray[np.integer], generated_counts: NDArray[np.integer]) -> DifferentBins:
    """Compares two histograms ``[K]`` bin by bin, by the two-proportion z-test with a pooled share at the level 0.05.

    A bin that holds nothing, or everything, of both sets is no different. Source: Richardson and Weiss 2018, "On GANs
    and GMMs", section 3.2; the divergence as in their code.

    :raises ValueError: the histograms differ in length, or one holds no sample or a negative count.
    """
    real, generated = (np.asarray(counts, dtype=np.float64) for counts in (real_counts, generated_counts))
    if real.ndim != 1 or real.shape != generated.shape:
        raise ValueError(f"histograms of shapes {real.shape} and {generated.shape} are not of the same bins")
    if min(real.min(initial=0), generated.min(initial=0)) < 0 or not real.sum() or not generated.sum():
        raise ValueError("a histogram needs counts of at least 0, and at least one sample")
    shares = real / real.sum(), generated / generated.sum()
    pooled = (real + generated) / (real.sum() + generated.sum())
    error = np.sqrt(pooled * (1 - pooled) * (1 / real.sum() + 1 / generated.sum()))
    different = int((np.abs(shares[0] - shares[1]) > _CRITICAL_Z * error).sum())
    return DifferentBins(different, different / len(real), _jensen_shannon(*shares))


def _jensen_shannon(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    middle = (first + second) / 2
    return min(max((_relative_entropy(first, middle) + _relative_entropy(second, middle)) / 2, 0.0), math.log(2))


def _relative_entropy(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    held = first > 0
    return float(np.sum(first[held] * np.log(first[held] / second[held])))
