"""Precision, recall, density and coverage of both halves of randomly divided sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

from audiogan.evaluation.halves import random_parts, seeds_of_sides
from audiogan.evaluation.precision_recall import ROUNDING, centred_features, distances_by_rows


@final
@frozen(eq=False)
class ScoresOfHalves:
    """``[divisions, 2]`` each: a score of the generated points of a half against the real ones of the same half."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    density: NDArray[np.float64]
    coverage: NDArray[np.float64]


def scores_of_halves(
    real: NDArray[np.floating], generated: NDArray[np.floating], *, neighbours: int, divisions: int, seed: int
) -> ScoresOfHalves:
    """The scores of features ``[N, dim]`` and ``[M, dim]``, both sides divided at random ``divisions`` times.

    Balls reach to half the ``neighbours``, rounded up: among half the points these are about as far away as all
    ``neighbours`` among all, and do not reach beyond a cluster of few points. Distances are computed once.

    :raises ValueError: see :func:`~audiogan.evaluation.precision_recall.ball_membership`; or a half has no more points
        than its balls have neighbours.
    """
    real_points, generated_points = centred_features(real, generated, neighbours=neighbours)
    in_half = (neighbours + 1) // 2
    if min(len(real), len(generated)) // 2 <= in_half:
        raise ValueError(f"{in_half} neighbours in halves of {len(real)} real and {len(generated)} generated points")
    sides = [
        np.array(list(random_parts(len(points), parts=2, divisions=divisions, seed=side_seed)), dtype=np.int8)
        for points, side_seed in zip((real_points, generated_points), seeds_of_sides(seed), strict=True)
    ]
    halves, generated_halves = sides
    radii = _squared_radii(real_points, halves, in_half)
    generated_radii = _squared_radii(generated_points, generated_halves, in_half)
    generated_least, generated_most = generated_radii.min(axis=0), generated_radii.max(axis=0)
    around = np.zeros(generated_halves.shape, dtype=np.int64)
    met, in_generated = np.zeros(halves.shape, dtype=bool), np.zeros(halves.shape, dtype=bool)
    for rows, block in _blocks(distances_by_rows(real_points, generated_points, allowance=ROUNDING)):
        least, most = radii[:, rows].min(axis=0)[:, None], radii[:, rows].max(axis=0)[:, None]
        # Pairs within the least of the radii are inside whatever the division, and counted for all of them at once
        surely = (block <= least).astype(np.float32)
        around += _counts_of_same_half(surely, halves[:, rows], generated_halves)
        met[:, rows] = _counts_of_same_half(surely.T, generated_halves, halves[:, rows]) > 0
        surely = (block <= generated_least).astype(np.float32)
        in_generated[:, rows] = _counts_of_same_half(surely.T, generated_halves, halves[:, rows]) > 0
        within = _Pairs.between(least, most, block)
        reverse = _Pairs.between(generated_least, generated_most, block)
        for division, (half, other_half) in enumerate(zip(halves[:, rows], generated_halves, strict=True)):
            found = within.in_same_half(half, other_half, radii[division, rows][within.rows])
            around[division] += np.bincount(within.columns[found], minlength=len(other_half))
            met[division, rows.start + within.rows[found]] = True
            found = reverse.in_same_half(half, other_half, generated_radii[division, reverse.columns])
            in_generated[division, rows.start + reverse.rows[found]] = True
    return ScoresOfHalves(
        precision=_means(around > 0, generated_halves),
        recall=_means(in_generated, halves),
        density=_means(around / in_half, generated_halves),
        coverage=_means(met, halves),
    )


@final
@frozen(eq=False)
class _Pairs:
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    squared_distances: NDArray[np.float64]

    @classmethod
    def between(cls, least: NDArray[np.float64], most: NDArray[np.float64], block: NDArray[np.float64]) -> _Pairs:
        rows, columns = np.nonzero((block > least) & (block <= most))
        return cls(rows, columns, block[rows, columns])

    def in_same_half(
        self, halves: NDArray[np.int8], other_halves: NDArray[np.int8], squared_radii: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = halves[self.rows] == other_halves[self.columns]
        return same & (self.squared_distances <= squared_radii)


def _counts_of_same_half(
    pairs: NDArray[np.float32], halves: NDArray[np.int8], other_halves: NDArray[np.int8]
) -> NDArray[np.int64]:
    """``[divisions, M]``: of ``pairs`` ``[N, M]`` of 0 and 1, how many of each column are of rows in the same half."""
    in_second = halves.astype(np.float32) @ pairs
    return np.where(other_halves == 1, in_second, pairs.sum(axis=0) - in_second).astype(np.int64)


def _squared_radii(points: Tensor, halves: NDArray[np.int8], neighbours: int) -> NDArray[np.float64]:
    """``[divisions, N]``: the squared distance to the nearest ``neighbours``-th of those in the same half."""
    # Of so many, fewer than the neighbours are in the same half once in 10^11 times
    known = min(len(points), 4 * neighbours + 48)
    nearest = [rows.topk(known, dim=1, largest=False) for rows in distances_by_rows(points, points)]
    squares = torch.cat([found.values for found in nearest]).numpy()
    numbers = torch.cat([found.indices for found in nearest]).numpy()
    radii = np.empty(halves.shape)
    for division, half in enumerate(halves):
        # The point itself is the nearest of its half
        counted = np.cumsum(half[numbers] == half[:, None], axis=1) > neighbours
        reached = np.where(counted.any(axis=1), counted.argmax(axis=1), known - 1)
        radii[division] = squares[np.arange(len(points)), reached]
    return radii


def _blocks(distances: Iterator[Tensor]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    start = 0
    for block in distances:
        yield slice(start, start + len(block)), block.numpy()
        start += len(block)


def _means(values: NDArray[np.bool_ | np.floating], halves: NDArray[np.int8]) -> NDArray[np.float64]:
    return np.stack([np.mean(values, axis=1, where=halves == half) for half in (0, 1)], axis=1)
