from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from audiogan import DataError
from audiogan.evaluation.inception_score import inception_score, inception_score_intervals


def _random_probabilities(count: int, classes: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).dirichlet(np.full(classes, 0.3), size=count)


def _brute_force(probabilities: NDArray[np.float64], splits: int) -> tuple[float, float]:
    size = len(probabilities) // splits
    scores = []
    for split in range(splits):
        rows = probabilities[split * size : (split + 1) * size].tolist()
        marginal = [sum(row[k] for row in rows) / size for k in range(len(rows[0]))]
        divergence = sum(p * math.log(p / q) for row in rows for p, q in zip(row, marginal, strict=True) if p > 0)
        scores.append(math.exp(divergence / size))
    mean = sum(scores) / splits
    return mean, math.sqrt(sum((score - mean) ** 2 for score in scores) / splits)


@pytest.mark.parametrize(("count", "classes", "splits"), [(50, 10, 10), (64, 3, 1), (20, 12, 10), (49, 5, 7)])
def test_agrees_with_the_formula_written_out(count: int, classes: int, splits: int) -> None:
    probabilities = _random_probabilities(count, classes)
    assert inception_score(probabilities, splits=splits) == pytest.approx(
        _brute_force(probabilities, splits), abs=1e-12
    )


def test_uniform_rows_score_one() -> None:
    assert inception_score(np.full((100, 8), 1 / 8)) == pytest.approx((1.0, 0.0), abs=1e-12)


def test_equal_rows_score_one() -> None:
    assert inception_score(np.tile([0.7, 0.2, 0.1, 0.0], (40, 1))) == pytest.approx((1.0, 0.0), abs=1e-12)


@pytest.mark.parametrize("classes", [2, 10, 12])
def test_balanced_certainty_scores_the_number_of_classes(classes: int) -> None:
    rows = np.tile(np.eye(classes), (20, 1))
    assert inception_score(rows, splits=10) == pytest.approx((classes, 0.0), abs=1e-12)


def test_unbalanced_certainty_scores_the_exponential_of_the_entropy() -> None:
    rows = np.eye(2)[[0, 0, 0, 1] * 5]
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert inception_score(rows, splits=5) == pytest.approx((math.exp(entropy), 0.0), abs=1e-12)


def test_splits_are_contiguous_and_the_deviation_is_that_of_the_population() -> None:
    rows = np.concatenate([np.tile(np.eye(4), (4, 1)), np.full((16, 4), 0.25)])
    assert inception_score(rows, splits=2) == pytest.approx((2.5, 1.5), abs=1e-12)


def test_a_count_that_the_splits_do_not_divide_uses_every_sample() -> None:
    probabilities = _random_probabilities(23, 4)
    parts = [inception_score(part, splits=1)[0] for part in (probabilities[:11], probabilities[11:])]
    assert inception_score(probabilities, splits=2) == pytest.approx((np.mean(parts), np.std(parts)), abs=1e-12)


def test_probabilities_that_underflowed_to_zero_are_taken() -> None:
    rows = np.array([[1.0, 0.0], [1e-320, 1.0]])
    mean, _ = inception_score(rows, splits=1)
    assert mean == pytest.approx(2.0)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), classes=st.integers(2, 12), splits=st.integers(1, 5))
def test_lies_between_one_and_the_number_of_classes(seed: int, classes: int, splits: int) -> None:
    mean, std = inception_score(_random_probabilities(4 * splits, classes, seed), splits=splits)
    assert 1 - 1e-12 <= mean <= classes + 1e-12
    assert std >= 0


def test_too_few_samples_are_refused_with_the_number_needed() -> None:
    with pytest.raises(DataError, match=r"over 10 splits needs at least 20 samples, not 19"):
        inception_score(np.full((19, 2), 0.5))


@pytest.mark.parametrize(
    "rows", [np.full((40, 2), 0.4), np.full((40, 2), np.nan), np.array([[1.5, -0.5]] * 40), np.full(40, 0.5)]
)
def test_rows_that_are_no_probabilities_are_refused(rows: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="probabilities"):
        inception_score(rows)


def test_the_interval_covers_the_score_expected_of_as_many_samples() -> None:
    rng = np.random.default_rng(0)

    def draw() -> NDArray[np.float64]:
        return rng.dirichlet(np.full(4, 0.4), size=120)

    expected = np.mean([inception_score(draw(), splits=3)[0] for _ in range(1_000)])
    covered = 0
    for trial in range(150):
        (lower, upper), _ = inception_score_intervals(draw(), splits=3, resamples=100, seed=trial)
        covered += bool(lower <= expected <= upper)
    assert 0.88 <= covered / 150 <= 0.99


def test_resamples_are_cut_into_splits_and_scored_anew() -> None:
    rows = _random_probabilities(200, 5)
    rng = np.random.default_rng(4)
    resampled = np.array([inception_score(rows[rng.integers(200, size=200)], splits=4) for _ in range(300)])
    intervals = inception_score_intervals(rows, splits=4, resamples=300, seed=4)
    for figure, values, interval in zip(inception_score(rows, splits=4), resampled.T, intervals, strict=True):
        expected = np.quantile(values, [0.025, 0.975]) - values.mean() + figure
        assert interval == pytest.approx(np.maximum(expected, 0), rel=1e-12)
        assert interval[0] < figure < interval[1]


def test_a_score_that_cannot_vary_has_an_interval_without_width() -> None:
    (lower, upper), spread = inception_score_intervals(np.full((40, 4), 0.25), splits=2, resamples=20, seed=0)
    assert (lower, upper) == pytest.approx((1.0, 1.0), abs=1e-12)
    assert spread == pytest.approx((0.0, 0.0), abs=1e-12)


def test_intervals_need_ten_samples_a_split() -> None:
    with pytest.raises(DataError, match="over 10 splits needs at least 100 samples, not 99"):
        inception_score_intervals(np.full((99, 2), 0.5), splits=10, resamples=5, seed=0)


@pytest.mark.parametrize(("count", "classes", "splits"), [(100, 10, 10), (105, 10, 10), (60, 3, 6), (100, 40, 10)])
def test_no_bound_lies_where_the_score_cannot(count: int, classes: int, splits: int) -> None:
    rows = np.eye(classes)[np.arange(count) % classes]
    mean, std = inception_score(rows, splits=splits)
    (lower, upper), (least, most) = inception_score_intervals(rows, splits=splits, resamples=200, seed=0)
    assert 1 <= lower <= mean <= upper <= min(classes, -(-count // splits))
    assert 0 <= least <= std <= most <= (classes - 1) / 2


@pytest.mark.parametrize(("count", "classes", "concentration"), [(100, 10, 0.05), (100, 10, 0.5), (400, 12, 0.02)])
def test_intervals_of_ten_splits_cover_what_is_expected_and_hold_their_figures(
    count: int, classes: int, concentration: float
) -> None:
    rng = np.random.default_rng(count)

    def draw() -> NDArray[np.float64]:
        return rng.dirichlet(np.full(classes, concentration), size=count)

    expected = np.mean([inception_score(draw()) for _ in range(400)], axis=0)
    covered = np.zeros(2)
    for trial in range(100):
        rows = draw()
        intervals = inception_score_intervals(rows, splits=10, resamples=100, seed=trial)
        for figure, (lower, upper) in zip(inception_score(rows), intervals, strict=True):
            assert lower <= figure <= upper
        covered += [lower <= figure <= upper for figure, (lower, upper) in zip(expected, intervals, strict=True)]
    assert (covered >= 86).all()
