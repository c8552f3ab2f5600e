"""Intervals of figures that compare two samples, by how far the two halves of the windows are apart.

A figure of neighbours, of balls or of covariances is no mean over windows: windows drawn again with replacement lie on
each other, and by that alone change it. So windows are divided in random halves, none of them twice, and the figure is
computed of either half. The mean square of half their difference is the variance of a mean over all windows, and not
less than that of any other figure whose halves are on its own scale (Efron and Stein 1981, "The jackknife estimate of
variance"; Shao and Wu 1989, "A general theory for jackknife variance estimation").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiogan.evaluation.bootstrap import LEVEL
from audiogan.evaluation.wilson import wilson_interval

_NORMAL_QUANTILE = 1.959964


def random_parts(count: int, *, parts: int, divisions: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """``divisions`` times the number of the part, from 0 on, that each of ``count`` rows falls into: ``[count]``.

    The parts are disjoint, hold all rows, and differ in size by one at most.
    """
    rng = np.random.default_rng(seed)
    for _ in range(divisions):
        yield rng.permutation(count) % parts


def seeds_of_sides(seed: int) -> tuple[int, int]:
    """A seed for either side, lest sides of equal size be divided in step."""
    ours, theirs = np.random.SeedSequence(seed).generate_state(2)
    return int(ours), int(theirs)


def halves_protocol(divisions: int, seed: int) -> dict[str, Any]:
    """What a metric's protocol says about such intervals, in terms that JSON can hold."""
    return {"halves": {"divisions": divisions, "level": LEVEL, "seed": seed}}


def interval_by_halves(
    figure: float, of_halves: NDArray[np.float64], *, lowest: float = 0.0, highest: float = np.inf
) -> tuple[float, float]:
    """The 95 % interval of ``figure``, whose values of both halves are ``[divisions, 2]``, within what is possible.

    It reaches as far as the normal distribution's, and is about the figure expected of as many windows.

    :raises ValueError: there is no division.

    >>> lower, upper = interval_by_halves(5.0, np.array([[4.0, 6.0], [6.0, 4.0]]))
    >>> round(lower, 2), round(upper, 2)
    (3.04, 6.96)
    """
    reach = _NORMAL_QUANTILE * _variance(of_halves) ** 0.5
    return max(lowest, figure - reach), min(highest, figure + reach)


def share_interval_by_halves(share: float, of_halves: NDArray[np.float64], *, count: int) -> tuple[float, float]:
    """The 95 % interval of a share of ``count`` windows, whose values of both halves are ``[divisions, 2]``.

    Wilson's interval of as many independent windows as would vary like the halves, at most ``count``, so that a share
    of 0 or 1 has an interval, too. Halves may be at another share than the whole: the number is taken at theirs.

    :raises ValueError: there is no division.

    >>> lower, upper = share_interval_by_halves(0.0, np.zeros((20, 2)), count=100)
    >>> lower, round(upper, 3)
    (0.0, 0.037)
    """
    variance = _variance(of_halves)
    # Two of either kind added (Agresti and Coull 1998), lest none vary where halves are all but at 0 or 1
    expected = (count * float(of_halves.mean()) + 2) / (count + 4)
    independent = min(count, expected * (1 - expected) / variance) if variance > 0 else count
    return wilson_interval(share, independent)


def _variance(of_halves: NDArray[np.float64]) -> float:
    if len(of_halves) == 0:
        raise ValueError("an interval needs at least one division in halves")
    return float(np.square(np.diff(of_halves, axis=1)).mean() / 4)
