from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from audiogan.evaluation.nearest_neighbours import nearest_among, nearest_within


def _rows(count: int, dim: int, seed: int) -> Tensor:
    return torch.rand(count, dim, generator=torch.Generator().manual_seed(seed)) * 8 - 12


def _by_sklearn(features: Tensor, others: Tensor, *, rank: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    search = NearestNeighbors(n_neighbors=rank, algorithm="brute").fit(others.double().numpy())
    distances: np.ndarray[tuple[int], np.dtype[np.float64]] = search.kneighbors(features.double().numpy())[0][:, -1]
    return distances


@pytest.mark.parametrize(("count", "dim"), [(2, 3), (255, 7), (256, 40), (600, 12)])
def test_neighbours_within_agree_with_scikit_learn(count: int, dim: int) -> None:
    rows = _rows(count, dim, 0)
    np.testing.assert_allclose(nearest_within(rows).numpy(), _by_sklearn(rows, rows, rank=2), rtol=1e-6)


@pytest.mark.parametrize("sizes", [(1,), (1, 700, 3), (256, 256), (1_000,)])
def test_neighbours_among_agree_with_scikit_learn(sizes: tuple[int, ...]) -> None:
    rows = _rows(300, 9, 0)
    others = [_rows(size, 9, 1 + number) for number, size in enumerate(sizes)]
    found = nearest_among(rows, others).numpy()
    np.testing.assert_allclose(found, _by_sklearn(rows, torch.cat(others), rank=1), rtol=1e-6)


def test_rows_that_are_there_twice_are_at_zero() -> None:
    rows = _rows(300, 2_000, 0)
    rows[290] = rows[4]
    distances = nearest_within(rows)
    assert (distances == 0).nonzero()[:, 0].tolist() == [4, 290]
    assert nearest_among(rows, [rows]).max() == 0


def test_a_mean_far_away_does_not_swallow_small_distances() -> None:
    rows = _rows(100, 30, 0).double()
    near = rows + 1e-6
    expected = np.full(100, 1e-6 * np.sqrt(30))
    np.testing.assert_allclose(nearest_among(rows + 1_000, [near + 1_000]).numpy(), expected, rtol=1e-5)


def test_order_and_layout_do_not_matter() -> None:
    rows, others = _rows(90, 20, 0), _rows(110, 20, 1)
    expected = nearest_among(rows, [others])
    turned = others.T.contiguous().T.flip(0)
    assert not others.T.contiguous().T.is_contiguous()
    torch.testing.assert_close(nearest_among(rows, [turned[:13], turned[13:]]), expected)


def test_a_row_alone_has_no_neighbour() -> None:
    with pytest.raises(ValueError, match="1 rows have no neighbours"):
        nearest_within(_rows(1, 3, 0))
    with pytest.raises(ValueError, match="nothing to be near to"):
        nearest_among(_rows(2, 3, 0), [])
