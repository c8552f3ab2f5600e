"""The inception score, from class probabilities alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from audiogan.errors import DataError
from audiogan.evaluation.bootstrap import centred_interval, resampled_rows


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
    """The intervals of mean and standard deviation; see :func:`inception_score` for what is raised.

    Each resample draws all ``N`` rows again, cuts them into the same splits and scores these.
    """
    probabilities = _checked(probabilities, splits)
    resampled = np.array(
        [
            _moments(probabilities[rows], splits)
            for rows in resampled_rows(len(probabilities), resamples=resamples, seed=seed)
        ]
    )
    mean, std = _moments(probabilities, splits)
    lower, upper = centred_interval(std, resampled[:, 1])
    return centred_interval(mean, resampled[:, 0]), (max(0.0, lower), upper)


def _checked(probabilities: NDArray[np.float64], splits: int) -> NDArray[np.float64]:
    probabilities = np.asarray(probabilities, dtype=np.float64)
    if probabilities.ndim != 2 or not (probabilities >= 0).all() or not np.allclose(probabilities.sum(axis=1), 1.0):
        raise ValueError(f"an array of shape {probabilities.shape} whose rows are not all probabilities summing to 1")
    count = len(probabilities)
    if count < 2 * splits:
        raise DataError(
            f"an inception score over {splits} splits needs at least {2 * splits} samples, not {count}: "
            "raise the number of samples, or lower the metric's 'splits'"
        )
    return probabilities


def _moments(probabilities: NDArray[np.float64], splits: int) -> tuple[float, float]:
    count = len(probabilities)
    bounds = [i * count // splits for i in range(splits + 1)]
    scores = [_score(probabilities[start:stop]) for start, stop in pairwise(bounds)]
    return float(np.mean(scores)), float(np.std(scores))


def _score(conditional: NDArray[np.float64]) -> float:
    marginal = np.broadcast_to(conditional.mean(axis=0), conditional.shape)
    held = conditional > 0
    divergence = np.sum(conditional[held] * (np.log(conditional[held]) - np.log(marginal[held]))) / len(conditional)
    return float(np.exp(divergence))
