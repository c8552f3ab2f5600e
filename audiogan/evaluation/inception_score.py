"""The inception score, from class probabilities alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audiogan.errors import DataError
from audiogan.evaluation.bootstrap import centred_interval, resampled_rows

SAMPLES_A_SPLIT = 10
"""The fewest for an interval: the score of a split is at most their number, whatever the samples are."""


def inception_score(probabilities: NDArray[np.float64], *, splits: int = 10) -> tuple[float, float]:
    """Mean and standard deviation (population) of ``exp(E KL(p(y|x) || p(y)))`` over contiguous splits.

    ``probabilities`` are ``[N, classes]``, a row a sample. Split ``i`` holds the rows from ``i N // splits`` to
    ``(i + 1) N // splits``; where ``splits`` divides ``N`` these are the equal groups of the WaveGAN paper. Within a
    split ``p(y)`` is the mean of its rows. The score lies between 1 and the number of classes, and no score exceeds
    the number of samples in a split. Salimans et al. 2016, "Improved Techniques for Training GANs", section 4.

    :raises DataError: fewer than two samples a split.
    :raises ValueError: the rows are not probabilities.

    >>> inception_score(np.tile(np.eye(4), (3, 1)), splits=3)
    (4.0, 0.0)
    """
    probabilities = _checked(probabilities, splits)
    return _moments(probabilities, splits)


def inception_score_intervals(
    probabilities: NDArray[np.float64], *, splits: int, resamples: int, seed: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The intervals of mean and standard deviation.

    Each resample draws all ``N`` rows again, cuts them into the same splits and scores these. No bound lies where the
    figure cannot: the mean is between 1 and the highest score there is, the number of classes or of samples a split.

    :raises DataError: fewer than :data:`SAMPLES_A_SPLIT` samples a split.
    :raises ValueError: the rows are not probabilities.
    """
    probabilities = _checked(probabilities, splits, fewest=SAMPLES_A_SPLIT)
    negative_entropies = _negative_entropies(probabilities)
    resampled = np.array(
        [
            _scores(probabilities[rows], negative_entropies[rows], splits)
            for rows in resampled_rows(len(probabilities), resamples=resamples, seed=seed)
        ]
    )
    mean, std = _moments(probabilities, splits)
    classes = probabilities.shape[1]
    # No standard deviation exceeds half of the range
    return (
        _within(
            centred_interval(mean, resampled.mean(axis=1)), 1.0, _highest_mean(len(probabilities), classes, splits)
        ),
        _within(centred_interval(std, resampled.std(axis=1)), 0.0, (classes - 1) / 2),
    )


def _highest_mean(count: int, classes: int, splits: int) -> float:
    sizes = np.diff(np.arange(splits + 1) * count // splits)
    return float(np.minimum(sizes, classes).mean())


def _within(interval: tuple[float, float], lowest: float, highest: float) -> tuple[float, float]:
    lower, upper = interval
    return max(lower, lowest), min(upper, highest)


def _checked(probabilities: NDArray[np.float64], splits: int, *, fewest: int = 2) -> NDArray[np.float64]:
    probabilities = np.asarray(probabilities, dtype=np.float64)
    if probabilities.ndim != 2 or not (probabilities >= 0).all() or not np.allclose(probabilities.sum(axis=1), 1.0):
        raise ValueError(f"an array of shape {probabilities.shape} whose rows are not all probabilities summing to 1")
    count = len(probabilities)
    if count < fewest * splits:
        raise DataError(
            f"an inception score over {splits} splits needs at least {fewest * splits:,} samples, not {count:,}: "
            "raise the number of samples, or lower the metric's 'splits'"
        )
    return probabilities


def _moments(probabilities: NDArray[np.float64], splits: int) -> tuple[float, float]:
    scores = _scores(probabilities, _negative_entropies(probabilities), splits)
    return float(scores.mean()), float(scores.std())


def _scores(
    probabilities: NDArray[np.float64], negative_entropies: NDArray[np.float64], splits: int
) -> NDArray[np.float64]:
    # KL(p(y|x) || p(y)), averaged over x, is the entropy of p(y) less the mean entropy of p(y|x)
    bounds = np.arange(splits + 1) * len(probabilities) // splits
    counts = np.diff(bounds)
    marginals = np.add.reduceat(probabilities, bounds[:-1], axis=0) / counts[:, None]
    within = np.add.reduceat(negative_entropies, bounds[:-1]) / counts
    scores: NDArray[np.float64] = np.exp(within - _negative_entropies(marginals))
    return scores


def _negative_entropies(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithms = np.log(rows, out=np.zeros_like(rows), where=rows > 0)
    entropies: NDArray[np.float64] = np.einsum("nc,nc->n", rows, logarithms)
    return entropies
