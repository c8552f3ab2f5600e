"""Intervals by the bootstrap: the figures of waveforms drawn again from those at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
"""The share of intervals that are meant to hold what they estimate."""


def resampled_rows(count: int, *, resamples: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """``resamples`` times ``count`` row numbers ``[count]``, drawn from ``range(count)`` with replacement."""
    rng = np.random.default_rng(seed)
    for _ in range(resamples):
        yield rng.integers(count, size=count)


def bootstrap_protocol(resamples: int, seed: int) -> dict[str, Any]:
    """What a metric's protocol says about its intervals, in terms that JSON can hold."""
    return {"bootstrap": {"resamples": resamples, "level": LEVEL, "seed": seed}}


def centred_interval(figure: float, resampled: NDArray[np.float64], *, level: float = LEVEL) -> tuple[float, float]:
    """The percentile interval of a figure, moved so that the mean of the resampled figures falls on the figure.

    ``resampled`` are the figures ``[resamples]`` of the resamples. Resamples repeat waveforms, which by itself raises a
    Fréchet distance or lowers an inception score; the move takes that excess out (Efron and Tibshirani 1993, "An
    introduction to the bootstrap", chapters 10 and 13). What the interval is about is the figure expected of as many
    waveforms, not that of infinitely many. It always holds the figure.

    :raises ValueError: there are no resampled figures.

    >>> lower, upper = centred_interval(1.0, np.linspace(1.0, 3.0, 101))
    >>> round(lower, 9), round(upper, 9)
    (0.05, 1.95)
    """
    if len(resampled) == 0:
        raise ValueError("an interval needs at least one resample")
    excess = float(np.mean(resampled)) - figure
    lower, upper = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2]) - excess
    # Resamples that lie mostly on one side of their mean leave it outside the percentiles
    return min(float(lower), figure), max(float(upper), figure)
