"""Which window comes when: an endless order that depends on nothing but a seed and a position.

Each epoch is a permutation of all windows, and the order is one permutation after another. A position counts the
windows since the start, so that one number says where a training stands.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

_PERMUTATION, _WINDOW = 0, 1


@frozen
class Turn:
    """One window's turn: its position in the endless order and its index in the dataset."""

    position: int
    index: int


def permutation(count: int, *, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order ``[count]`` in which the windows come in an epoch, from 0."""
    return _generator(seed, _PERMUTATION, epoch).permutation(count)


def window_rng(*, seed: int, position: int) -> np.random.Generator:
    """The random numbers of the window at a position, independent of those at every other."""
    return _generator(seed, _WINDOW, position)


def turns(count: int, *, seed: int, position: int = 0) -> Iterator[Turn]:
    """The turns of ``count`` windows from a position on, without end."""
    while True:
        epoch, done = divmod(position, count)
        for index in permutation(count, seed=seed, epoch=epoch)[done:]:
            yield Turn(position, int(index))
            position += 1


def _generator(seed: int, purpose: int, number: int) -> np.random.Generator:
    sequence = np.random.SeedSequence(seed, spawn_key=(purpose, number))
    return np.random.Generator(np.random.Philox(sequence))
