from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from audiogan import DataError
from audiogan.evaluation.frechet_distance import frechet_distance
from audiogan.evaluation.frechet_distance_of_parts import fewest_samples, frechet_distance_of_parts
from audiogan.evaluation.halves import interval_by_halves, random_parts, seeds_of_sides
from tests.evaluation.simulated_samples import Distributions, Intervals, Sides, coverage_of


def test_figures_are_those_of_the_parts_alone() -> None:
    rng = np.random.default_rng(0)
    # far from 0, odd in number, in single precision, and not contiguous
    sides = [
        (rng.normal(1_000, 1, (count, 8)) @ rng.normal(size=(8, 8))).astype(np.float32)[::2, ::2] for count in (75, 106)
    ]
    found = frechet_distance_of_parts(*sides, divisions=5, seed=4)
    divided = zip(
        *(
            random_parts(len(side), parts=4, divisions=5, seed=seed)
            for side, seed in zip(sides, seeds_of_sides(4), strict=True)
        ),
        strict=True,
    )

    def distances(parts: tuple[NDArray[np.intp], ...], chosen: list[tuple[int, ...]]) -> list[float]:
        return [
            frechet_distance(*(side[np.isin(part, quarters)] for side, part in zip(sides, parts, strict=True)))
            for quarters in chosen
        ]

    halves, most = [], []
    for parts in divided:
        halves.append(distances(parts, [(0, 1), (2, 3)]))
        most.append(distances(parts, list(combinations(range(4), 3))))
    distance = frechet_distance(*sides)
    corrected = 8 * distance - 9 * np.mean(most) + 2 * np.mean(halves)
    assert found.corrected == pytest.approx(corrected, rel=1e-6)
    assert found.interval == pytest.approx(interval_by_halves(distance, np.array(halves)), rel=1e-6)
    assert found.corrected_interval == pytest.approx(
        interval_by_halves(float(corrected), np.array(halves), lowest=-np.inf), rel=1e-6
    )
    assert frechet_distance_of_parts(*sides, divisions=5, seed=4) == found


def _intervals(figures: dict[str, float], sides: Sides) -> Intervals:
    return {"distance": frechet_distance_of_parts(*sides, divisions=40, seed=0).interval}


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_the_interval_covers_the_distance_expected_of_as_many_samples(shift: float) -> None:
    found = coverage_of(
        Distributions(dim=8, shift=shift),
        (100, 150),
        figures_of=lambda sides: {"distance": frechet_distance(*sides)},
        intervals_of=_intervals,
        draws=300,
        trials=100,
    )["distance"]
    assert found.held >= 0.9
    assert found.width < 1.6


def test_the_correction_takes_the_bias_of_few_samples_out() -> None:
    rng = np.random.default_rng(0)
    real_spreads = np.linspace(1, 2, 12)
    expected = 0.09 * 12 + np.sum((1 - real_spreads) ** 2)
    distances, corrected = [], []
    for trial in range(40):
        sides = rng.normal(size=(150, 12)) + 0.3, rng.normal(size=(300, 12)) * real_spreads
        distances.append(frechet_distance(*sides))
        corrected.append(frechet_distance_of_parts(*sides, divisions=20, seed=trial).corrected)
    bias = np.mean(distances) - expected
    assert bias > 0.35
    assert abs(np.mean(corrected) - expected) < 0.2 * bias


def test_sets_of_one_distribution_are_around_zero_at_the_fewest_samples_of_the_default_classifier() -> None:
    found = []
    for seed in range(8):
        sides = Distributions(dim=128).draw(fewest_samples(128), 2_000, seed=seed)
        found.append(frechet_distance_of_parts(*sides, divisions=4, seed=seed))
    assert frechet_distance(*sides) > 10
    corrected = np.array([each.corrected for each in found])
    assert corrected.mean() == pytest.approx(0, abs=0.25)
    assert corrected.min() < 0 < corrected.max()
    assert sum(each.corrected_interval[0] <= 0 <= each.corrected_interval[1] for each in found) >= 7


def test_too_few_samples_are_refused_with_the_number_needed() -> None:
    rng = np.random.default_rng(0)
    enough, short = rng.normal(size=(32, 8)), rng.normal(size=(31, 8))
    for sides, name in (((short, enough), "generated"), ((enough, short), "real")):
        with pytest.raises(DataError, match=f"8 features needs at least 32 {name} samples, not 31"):
            frechet_distance_of_parts(*sides, divisions=2, seed=0)
    with pytest.raises(ValueError, match="at least one division"):
        frechet_distance_of_parts(enough, enough, divisions=0, seed=0)
    one_feature = rng.normal(size=(8, 1)), rng.normal(size=(9, 1))
    assert np.isfinite(frechet_distance_of_parts(*one_feature, divisions=3, seed=0).corrected)
