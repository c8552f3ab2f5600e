from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan.data.order import Turn, permutation, turns, window_rng
from audiogan.data.window import cut_window, random_start


def test_each_epoch_is_another_permutation() -> None:
    epochs = [permutation(50, seed=3, epoch=epoch).tolist() for epoch in range(4)]
    assert all(sorted(epoch) == list(range(50)) for epoch in epochs)
    assert len(set(map(tuple, epochs))) == 4
    assert permutation(50, seed=4, epoch=0).tolist() != epochs[0]


def test_the_order_is_one_permutation_after_another() -> None:
    order = list(islice(turns(5, seed=1), 15))
    expected = np.concatenate([permutation(5, seed=1, epoch=epoch) for epoch in range(3)])
    assert order == [Turn(position, index) for position, index in enumerate(expected)]


@given(st.integers(1, 20), st.integers(0, 100), st.integers(0, 2**40))
def test_the_order_goes_on_from_any_position(count: int, position: int, seed: int) -> None:
    whole = list(islice(turns(count, seed=seed), position + 25))
    assert list(islice(turns(count, seed=seed, position=position), 25)) == whole[position:]


def test_the_random_numbers_of_positions_seeds_and_epochs_differ() -> None:
    draws = [window_rng(seed=seed, position=position).random() for seed in (0, 1) for position in range(100)]
    draws += [window_rng(seed=0, position=2**40).random()]
    assert len(set(draws)) == 201
    assert window_rng(seed=1, position=99).random() == draws[199]
    assert np.mean(draws) == pytest.approx(0.5, abs=0.1)


def test_every_start_of_a_random_window_is_reached_about_as_often() -> None:
    starts = [random_start(13, 10, rng=window_rng(seed=0, position=position)) for position in range(800)]
    counts = np.bincount(starts)
    assert counts.shape == (4,)
    assert counts.min() > 150


@pytest.mark.parametrize("length", [0, 1, 9, 10])
def test_a_clip_no_longer_than_the_window_starts_at_its_beginning(length: int) -> None:
    assert {random_start(length, 10, rng=window_rng(seed=0, position=position)) for position in range(20)} == {0}


def test_a_window_is_cut_from_every_channel_and_followed_by_zeros() -> None:
    samples = np.arange(10, dtype=np.float32).reshape(5, 2).T
    assert cut_window(samples, 1, 3).tolist() == [[2, 4, 6], [3, 5, 7]]
    assert cut_window(samples, 3, 4).tolist() == [[6, 8, 0, 0], [7, 9, 0, 0]]
    window = cut_window(samples, 0, 5)
    assert window.flags.c_contiguous
    window[0, 0] = 99
    assert samples[0, 0] == 0
