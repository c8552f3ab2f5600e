from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from audiogan.evaluation.nearest_neighbours import neighbours_among, neighbours_within


def _rows(count: int, dim: int, seed: int) -> Tensor:
    return torch.rand(count, dim, generator=torch.Generator().manual_seed(seed)) * 8 - 12


def _by_sklearn(features: Tensor, others: Tensor, *, rank: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    search = NearestNeighbors(n_neighbors=rank, algorithm="brute").fit(others.double().numpy())
    distances: np.ndarray[tuple[int], np.dtype[np.float64]] = search.kneighbors(features.double().numpy())[0][:, -1]
    return distances


@pytest.mark.parametrize(("count", "dim"), [(2, 3), (255, 7), (256, 40), (600, 12)])
def test_neighbours_within_agree_with_scikit_learn(count: int, dim: int) -> None:
    rows = _rows(count, dim, 0)
    np.testing.assert_allclose(
        neighbours_within(rows).distances[:, 0].numpy(), _by_sklearn(rows, rows, rank=2), rtol=1e-6
    )


@pytest.mark.parametrize("sizes", [(1,), (1, 700, 3), (256, 256), (1_000,)])
def test_neighbours_among_agree_with_scikit_learn(sizes: tuple[int, ...]) -> None:
    rows = _rows(300, 9, 0)
    others = [_rows(size, 9, 1 + number) for number, size in enumerate(sizes)]
    found = neighbours_among(rows, others).distances[:, 0].numpy()
    np.testing.assert_allclose(found, _by_sklearn(rows, torch.cat(others), rank=1), rtol=1e-6)


def test_rows_that_are_there_twice_are_at_zero() -> None:
    rows = _rows(300, 2_000, 0)
    rows[290] = rows[4]
    distances = neighbours_within(rows).distances[:, 0]
    assert (distances == 0).nonzero()[:, 0].tolist() == [4, 290]
    assert neighbours_among(rows, [rows]).distances.max() == 0


def test_a_mean_far_away_does_not_swallow_small_distances() -> None:
    rows = _rows(100, 30, 0).double()
    near = rows + 1e-6
    expected = np.full(100, 1e-6 * np.sqrt(30))
    found = neighbours_among(rows + 1_000, [near + 1_000]).distances[:, 0].numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize(("rows_count", "others_count", "count"), [(5, 700, 4), (300, 3, 8), (257, 513, 32)])
def test_several_neighbours_agree_with_scikit_learn(rows_count: int, others_count: int, count: int) -> None:
    rows, others = _rows(rows_count, 9, 0), _rows(others_count, 9, 1)
    found = neighbours_among(rows, [others[:2], others[2:]], count=count)
    search = NearestNeighbors(n_neighbors=min(count, others_count), algorithm="brute").fit(others.double().numpy())
    distances, numbers = search.kneighbors(rows.double().numpy())
    np.testing.assert_allclose(found.distances.numpy(), distances, rtol=1e-6)
    np.testing.assert_array_equal(found.rows.numpy(), numbers)


def test_neighbours_in_halves_are_those_of_the_halves_alone() -> None:
    rows, others = _rows(31, 6, 0), _rows(44, 6, 1)
    halves, of_others = (np.random.default_rng(seed).permutation(size) % 2 for seed, size in ((0, 31), (1, 44)))
    within = neighbours_within(rows, count=30).nearest_in_halves(halves, halves)
    among = neighbours_among(rows, [others], count=44).nearest_in_halves(halves, of_others)
    for half in (0, 1):
        ours, theirs = rows[halves == half], others[of_others == half]
        assert within[half] == pytest.approx(_by_sklearn(ours, ours, rank=2).mean(), rel=1e-6)
        assert among[half] == pytest.approx(_by_sklearn(ours, theirs, rank=1).mean(), rel=1e-6)


def test_a_half_without_others_takes_the_farthest_that_is_known() -> None:
    rows = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
    found = neighbours_among(rows, [torch.tensor([[10.0]])], count=5)
    assert found.nearest_in_halves(np.array([0, 1, 0, 1]), np.array([1])) == pytest.approx([9, 8])


def test_order_and_layout_do_not_matter() -> None:
    rows, others = _rows(90, 20, 0), _rows(110, 20, 1)
    expected = neighbours_among(rows, [others], count=3).distances
    turned = others.T.contiguous().T.flip(0)
    assert not others.T.contiguous().T.is_contiguous()
    torch.testing.assert_close(neighbours_among(rows, [turned[:13], turned[13:]], count=3).distances, expected)


def test_a_row_alone_has_no_neighbour() -> None:
    with pytest.raises(ValueError, match="1 rows have no neighbours"):
        neighbours_within(_rows(1, 3, 0))
    with pytest.raises(ValueError, match="nothing to be near to"):
        neighbours_among(_rows(2, 3, 0), [])
