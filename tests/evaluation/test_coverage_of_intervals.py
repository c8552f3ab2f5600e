"""Intervals hold the figure expected of as many windows as often as the documentation says, and are not much wider."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from audiogan.evaluation.halves import interval_by_halves, random_parts, seeds_of_sides, share_interval_by_halves
from audiogan.evaluation.nearest_neighbours import Neighbours, neighbours_among, neighbours_within
from audiogan.evaluation.precision_recall import ball_membership
from audiogan.evaluation.precision_recall_halves import scores_of_halves
from tests.evaluation.simulated_samples import Distributions, Intervals, Sides, coverage_of

_DIVISIONS = 40


def scores(sides: Sides) -> dict[str, float]:
    generated, real = sides
    found = ball_membership(real, generated)
    by_point = {
        "precision": found.precision(),
        "recall": found.recall(),
        "density": found.density(),
        "coverage": found.coverage(),
    }
    return {name: float(values.mean()) for name, values in by_point.items()}


def score_intervals(figures: dict[str, float], sides: Sides) -> Intervals:
    generated, real = sides
    halves = scores_of_halves(real, generated, neighbours=5, divisions=_DIVISIONS, seed=0)
    shares = {"precision": halves.precision, "recall": halves.recall, "coverage": halves.coverage}
    intervals = {name: share_interval_by_halves(figures[name], shares[name], count=len(real)) for name in shares}
    return {**intervals, "density": interval_by_halves(figures["density"], halves.density)}


def neighbours(sides: Sides) -> tuple[Neighbours, Neighbours]:
    generated, real = (torch.from_numpy(side) for side in sides)
    return neighbours_within(generated, count=32), neighbours_among(generated, [real], count=32)


def distances(sides: Sides) -> dict[str, float]:
    within, among = neighbours(sides)
    return {"self": float(within.distances[:, 0].mean()), "train": float(among.distances[:, 0].mean())}


def distance_intervals(figures: dict[str, float], sides: Sides) -> Intervals:
    within, among = neighbours(sides)
    parts = [
        list(random_parts(len(side), parts=2, divisions=_DIVISIONS, seed=seed))
        for side, seed in zip(sides, seeds_of_sides(0), strict=True)
    ]
    halves = {
        "self": np.array([within.nearest_in_halves(ours, ours) for ours in parts[0]]),
        "train": np.array([among.nearest_in_halves(*both) for both in zip(*parts, strict=True)]),
    }
    return {name: interval_by_halves(figures[name], of_halves) for name, of_halves in halves.items()}


@pytest.mark.parametrize(
    ("distributions", "count"),
    [
        (Distributions(dim=8, shift=0.7), 100),
        (Distributions(dim=32, clustered=True), 100),
        (Distributions(dim=128), 100),
        (Distributions(dim=8, shift=0.7), 300),
    ],
)
def test_scores_of_balls_are_covered(distributions: Distributions, count: int) -> None:
    coverage = coverage_of(
        distributions,
        (count, count),
        figures_of=scores,
        intervals_of=score_intervals,
        draws=300,
        trials=150,
    )
    assert list(coverage) == ["precision", "recall", "coverage", "density"]
    for name, found in coverage.items():
        # what holds it in 91 of 100 cases, as measured of more trials, may do so in 87 of the first
        assert found.held >= 0.85, name
        assert found.width < 1.6, name


@pytest.mark.parametrize("dim", [16, 128])
def test_distances_to_neighbours_are_covered(dim: int) -> None:
    coverage = coverage_of(
        Distributions(dim=dim),
        (200, 600),
        figures_of=distances,
        intervals_of=distance_intervals,
        draws=200,
        trials=100,
    )
    for name, found in coverage.items():
        # what holds it in 91 of 100 cases, as measured of more trials, may do so in 87 of the first
        assert found.held >= 0.85, name
        assert found.width < 1.5, name
