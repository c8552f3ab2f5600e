"""Clustering by k-means."""

from __future__ import annotations

from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

_MOST_ROUNDS = 300
_ROWS_AT_A_TIME = 4096


@final
@frozen(eq=False)
class Clustering:
    """Cluster centres ``[K, dim]`` and the sum of the squared distances of all points to their nearest centre."""

    centres: NDArray[np.float64]
    inertia: float

    def nearest(self, points: NDArray[np.floating]) -> NDArray[np.int64]:
        """The index of the centre nearest to each of the points ``[N, dim]``; of equals, the first."""
        return _nearest(np.asarray(points, dtype=np.float64), self.centres)[0]


def k_means(points: NDArray[np.floating], clusters: int, *, seed: int, starts: int = 10) -> Clustering:
    """The best by inertia of ``starts`` runs of Lloyd's algorithm on ``points`` ``[N, dim]``, computed in float64.

    Each run begins with centres drawn by k-means++ (Arthur and Vassilvitskii 2007, "k-means++: the advantages of
    careful seeding") and ends when no point changes its cluster, or after 300 rounds. A cluster that lost its points
    is moved to the point that is furthest from its centre.

    :raises ValueError: there are fewer distinct points than clusters, or values that are not finite.
    """
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 2 or not np.isfinite(points).all():
        raise ValueError(f"an array of shape {points.shape} that is not [N, dim] with finite values")
    distinct = len(np.unique(points, axis=0))
    if not 1 <= clusters <= distinct:
        raise ValueError(f"{distinct} distinct points do not make {clusters} clusters")
    centred = points - points.mean(axis=0)
    rng = np.random.default_rng(seed)
    best = min(
        (_lloyd(centred, _plus_plus(centred, clusters, rng)) for _ in range(starts)), key=lambda run: run.inertia
    )
    return Clustering(best.centres + points.mean(axis=0), best.inertia)


def _plus_plus(points: NDArray[np.float64], clusters: int, rng: np.random.Generator) -> NDArray[np.float64]:
    chosen = [int(rng.integers(len(points)))]
    distances = np.square(points - points[chosen[0]]).sum(axis=1)
    while len(chosen) < clusters:
        chosen.append(int(rng.choice(len(points), p=distances / distances.sum())))
        distances = np.minimum(distances, np.square(points - points[chosen[-1]]).sum(axis=1))
    return points[chosen]


def _lloyd(points: NDArray[np.float64], centres: NDArray[np.float64]) -> Clustering:
    assigned, distances = _nearest(points, centres)
    for _ in range(_MOST_ROUNDS):
        centres = _means(points, assigned, distances, len(centres))
        before = assigned
        assigned, distances = _nearest(points, centres)
        if np.array_equal(assigned, before):
            break
    return Clustering(centres, float(distances.sum()))


def _means(
    points: NDArray[np.float64], assigned: NDArray[np.int64], distances: NDArray[np.float64], clusters: int
) -> NDArray[np.float64]:
    counts = np.bincount(assigned, minlength=clusters)
    sums = np.zeros((clusters, points.shape[1]))
    np.add.at(sums, assigned, points)
    centres = sums / np.maximum(counts, 1)[:, None]
    empty = np.flatnonzero(counts == 0)
    centres[empty] = points[np.argsort(distances)[::-1][: len(empty)]]
    return centres


def _nearest(
    points: NDArray[np.float64], centres: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Index of the nearest centre and squared distance to it, of each point."""
    assigned = np.empty(len(points), dtype=np.int64)
    squared_norms = np.square(centres).sum(axis=1)
    for start in range(0, len(points), _ROWS_AT_A_TIME):
        rows = slice(start, start + _ROWS_AT_A_TIME)
        assigned[rows] = (squared_norms - 2 * points[rows] @ centres.T).argmin(axis=1)
    return assigned, np.square(points - centres[assigned]).sum(axis=1)
