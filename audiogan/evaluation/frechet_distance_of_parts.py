"""What the Fréchet distances of parts of two sets say about that of all: how it varies, and its bias."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.evaluation.frechet_distance import Gaussian, check_features, distance_of_gaussians, frechet_distance
from audiogan.evaluation.halves import interval_by_halves, random_parts, seeds_of_sides

_SAMPLES_A_FEATURE = 4
_QUARTERS = 4


@final
@frozen
class FrechetDistanceOfParts:
    """The interval of a Fréchet distance, and what is left of it without its bias."""

    interval: tuple[float, float]
    """Of the distance expected at these numbers of samples."""
    corrected: float
    """The distance extrapolated to infinitely many samples; around 0, also below, for sides of one distribution."""
    corrected_interval: tuple[float, float]


def fewest_samples(features: int) -> int:
    """The fewest of either side: of fewer, covariances of halves are all but singular, and tell little of the whole.

    >>> fewest_samples(128)
    512
    """
    return max(_SAMPLES_A_FEATURE * features, 2 * _QUARTERS)


def frechet_distance_of_parts(
    generated: NDArray[np.floating], real: NDArray[np.floating], *, divisions: int, seed: int
) -> FrechetDistanceOfParts:
    """Intervals and correction of the distance of ``[N, dim]`` and ``[M, dim]``, ``divisions`` times cut in quarters.

    The bias at a share ``s`` of the samples is ``a / s + b / s² + …``. Extrapolated from all samples, three quarters
    and halves of both sides, by the parabola in ``1 / s`` through their mean distances, the first two terms fall out:
    ``8 F(1) - 9 F(3/4) + 2 F(1/2)``. Chong and Forsyth 2020, "Effectively unbiased FID and inception score and where to
    find them", extrapolate by a line, which leaves ``b``: of 500 samples of 128 features, three standard deviations.

    :raises DataError: fewer than :func:`fewest_samples` on a side.
    :raises ValueError: the features are not two finite matrices with the same number of columns, or no division.
    """
    check_features(generated, real, fewest=fewest_samples(generated.shape[-1]))
    if divisions < 1:
        raise ValueError("a correction needs at least one division")
    distance = frechet_distance(generated, real)
    sides = [
        _quarters(side, divisions=divisions, seed=side_seed)
        for side, side_seed in zip((generated, real), seeds_of_sides(seed), strict=True)
    ]
    halves, three_quarters = np.empty((divisions, 2)), np.empty((divisions, _QUARTERS))
    for division, (ours, theirs) in enumerate(zip(*sides, strict=True)):
        halves[division] = [_distance(ours, theirs, half) for half in ((0, 1), (2, 3))]
        three_quarters[division] = [_distance(ours, theirs, parts) for parts in combinations(range(_QUARTERS), 3)]
    corrected = 8 * distance - 9 * float(three_quarters.mean()) + 2 * float(halves.mean())
    return FrechetDistanceOfParts(
        interval=interval_by_halves(distance, halves),
        corrected=corrected,
        corrected_interval=interval_by_halves(corrected, halves, lowest=-np.inf),
    )


@final
@frozen(eq=False)
class _Sums:
    """Of features, and of their products, less an origin that all parts of a side share."""

    count: int
    features: NDArray[np.float64]
    products: NDArray[np.float64]

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.count + other.count, self.features + other.features, self.products + other.products)

    def gaussian(self, origin: NDArray[np.float64]) -> Gaussian:
        mean = self.features / self.count
        covariance = (self.products - np.outer(self.features, mean)) / (self.count - 1)
        return Gaussian(origin + mean, covariance)


@final
@frozen(eq=False)
class _Quarters:
    origin: NDArray[np.float64]
    sums: Sequence[_Sums]

    def of(self, parts: Sequence[int]) -> Gaussian:
        first, *others = (self.sums[part] for part in parts)
        return sum(others, start=first).gaussian(self.origin)


def _quarters(features: NDArray[np.floating], *, divisions: int, seed: int) -> Iterator[_Quarters]:
    # Sums of what is far from 0 would lose the spread
    origin = features.mean(axis=0, dtype=np.float64)
    centred = features - origin
    for division in random_parts(len(features), parts=_QUARTERS, divisions=divisions, seed=seed):
        rows = [centred[division == part] for part in range(_QUARTERS)]
        yield _Quarters(origin, [_Sums(len(part), part.sum(axis=0), part.T @ part) for part in rows])


def _distance(ours: _Quarters, theirs: _Quarters, parts: Sequence[int]) -> float:
    return distance_of_gaussians(ours.of(parts), theirs.of(parts))
