from __future__ import annotations

import numpy as np
import pytest

from audiogan.evaluation.halves import interval_by_halves, random_parts, seeds_of_sides, share_interval_by_halves
from audiogan.evaluation.wilson import wilson_interval


@pytest.mark.parametrize(("count", "parts", "sizes"), [(10, 2, [5, 5]), (11, 2, [6, 5]), (18, 4, [5, 5, 4, 4])])
def test_parts_hold_all_rows_once_and_repeatably(count: int, parts: int, sizes: list[int]) -> None:
    first, again = (np.array(list(random_parts(count, parts=parts, divisions=300, seed=3))) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert all(np.bincount(division).tolist() == sizes for division in first)
    shares = np.array(sizes) / count
    assert [float((first[:, 0] == part).mean()) for part in range(parts)] == pytest.approx(shares.tolist(), abs=0.1)


def test_sides_are_not_divided_in_step() -> None:
    sides = [np.array(list(random_parts(40, parts=2, divisions=50, seed=seed))) for seed in seeds_of_sides(7)]
    assert (sides[0] == sides[1]).mean() == pytest.approx(0.5, abs=0.1)


def test_the_interval_of_a_mean_is_that_of_the_normal_distribution() -> None:
    values = np.random.default_rng(0).normal(5.0, 2.0, 401)
    halves = np.array(
        [
            [values[part == half].mean() for half in (0, 1)]
            for part in random_parts(401, parts=2, divisions=3_000, seed=0)
        ]
    )
    lower, upper = interval_by_halves(values.mean(), halves)
    reach = 1.96 * values.std(ddof=1) / np.sqrt(401)
    assert (lower, upper) == pytest.approx((values.mean() - reach, values.mean() + reach), abs=0.01)


def test_intervals_keep_to_what_is_possible() -> None:
    halves = np.array([[0.0, 2.0]])
    assert interval_by_halves(0.5, halves) == pytest.approx((0, 0.5 + 1.96), abs=1e-3)
    assert interval_by_halves(0.5, halves, lowest=-np.inf, highest=1.0) == pytest.approx((0.5 - 1.96, 1), abs=1e-3)


def test_the_interval_of_a_share_is_wilsons_of_the_windows_that_vary_as_much() -> None:
    # 50 and 70 of 100 each: the variance is 0.01, that of 24 independent windows at a share of 0.6
    halves = np.array([[0.5, 0.7], [0.7, 0.5]])
    expected = (200 * 0.6 + 2) / 204
    independent = expected * (1 - expected) / 0.01
    assert share_interval_by_halves(0.6, halves, count=200) == pytest.approx(wilson_interval(0.6, independent))
    assert independent == pytest.approx(24, abs=0.1)
    # no more of them than there are windows, however little the halves vary
    assert share_interval_by_halves(0.6, halves / 100 + 0.594, count=200) == wilson_interval(0.6, 200)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_none_or_all_has_an_interval_that_narrows_with_the_number(share: float) -> None:
    of_halves = np.full((20, 2), share)
    widths = [np.ptp(share_interval_by_halves(share, of_halves, count=count)) for count in (50, 500)]
    # 3.84 / (N + 3.84)
    assert widths == pytest.approx([0.0713, 0.0076], abs=1e-4)
    lower, upper = share_interval_by_halves(share, of_halves, count=50)
    assert lower <= share <= upper
    assert 0 <= lower < upper <= 1


def test_no_division_makes_no_interval() -> None:
    with pytest.raises(ValueError, match="at least one division"):
        interval_by_halves(1.0, np.empty((0, 2)))
    with pytest.raises(ValueError, match="at least one division"):
        share_interval_by_halves(1.0, np.empty((0, 2)), count=9)
