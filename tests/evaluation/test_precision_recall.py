"""Precision, recall, density and coverage against scikit-learn's neighbours, and where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from audiogan.evaluation import precision_recall
from audiogan.evaluation.precision_recall import BallMembership, ball_membership

Points = NDArray[np.float64]


def gaussians(count: int, dim: int, *, seed: int, mean: float = 0.0, scale: float = 1.0) -> Points:
    return np.random.default_rng(seed).normal(mean, scale, (count, dim))


def scores(membership: BallMembership) -> tuple[float, float, float, float]:
    return (
        float(membership.precision().mean()),
        float(membership.recall().mean()),
        float(membership.density().mean()),
        float(membership.coverage().mean()),
    )


def by_scikit_learn(real: Points, generated: Points, neighbours: int) -> tuple[float, float, float, float]:
    def radii(points: Points) -> Points:
        return np.asarray(NearestNeighbors(n_neighbors=neighbours).fit(points).kneighbors()[0][:, -1])

    between = [
        [float(np.linalg.norm(real_point - generated_point)) for generated_point in generated] for real_point in real
    ]
    distances = np.array(between)
    in_real = distances <= radii(real)[:, None]
    in_generated = distances <= radii(generated)[None, :]
    nearest_generated = NearestNeighbors(n_neighbors=1).fit(generated).kneighbors(real)[0][:, 0]
    return (
        float(in_real.any(axis=0).mean()),
        float(in_generated.any(axis=1).mean()),
        float(in_real.sum(axis=0).mean() / neighbours),
        float((nearest_generated <= radii(real)).mean()),
    )


@pytest.mark.parametrize(
    ("real_count", "generated_count", "dim", "neighbours"), [(120, 150, 3, 5), (61, 40, 17, 1), (90, 7, 64, 6)]
)
def test_equal_to_scikit_learn(real_count: int, generated_count: int, dim: int, neighbours: int) -> None:
    real = gaussians(real_count, dim, seed=1)
    generated = gaussians(generated_count, dim, seed=2, mean=0.3, scale=0.8)
    found = scores(ball_membership(real, generated, neighbours=neighbours))
    assert found == pytest.approx(by_scikit_learn(real, generated, neighbours), abs=1e-6)
    assert 0 < found[0] <= 1


def test_a_large_mean_changes_nothing() -> None:
    real, generated = gaussians(80, 4, seed=1), gaussians(90, 4, seed=2, mean=0.5)
    rounded = [points.astype(np.float32).astype(np.float64) for points in (real, generated)]
    far = [points + 2.0**20 for points in rounded]
    near = [points - 2.0**20 for points in far]
    assert scores(ball_membership(*far)) == scores(ball_membership(*near))


def test_rows_are_taken_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    real, generated = gaussians(70, 6, seed=1), gaussians(50, 6, seed=2)
    at_once = scores(ball_membership(real, generated))
    monkeypatch.setattr(precision_recall, "_ROWS_AT_A_TIME", 16)
    assert scores(ball_membership(real, generated)) == at_once


def test_copies_of_the_real_points() -> None:
    real = gaussians(60, 5, seed=1)
    # each ball holds the copies of its centre and of its k nearest
    assert scores(ball_membership(real, real.copy(), neighbours=4)) == pytest.approx((1, 1, 5 / 4, 1))


def test_one_point_many_times_is_precise_and_covers_little() -> None:
    real = gaussians(200, 2, seed=1)
    generated = np.repeat(real[:1], 50, axis=0)
    precision, recall, density, coverage = scores(ball_membership(real, generated))
    assert (precision, recall) == (1.0, 1 / 200)
    assert density == pytest.approx(coverage * 200 / 5)
    assert 1 / 200 <= coverage <= 15 / 200


def test_sets_apart_share_nothing() -> None:
    real = gaussians(50, 3, seed=1)
    assert scores(ball_membership(real, real + 100)) == (0, 0, 0, 0)


def test_equal_distributions_have_density_1_and_the_expected_coverage() -> None:
    real, generated = gaussians(800, 8, seed=1), gaussians(800, 8, seed=2)
    _, _, density, coverage = scores(ball_membership(real, generated))
    assert density == pytest.approx(1, abs=0.1)
    # Naeem et al. 2020, lemma 2: 1 - (N - 1) ... (N - k) / ((2N - 1) ... (2N - k)) for N = M = 800 and k = 5
    expected = 1 - np.prod([(800 - i) / (1600 - i) for i in range(1, 6)])
    assert expected == pytest.approx(0.969, abs=0.001)
    assert coverage == pytest.approx(expected, abs=0.02)


def test_order_and_layout_change_nothing() -> None:
    real, generated = gaussians(60, 4, seed=1), gaussians(70, 4, seed=2)
    expected = scores(ball_membership(real, generated))
    generated.setflags(write=False)
    assert scores(ball_membership(real[::-1], np.asfortranarray(generated)[::-1])) == pytest.approx(expected)
    assert scores(ball_membership(real, generated)) == expected


@pytest.mark.parametrize(
    ("real", "generated", "words"),
    [
        (np.zeros((5, 2)), np.zeros((9, 2)), "5 neighbours of 5 real and 9 generated"),
        (np.zeros((9, 2)), np.zeros((9, 3)), "shapes"),
        (np.zeros(9), np.zeros(9), "shapes"),
        (np.zeros((9, 2)), np.full((9, 2), np.nan), "not finite"),
        (np.full((9, 2), np.inf), np.zeros((9, 2)), "not finite"),
    ],
)
def test_unfit_features_are_refused(real: Points, generated: Points, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ball_membership(real, generated)


def test_single_points_of_a_score_are_kept() -> None:
    real = np.arange(4.0)[:, None]
    membership = ball_membership(real, np.array([[0.4], [2.5], [9.0]]), neighbours=1)
    assert membership.real_balls_around.tolist() == [2, 2, 0]
    assert membership.real_balls_met.tolist() == [True, True, True, True]
    assert membership.real_in_generated_balls.tolist() == [True, True, True, True]
    assert membership.density().tolist() == [2, 2, 0]


@pytest.mark.parametrize("mean", [0.0, 1e4])
def test_copies_of_points_that_set_a_radius_lie_in_the_ball(mean: float) -> None:
    rng = np.random.default_rng(5)
    real = rng.normal(mean, 1, (150, 64)).astype(np.float32)
    # in every ball: the copy of its centre, and those of the k nearest, the last of them on its surface
    membership = ball_membership(real, real[rng.permutation(150)], neighbours=3)
    assert membership.real_balls_around.sum() == 150 * 4
