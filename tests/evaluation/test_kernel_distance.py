from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.metrics.pairwise import polynomial_kernel
from torchmetrics.image.kid import poly_mmd

from audiogan import DataError
from audiogan.evaluation.kernel_distance import kernel_distances, kernel_interval, squared_mean_discrepancy


def _features(count: int, dim: int, seed: int, *, shift: float = 0.0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(count, dim)) + shift


def _by_sklearn(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    def mean_of_pairs(side: NDArray[np.float64]) -> float:
        kernel = polynomial_kernel(side, degree=3, coef0=1)
        return float((kernel.sum() - np.trace(kernel)) / (len(side) * (len(side) - 1)))

    across = float(polynomial_kernel(ours, theirs, degree=3, coef0=1).mean())
    return mean_of_pairs(ours) + mean_of_pairs(theirs) - 2 * across


@pytest.mark.parametrize(("count", "real_count", "dim"), [(50, 50, 8), (1_500, 1_100, 5), (2, 3, 1), (7, 130, 64)])
def test_agrees_with_scikit_learn(count: int, real_count: int, dim: int) -> None:
    ours, theirs = _features(count, dim, 0), _features(real_count, dim, 1, shift=0.4)
    assert squared_mean_discrepancy(ours, theirs) == pytest.approx(_by_sklearn(ours, theirs), rel=1e-9)


def test_agrees_with_torchmetrics() -> None:
    ours, theirs = _features(90, 8, 0), _features(90, 8, 1, shift=0.4)
    theirs_says = float(poly_mmd(torch.from_numpy(ours), torch.from_numpy(theirs)))
    assert squared_mean_discrepancy(ours, theirs) == pytest.approx(theirs_says, rel=1e-6)


def test_subsets_are_never_all_there_is() -> None:
    rng = np.random.default_rng(0)
    stds, spreads = [], []
    for _ in range(20):
        ours, theirs = rng.normal(size=(300, 4)), rng.normal(size=(300, 4)) + 0.5
        distances = kernel_distances(ours, theirs, subsets=60, subset_size=1_000, seed=0)
        np.testing.assert_array_equal(distances, kernel_distances(ours, theirs, subsets=60, subset_size=150, seed=0))
        stds.append(distances.std())
        spreads.append(squared_mean_discrepancy(ours, theirs))
    # halves of what is there vary like independent sets as large as all of it
    assert np.mean(stds) == pytest.approx(np.std(spreads), rel=0.4)


def test_subsets_are_drawn_without_repetition() -> None:
    ours, theirs = _features(40, 4, 0), _features(60, 4, 1)
    once = kernel_distances(np.repeat(ours[:2], 2, axis=0), theirs[:5], subsets=200, subset_size=2, seed=0)
    assert once.min() < squared_mean_discrepancy(ours[:2], theirs[:5]) < once.max()
    smaller = kernel_distances(ours, theirs, subsets=400, subset_size=20, seed=0)
    assert smaller.shape == (400,)
    assert smaller.std() > 0
    assert smaller.mean() == pytest.approx(squared_mean_discrepancy(ours, theirs), abs=4 * smaller.std() / 20)
    np.testing.assert_array_equal(smaller, kernel_distances(ours, theirs, subsets=400, subset_size=20, seed=0))


def test_sets_of_one_distribution_are_around_zero_whatever_their_size() -> None:
    for size in (10, 100):
        distances = [
            squared_mean_discrepancy(_features(size, 4, seed), _features(size, 4, seed + 1_000)) for seed in range(300)
        ]
        assert abs(np.mean(distances)) < 4 * np.std(distances) / np.sqrt(300)
        assert min(distances) < 0 < max(distances)


def test_the_distance_of_point_masses_is_known() -> None:
    # k(x, x) = (1 + 1)³ = 8, k(0, 0) = 1 and k(x, 0) = 1 for x = (1, 1)
    assert squared_mean_discrepancy(np.ones((5, 2)), np.zeros((4, 2))) == pytest.approx(8 + 1 - 2, rel=1e-12)


def test_order_precision_and_layout_do_not_matter() -> None:
    ours, theirs = _features(60, 8, 0).astype(np.float32), _features(40, 8, 1, shift=0.2).astype(np.float32)
    expected = squared_mean_discrepancy(ours.astype(np.float64), theirs.astype(np.float64))
    turned = np.asfortranarray(ours[np.random.default_rng(0).permutation(60)])
    assert squared_mean_discrepancy(turned, theirs[::-1]) == pytest.approx(expected, rel=1e-9)


def test_a_large_common_mean_is_computed_in_double_precision() -> None:
    ours, theirs = (np.float32(100) + _features(200, 4, seed).astype(np.float32) for seed in (0, 1))
    exact = _by_sklearn(ours.astype(np.float64), theirs.astype(np.float64))
    assert squared_mean_discrepancy(ours, theirs) == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize(("count", "real_count", "side"), [(1, 5, "generated"), (5, 1, "real"), (0, 5, "generated")])
def test_too_few_samples_are_refused_with_the_number_needed(count: int, real_count: int, side: str) -> None:
    with pytest.raises(DataError, match=f"at least 2 {side} samples, not {min(count, real_count)}"):
        squared_mean_discrepancy(np.ones((count, 3)), np.ones((real_count, 3)))


def test_features_that_are_not_finite_are_refused() -> None:
    features = _features(10, 3, 0)
    damaged = features.copy()
    damaged[4, 1] = np.nan
    for sides in ((damaged, features), (features, damaged), (features, features[:, :2])):
        with pytest.raises(ValueError, match="are not finite"):
            kernel_distances(*sides, subsets=2, subset_size=5, seed=0)


def test_the_interval_covers_the_distance_of_the_distributions() -> None:
    rng = np.random.default_rng(0)
    big = rng.normal(size=(6_000, 2)), rng.normal(size=(6_000, 2)) + 0.5
    expected = squared_mean_discrepancy(*big)
    covered = 0
    for trial in range(150):
        ours, theirs = rng.normal(size=(80, 2)), rng.normal(size=(80, 2)) + 0.5
        figure = squared_mean_discrepancy(ours, theirs)
        lower, upper = kernel_interval(figure, ours, theirs, resamples=100, seed=trial)
        assert lower < figure < upper
        covered += bool(lower <= expected <= upper)
    assert 0.88 <= covered / 150 <= 0.99


@pytest.mark.parametrize(("count", "shift"), [(50, 0.0), (50, 0.5), (200, 0.0)])
def test_the_interval_holds_the_mean_over_subsets_and_the_true_distance(count: int, shift: float) -> None:
    rng = np.random.default_rng(count)
    real = rng.normal(size=(500, 8))
    shifted = [squared_mean_discrepancy(rng.normal(size=(2_000, 8)) + shift, real) for _ in range(3)]
    expected = float(np.mean(shifted)) if shift else 0.0
    covered = 0
    for trial in range(60):
        ours = rng.normal(size=(count, 8)) + shift
        figure = float(kernel_distances(ours, real, subsets=20, subset_size=1_000, seed=trial).mean())
        lower, upper = kernel_interval(figure, ours, real, resamples=100, seed=trial)
        assert lower <= figure <= upper
        covered += bool(lower <= expected <= upper)
    assert covered >= 52


def test_an_interval_of_too_few_samples_is_refused_with_the_number_needed() -> None:
    for sides in ((49, 60), (60, 49)):
        with pytest.raises(DataError, match=r"at least 50 \w+ samples, not 49"):
            kernel_interval(0.0, _features(sides[0], 3, 0), _features(sides[1], 3, 1), resamples=20, seed=0)
