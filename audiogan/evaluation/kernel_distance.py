"""The kernel distance between two sets of features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audiogan.errors import DataError
from audiogan.evaluation.bootstrap import centred_interval

FEWEST_FOR_AN_INTERVAL = 50
"""Samples on either side: resamples of fewer repeat the same pairs too often to tell how the distance varies."""
_ROWS_AT_A_TIME = 1024


def kernel_distances(
    generated: NDArray[np.floating], real: NDArray[np.floating], *, subsets: int, subset_size: int, seed: int
) -> NDArray[np.float64]:
    """The squared maximum mean discrepancy of each of ``subsets`` pairs of random subsets, ``[subsets]``.

    Features are ``[N, dim]`` and ``[M, dim]``; a subset holds ``subset_size`` rows without repetition, but no more than
    half the smaller side, since subsets that were all of it would not differ. The kernel is ``(x·y / dim + 1)³``, the
    estimator is unbiased, so that it may be below 0. Bińkowski et al. 2018, "Demystifying MMD GANs", section 4, who
    report mean and standard deviation.

    :raises DataError: fewer than four samples on a side.
    :raises ValueError: the features are not two matrices of finite numbers with the same number of columns.
    """
    generated, real = _checked(generated, real, fewest=4)
    size = size_of_subsets(subset_size, generated, real)
    rng = np.random.default_rng(seed)
    return np.array(
        [
            squared_mean_discrepancy(
                generated[rng.choice(len(generated), size, replace=False)],
                real[rng.choice(len(real), size, replace=False)],
            )
            for _ in range(subsets)
        ]
    )


def size_of_subsets(subset_size: int, generated: NDArray[np.floating], real: NDArray[np.floating]) -> int:
    """The rows of each subset of :func:`kernel_distances`.

    >>> size_of_subsets(1_000, np.ones((300, 2)), np.ones((5_000, 2)))
    150
    """
    return min(subset_size, len(generated) // 2, len(real) // 2)


def squared_mean_discrepancy(generated: NDArray[np.floating], real: NDArray[np.floating]) -> float:
    """The unbiased estimate of the squared maximum mean discrepancy over all pairs; see :func:`kernel_distances`."""
    generated, real = _checked(generated, real)
    return float(_discrepancies(generated, real, _once(generated), _once(real))[0])


def kernel_interval(
    figure: float, generated: NDArray[np.floating], real: NDArray[np.floating], *, resamples: int, seed: int
) -> tuple[float, float]:
    """The interval of ``figure``, an estimate of the discrepancy such as the mean of :func:`kernel_distances`.

    Its width is that of the estimate over all pairs, both sides resampled. A row drawn more than once counts as often,
    but is not paired with itself: such pairs would be taken for alikeness of the set.

    :raises DataError: fewer than :data:`FEWEST_FOR_AN_INTERVAL` samples on a side.
    """
    generated, real = _checked(generated, real, fewest=FEWEST_FOR_AN_INTERVAL)
    return centred_interval(
        figure,
        _discrepancies(
            generated,
            real,
            _resampled_weights(len(generated), resamples, seed),
            _resampled_weights(len(real), resamples, seed + 1),
        ),
    )


def _resampled_weights(count: int, resamples: int, seed: int) -> NDArray[np.integer]:
    rng = np.random.default_rng(seed)
    drawn = [np.bincount(rng.integers(count, size=count), minlength=count) for _ in range(resamples)]
    return np.array(drawn, dtype=np.int32)


def _discrepancies(
    ours: NDArray[np.float64],
    theirs: NDArray[np.float64],
    our_weights: NDArray[np.integer],
    their_weights: NDArray[np.integer],
) -> NDArray[np.float64]:
    within = _mean_within(ours, our_weights) + _mean_within(theirs, their_weights)
    across = _weighted_sum(ours, theirs, our_weights, their_weights)
    pairs = our_weights.sum(axis=1) * their_weights.sum(axis=1)
    discrepancies: NDArray[np.float64] = within - 2 * across / pairs
    return discrepancies


def _once(side: NDArray[np.float64]) -> NDArray[np.integer]:
    return np.ones((1, len(side)), dtype=np.int32)


def _mean_within(side: NDArray[np.float64], weights: NDArray[np.integer]) -> NDArray[np.float64]:
    squares = np.square(weights, dtype=np.int64)
    itself = squares @ _kernel_of_pairs(side)
    pairs = np.square(weights.sum(axis=1)) - squares.sum(axis=1)
    mean: NDArray[np.float64] = (_weighted_sum(side, side, weights, weights) - itself) / pairs
    return mean


def _weighted_sum(
    ours: NDArray[np.float64],
    theirs: NDArray[np.float64],
    our_weights: NDArray[np.integer],
    their_weights: NDArray[np.integer],
) -> NDArray[np.float64]:
    # A tile at a time: all kernels of 50,000 rows would take 19 GiB.
    total = np.zeros(len(our_weights))
    for start in range(0, len(ours), _ROWS_AT_A_TIME):
        rows = slice(start, start + _ROWS_AT_A_TIME)
        left = our_weights[:, rows].astype(np.float64)
        for other in range(0, len(theirs), _ROWS_AT_A_TIME):
            columns = slice(other, other + _ROWS_AT_A_TIME)
            kernel = (ours[rows] @ theirs[columns].T / ours.shape[1] + 1) ** 3
            total += np.einsum("rj,rj->r", left @ kernel, their_weights[:, columns].astype(np.float64))
    return total


def _kernel_of_pairs(side: NDArray[np.float64]) -> NDArray[np.float64]:
    kernel: NDArray[np.float64] = (np.square(side).sum(axis=1) / side.shape[1] + 1) ** 3
    return kernel


def _checked(
    generated: NDArray[np.floating], real: NDArray[np.floating], *, fewest: int = 2
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    for side in (generated, real):
        if side.ndim != 2 or side.shape[1] != generated.shape[1] or not np.isfinite(side).all():
            raise ValueError(
                f"features of shapes {generated.shape} and {real.shape} are not finite [N, dim] and [M, dim]"
            )
    for name, count in (("generated", len(generated)), ("real", len(real))):
        if count < fewest:
            raise DataError(
                f"a kernel distance needs at least {fewest} {name} samples, not {count}: raise their number"
            )
    return generated.astype(np.float64), real.astype(np.float64)
