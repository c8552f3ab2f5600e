"""NDB against a test written out, scipy's divergence, and the share that chance gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency

from audiogan.evaluation.ndb import different_bins

COUNTS = st.integers(1, 12).flatmap(
    lambda bins: st.tuples(*[st.lists(st.integers(0, 200), min_size=bins, max_size=bins).filter(any)] * 2)
)


@given(COUNTS)
@settings(max_examples=80, deadline=None)
def test_equal_to_scipy(counts: tuple[list[int], list[int]]) -> None:
    real, generated = map(np.array, counts)
    found = different_bins(real, generated)
    different = 0
    for real_count, generated_count in zip(real, generated, strict=True):
        table = np.array([[real_count, real.sum() - real_count], [generated_count, generated.sum() - generated_count]])
        if (table.sum(axis=0) > 0).all():
            # the square of the pooled z statistic is chi-squared without correction
            different += chi2_contingency(table, correction=False).pvalue < 0.05
    assert found.count == different
    assert found.share == found.count / len(real)
    assert found.divergence == pytest.approx(jensenshannon(real, generated) ** 2, abs=1e-9)


def test_by_hand() -> None:
    # pooled share 0.35, standard error sqrt(0.35 * 0.65 * 2 / 100) = 0.06745: 0.14 is z = 2.08, 0.13 is z = 1.93
    assert different_bins(np.array([28, 72]), np.array([42, 58])).count == 2
    assert different_bins(np.array([29, 71]), np.array([42, 58])).count == 0


def test_extremes() -> None:
    same = different_bins(np.array([5, 0, 7]), np.array([50, 0, 70]))
    assert [same.count, same.share, same.divergence] == pytest.approx([0, 0, 0], abs=1e-12)
    apart = different_bins(np.array([50, 0]), np.array([0, 50]))
    assert [apart.count, apart.share, apart.divergence] == pytest.approx([2, 1, math.log(2)])
    assert different_bins(np.array([9]), np.array([1])).count == 0


def test_chance_gives_one_bin_in_twenty() -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(50, 5.0))
    found = [different_bins(rng.multinomial(5000, shares), rng.multinomial(4000, shares)).share for _ in range(200)]
    # 10,000 tests, of which those of few samples reject a little less often
    assert np.mean(found) == pytest.approx(0.05, abs=0.007)


@pytest.mark.parametrize(
    ("real", "generated", "words"),
    [
        ([1, 2], [1, 2, 3], "same bins"),
        ([0, 0], [1, 2], "at least one"),
        ([1, -1], [1, 2], "at least 0"),
        ([], [], "at least one"),
    ],
)
def test_unfit_histograms_are_refused(real: list[int], generated: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        different_bins(np.array(real), np.array(generated))
