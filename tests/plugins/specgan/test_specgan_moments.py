from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from audiogan_specgan.moments import Moments


@pytest.mark.parametrize("sizes", [(7,), (1, 1), (1, 500, 3), (64, 64, 64, 64)])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_combined_moments_are_those_of_all_rows(sizes: tuple[int, ...], offset: float) -> None:
    rng = np.random.default_rng(0)
    blocks = [offset + 10 * i + rng.standard_normal((size, 5)) for i, size in enumerate(sizes)]
    moments = reduce(Moments.combined, map(Moments.of, blocks))
    rows = np.concatenate(blocks)
    assert moments.count == len(rows)
    np.testing.assert_allclose(moments.mean, rows.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(moments.std, rows.std(axis=0), rtol=1e-9, atol=1e-12)


def test_single_precision_rows_are_summed_in_double_precision() -> None:
    rows = np.full((100_000, 1), 0.1, dtype=np.float32)
    moments = Moments.of(rows)
    assert moments.mean[0] == pytest.approx(float(np.float32(0.1)), rel=1e-13)
    assert moments.std[0] == pytest.approx(0, abs=1e-12)
