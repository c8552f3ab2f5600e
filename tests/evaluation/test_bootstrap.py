from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from audiogan.evaluation.bootstrap import centred_interval, resampled_rows


def _interval_of_mean(values: NDArray[np.float64], *, resamples: int, seed: int) -> tuple[float, float]:
    means = [values[rows].mean() for rows in resampled_rows(len(values), resamples=resamples, seed=seed)]
    return centred_interval(float(values.mean()), np.array(means))


def test_rows_are_drawn_with_replacement_and_repeatably() -> None:
    first, second = (np.array(list(resampled_rows(50, resamples=200, seed=3))) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.shape == (200, 50)
    assert (first.min(), first.max()) == (0, 49)
    distinct = np.mean([len(set(rows)) for rows in first])
    assert distinct == pytest.approx(50 * (1 - (1 - 1 / 50) ** 50), abs=0.6)


def test_the_interval_of_a_mean_is_that_of_the_normal_distribution() -> None:
    values = np.random.default_rng(0).normal(5.0, 2.0, 400)
    lower, upper = _interval_of_mean(values, resamples=2_000, seed=0)
    reach = 1.96 * values.std() / np.sqrt(400)
    assert (lower, upper) == pytest.approx((values.mean() - reach, values.mean() + reach), abs=0.015)


def test_means_are_covered_as_often_as_stated() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(300):
        lower, upper = _interval_of_mean(rng.exponential(1.0, 80), resamples=200, seed=trial)
        covered += lower <= 1.0 <= upper
    assert 0.90 <= covered / 300 <= 0.98


def test_excess_of_the_resamples_is_taken_out() -> None:
    resampled = np.random.default_rng(0).normal(7.0, 1.0, 10_000)
    assert centred_interval(4.0, resampled) == pytest.approx((4 - 1.96, 4 + 1.96), abs=0.06)
    assert centred_interval(4.0, resampled, level=0.5) == pytest.approx((4 - 0.6745, 4 + 0.6745), abs=0.04)


def test_the_figure_is_held_however_skewed_the_resamples_are() -> None:
    for sign in (-1, 1):
        lower, upper = centred_interval(2.0, sign * np.r_[np.zeros(990), np.full(10, 100.0)])
        assert lower <= 2.0 <= upper


def test_no_resamples_make_no_interval() -> None:
    with pytest.raises(ValueError, match="at least one resample"):
        centred_interval(1.0, np.array([]))
