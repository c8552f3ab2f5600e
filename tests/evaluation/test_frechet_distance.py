from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import torch
from numpy.typing import NDArray
from torchmetrics.image.fid import _compute_fid

from audiogan import DataError
from audiogan.evaluation.frechet_distance import frechet_distance


def _features(count: int, dim: int, seed: int, *, shift: float = 0.0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, dim)) @ rng.normal(size=(dim, dim)) + shift


def _by_scipy(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    covariances = np.cov(ours, rowvar=False), np.cov(theirs, rowvar=False)
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1])
    difference = ours.mean(axis=0) - theirs.mean(axis=0)
    return float(difference @ difference + np.trace(covariances[0] + covariances[1] - 2 * np.real(root)))


@pytest.mark.parametrize(("count", "real_count", "dim"), [(500, 700, 16), (65, 64, 63), (300, 129, 128), (9, 5, 2)])
def test_agrees_with_scipy_and_torchmetrics(count: int, real_count: int, dim: int) -> None:
    ours, theirs = _features(count, dim, 0), _features(real_count, dim, 1, shift=0.3)
    distance = frechet_distance(ours, theirs)
    assert distance == pytest.approx(_by_scipy(ours, theirs), rel=1e-6)
    sides = (torch.from_numpy(side) for side in (ours, theirs))
    (mean, covariance), (real_mean, real_covariance) = ((side.mean(dim=0), side.T.cov()) for side in sides)
    assert distance == pytest.approx(float(_compute_fid(mean, covariance, real_mean, real_covariance)), rel=1e-6)


def test_gaussians_have_the_distance_of_the_closed_form() -> None:
    rng = np.random.default_rng(0)
    spreads, real_spreads = np.array([1.0, 2.0, 0.5]), np.array([3.0, 1.0, 0.5])
    ours = rng.normal(size=(200_000, 3)) * spreads
    theirs = rng.normal(size=(200_000, 3)) * real_spreads + [1.0, 0.0, -2.0]
    expected = 1 + 4 + np.sum((spreads - real_spreads) ** 2)
    assert frechet_distance(ours, theirs) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("count", [17, 400])
def test_equal_sets_have_distance_zero_in_any_order(count: int) -> None:
    features = _features(count, 16, 0)
    shuffled = features[np.random.default_rng(1).permutation(count)]
    assert frechet_distance(features, shuffled) == pytest.approx(0.0, abs=1e-9 * np.trace(np.cov(features.T)))
    assert frechet_distance(features, features) >= 0.0


def test_order_of_rows_and_sides_does_not_matter() -> None:
    ours, theirs = _features(60, 8, 0), _features(40, 8, 1)
    distance = frechet_distance(ours, theirs)
    assert frechet_distance(theirs, ours) == pytest.approx(distance, rel=1e-12)
    assert frechet_distance(ours[::-1], theirs) == pytest.approx(distance, rel=1e-12)


def test_single_precision_and_odd_layouts_change_nothing_but_rounding() -> None:
    ours, theirs = _features(60, 8, 0).astype(np.float32), _features(40, 8, 1).astype(np.float32)
    exact = frechet_distance(ours.astype(np.float64), theirs.astype(np.float64))
    assert frechet_distance(np.asfortranarray(ours), theirs) == pytest.approx(exact, rel=1e-12)
    wide = np.repeat(theirs, 2, axis=1)[:, ::2]
    assert not wide.flags.c_contiguous
    assert frechet_distance(ours, wide) == pytest.approx(exact, rel=1e-12)


def test_a_large_common_mean_does_not_swallow_the_spread() -> None:
    # multiples of 1/16, which single precision holds exactly beside the mean of 100,000
    ours, theirs = (np.round(_features(200, 4, seed) * 16) / 16 for seed in (0, 1))
    moved = [(side + 1e5).astype(np.float32) for side in (ours, theirs)]
    assert frechet_distance(*moved) == pytest.approx(frechet_distance(ours, theirs), rel=1e-9)


def test_features_that_never_vary_are_no_matter() -> None:
    ours, theirs = _features(50, 6, 0), _features(50, 6, 1)
    ours[:, 2], theirs[:, 2] = 0.0, 0.0
    rest = [0, 1, 3, 4, 5]
    assert frechet_distance(ours, theirs) == pytest.approx(frechet_distance(ours[:, rest], theirs[:, rest]), rel=1e-7)
    assert frechet_distance(np.zeros((9, 6)), np.full((9, 6), 2.0)) == pytest.approx(24.0, rel=1e-12)


@pytest.mark.parametrize(("count", "real_count", "side"), [(8, 20, "generated"), (20, 1, "real"), (1, 20, "generated")])
def test_too_few_samples_are_refused_with_the_number_needed(count: int, real_count: int, side: str) -> None:
    fewer = min(count, real_count)
    with pytest.raises(DataError, match=rf"8 features needs at least 9 {side} samples, not {fewer}"):
        frechet_distance(np.ones((count, 8)), np.ones((real_count, 8)))
    assert frechet_distance(_features(9, 8, 0), _features(9, 8, 1)) > 0


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_features_that_are_not_finite_are_refused(broken: float) -> None:
    features = _features(20, 3, 0)
    damaged = features.copy()
    damaged[4, 1] = broken
    for sides in ((damaged, features), (features, damaged), (features, features[:, :2]), (features[0], features)):
        with pytest.raises(ValueError, match="are not finite"):
            frechet_distance(*sides)


def test_the_bias_that_the_documentation_states() -> None:
    rng = np.random.default_rng(0)
    sides = rng.normal(size=(5_000, 128)), rng.normal(size=(10_000, 128))
    assert frechet_distance(*sides) == pytest.approx(1.27, abs=0.01)
