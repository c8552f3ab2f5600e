"""k-means against scikit-learn's, and on points whose clusters are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from audiogan.evaluation import k_means as module
from audiogan.evaluation.k_means import k_means


@pytest.mark.parametrize(("count", "dim", "clusters"), [(400, 2, 8), (300, 16, 20), (50, 3, 50), (37, 5, 1)])
def test_as_good_as_scikit_learn(count: int, dim: int, clusters: int) -> None:
    points = np.random.default_rng(count).normal(size=(count, dim))
    ours = k_means(points, clusters, seed=0)
    theirs = KMeans(clusters, n_init=10, random_state=0).fit(points)
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=0.02, abs=1e-9)


def test_from_the_same_centres_the_same_clusters_as_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(1).normal(size=(300, 4))
    centred = points - points.mean(axis=0)
    monkeypatch.setattr(module, "_plus_plus", lambda points, clusters, rng: points[:clusters])
    ours = k_means(points, 12, seed=0)
    theirs = KMeans(12, init=centred[:12], n_init=1, tol=0, algorithm="lloyd").fit(centred)
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-9)
    assert ours.centres - points.mean(axis=0) == pytest.approx(theirs.cluster_centers_, abs=1e-9)
    assert ours.nearest(points).tolist() == theirs.labels_.tolist()


def test_clusters_that_lie_apart_are_found() -> None:
    corners = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0], [1000.0, 1000.0]])
    points = (corners[:, None] + np.random.default_rng(0).uniform(-1, 1, (4, 25, 2))).reshape(-1, 2)
    clustering = k_means(points, 4, seed=3)
    assert np.bincount(clustering.nearest(points)).tolist() == [25, 25, 25, 25]
    assert np.array_equal(clustering.nearest(corners), clustering.nearest(points).reshape(4, 25)[:, 0])
    assert clustering.inertia == pytest.approx(
        np.square(points.reshape(4, 25, 2) - points.reshape(4, 25, 2).mean(1, keepdims=True)).sum()
    )


def test_the_seed_decides() -> None:
    points = np.random.default_rng(0).normal(size=(500, 3))
    first, again, other = (k_means(points, 30, seed=seed, starts=1) for seed in (1, 1, 2))
    assert np.array_equal(first.centres, again.centres)
    assert not np.array_equal(first.centres, other.centres)
    assert k_means(points, 30, seed=1, starts=5).inertia <= first.inertia


def test_a_large_mean_costs_no_precision() -> None:
    points = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32).astype(np.float64)
    shifted = k_means(points + 2.0**20, 10, seed=1)
    assert shifted.inertia == pytest.approx(k_means(points, 10, seed=1).inertia, rel=1e-6)


def test_a_cluster_that_lost_its_points_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.array([[-3.0], [-1.0], [1.0], [3.0]])
    monkeypatch.setattr(module, "_plus_plus", lambda points, clusters, rng: np.array([[-2.0], [2.0], [50.0]]))
    clustering = k_means(points, 3, seed=0)
    assert len(set(clustering.nearest(points).tolist())) == 3
    assert clustering.inertia == pytest.approx(2.0)


def test_rows_are_taken_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(0).normal(size=(100, 3))
    at_once = k_means(points, 7, seed=0)
    monkeypatch.setattr(module, "_ROWS_AT_A_TIME", 9)
    assert k_means(points, 7, seed=0).inertia == pytest.approx(at_once.inertia, rel=1e-12)


@given(
    points=st.lists(st.tuples(*[st.integers(-3, 3)] * 2), min_size=1, max_size=20),
    clusters=st.integers(1, 6),
    seed=st.integers(0, 9),
)
@settings(max_examples=60, deadline=None)
def test_points_with_duplicates(points: list[tuple[int, int]], clusters: int, seed: int) -> None:
    array = np.array(points, dtype=np.float64)
    if clusters > len(set(points)):
        with pytest.raises(ValueError, match=f"{len(set(points))} distinct points do not make {clusters} clusters"):
            k_means(array, clusters, seed=seed)
        return
    clustering = k_means(array, clusters, seed=seed, starts=2)
    assert clustering.centres.shape == (clusters, 2)
    assigned = clustering.nearest(array)
    assert len(set(assigned.tolist())) == clusters
    assert clustering.inertia == pytest.approx(np.square(array - clustering.centres[assigned]).sum(), abs=1e-9)


@pytest.mark.parametrize("points", [np.zeros(5), np.full((5, 2), np.nan)])
def test_unfit_points_are_refused(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    with pytest.raises(ValueError, match="not \\[N, dim\\] with finite values"):
        k_means(points, 1, seed=0)
