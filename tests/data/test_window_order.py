from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan.data.order import WindowRngs, permutation, turns, window_rng
from audiogan.data.window import cut_window, random_start


def test_each_epoch_is_another_permutation() -> None:
    epochs = [permutation(50, seed=3, epoch=epoch).tolist() for epoch in range(4)]
    assert all(sorted(epoch) == list(range(50)) for epoch in epochs)
    assert len(set(map(tuple, epochs))) == 4
    assert permutation(50, seed=4, epoch=0).tolist() != epochs[0]


def test_the_order_is_one_permutation_after_another() -> None:
    blocks = list(islice(turns(5, 3, seed=1), 5))
    expected = np.concatenate([permutation(5, seed=1, epoch=epoch) for epoch in range(3)])
    assert np.concatenate([block.indices for block in blocks]).tolist() == expected.tolist()
    assert [(block.position, len(block)) for block in blocks] == [(0, 3), (3, 3), (6, 3), (9, 3), (12, 3)]


@given(st.integers(1, 20), st.integers(1, 70), st.integers(0, 100), st.integers(0, 2**40))
def test_the_order_goes_on_from_any_position_in_blocks_of_any_size(
    count: int, size: int, position: int, seed: int
) -> None:
    whole = next(turns(count, position + 25 + size, seed=seed)).indices
    blocks = list(islice(turns(count, size, seed=seed, position=position), -(-25 // size)))
    assert [block.position for block in blocks] == [position + size * number for number in range(len(blocks))]
    going_on = np.concatenate([block.indices for block in blocks])
    assert going_on.tolist() == whole[position : position + len(going_on)].tolist()


@given(st.integers(0, 2**40), st.integers(0, 2**40), st.integers(1, 20))
def test_random_numbers_made_together_are_those_made_one_by_one(seed: int, position: int, count: int) -> None:
    together = WindowRngs(seed=seed, position=position, count=count)
    alone = [window_rng(seed=seed, position=position + number) for number in range(count)]
    assert [together.of(number).random() for number in range(count)] == [rng.random() for rng in alone]


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
