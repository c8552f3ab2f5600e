"""Two samples of known distributions, drawn again and again, and what intervals of their figures then hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

Sides = tuple[NDArray[np.float64], NDArray[np.float64]]
Intervals = dict[str, tuple[float, float]]


@frozen(kw_only=True)
class Distributions:
    """Normal ones, the generated one moved along every axis, or both around the same ten centres."""

    dim: int
    shift: float = 0.0
    clustered: bool = False

    def draw(self, count: int, real_count: int, *, seed: int) -> Sides:
        """``[count, dim]`` generated and ``[real_count, dim]`` real points."""
        rng = np.random.default_rng([seed, count, real_count, self.dim])
        sides = rng.normal(self.shift, 1.0, (count, self.dim)), rng.normal(0.0, 1.0, (real_count, self.dim))
        if not self.clustered:
            return sides
        centres = np.random.default_rng(5).normal(0.0, 3.0, (10, self.dim))
        return sides[0] + centres[rng.integers(10, size=count)], sides[1] + centres[rng.integers(10, size=real_count)]


@frozen
class Coverage:
    """What the intervals of one figure are worth."""

    held: float
    """The share of trials whose interval holds the figure expected of as many windows."""
    width: float
    """The mean width over four standard deviations of the figure."""


def coverage_of(
    distributions: Distributions,
    counts: tuple[int, int],
    *,
    figures_of: Callable[[Sides], dict[str, float]],
    intervals_of: Callable[[dict[str, float], Sides], Intervals],
    draws: int,
    trials: int,
) -> dict[str, Coverage]:
    """By figure; all ``draws`` give expectation and deviation, the first ``trials`` of them intervals as well."""
    figures: list[dict[str, float]] = []
    bounds: list[Intervals] = []
    for seed in range(draws):
        sides = distributions.draw(*counts, seed=seed)
        figures.append(figures_of(sides))
        if seed < trials:
            bounds.append(intervals_of(figures[-1], sides))
    coverage = {}
    for name in bounds[0]:
        values = np.array([found[name] for found in figures])
        lower, upper = np.array([found[name] for found in bounds]).T
        held = (lower <= values.mean()) & (values.mean() <= upper)
        coverage[name] = Coverage(float(held.mean()), float((upper - lower).mean() / (4 * values.std())))
    return coverage
