from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from audiogan.evaluation import precision_recall
from audiogan.evaluation.halves import random_parts, seeds_of_sides
from audiogan.evaluation.precision_recall import ball_membership
from audiogan.evaluation.precision_recall_halves import ScoresOfHalves, scores_of_halves


def _sets(real_count: int, generated_count: int, dim: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(dim)
    return rng.normal(size=(real_count, dim)), rng.normal(0.4, 0.9, size=(generated_count, dim))


def _columns(scores: ScoresOfHalves) -> NDArray[np.float64]:
    return np.stack([scores.precision, scores.recall, scores.density, scores.coverage], axis=-1)


@pytest.mark.parametrize(
    ("real_count", "generated_count", "dim", "neighbours", "in_half"),
    [(90, 90, 8, 5, 3), (61, 75, 3, 4, 2), (300, 301, 32, 1, 1), (14, 15, 2, 9, 5)],
)
def test_scores_are_those_of_the_halves_alone(
    real_count: int, generated_count: int, dim: int, neighbours: int, in_half: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision_recall, "_ROWS_AT_A_TIME", 37)
    real, generated = _sets(real_count, generated_count, dim)
    found = _columns(scores_of_halves(real, generated, neighbours=neighbours, divisions=6, seed=5))
    parts = [
        list(random_parts(count, parts=2, divisions=6, seed=seed))
        for count, seed in zip((real_count, generated_count), seeds_of_sides(5), strict=True)
    ]
    for division, (part, other_part) in enumerate(zip(*parts, strict=True)):
        for half in (0, 1):
            alone = ball_membership(real[part == half], generated[other_part == half], neighbours=in_half)
            scores = alone.precision(), alone.recall(), alone.density(), alone.coverage()
            assert found[division, half] == pytest.approx([values.mean() for values in scores], abs=1e-12)


def test_copies_and_sets_apart() -> None:
    real, _ = _sets(60, 1, 4)
    apart = scores_of_halves(real, real + 100, neighbours=5, divisions=4, seed=0)
    assert _columns(apart).tolist() == np.zeros((4, 2, 4)).tolist()
    same = scores_of_halves(np.zeros((60, 4)), np.zeros((60, 4)), neighbours=5, divisions=4, seed=0)
    assert _columns(same).tolist() == np.tile([1, 1, 10, 1], (4, 2, 1)).tolist()


def test_sets_too_small_to_be_halved_are_refused() -> None:
    with pytest.raises(ValueError, match="3 neighbours in halves of 7 real and 9 generated points"):
        scores_of_halves(*_sets(7, 9, 2), neighbours=5, divisions=2, seed=0)
