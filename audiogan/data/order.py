"""Which window comes when: an endless order that depends on nothing but a seed and a position.

Each epoch is a permutation of all windows, and the order is one permutation after another. A position counts the
windows since the start, so that one number says where a training stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np
from attrs import frozen
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

from audiogan.data.seeds import number_seeds

_PERMUTATION, _WINDOW = 0, 1


@final
@frozen(eq=False)
class Turns:
    """The turns of windows that follow one another in the endless order."""

    position: int
    """Position of the first."""
    indices: NDArray[np.int64]
    """Index of each in the dataset."""

    def __len__(self) -> int:
        return len(self.indices)


def permutation(count: int, *, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order ``[count]`` in which the windows come in an epoch, from 0."""
    return _generator(seed, _PERMUTATION, epoch).permutation(count)


def window_rng(*, seed: int, position: int) -> Generator:
    """The random numbers of the window at a position, independent of those at every other."""
    return _generator(seed, _WINDOW, position)


@final
class WindowRngs:
    """:func:`window_rng` of ``count`` positions from ``position`` on, in a quarter of the time, made when asked for."""

    def __init__(self, *, seed: int, position: int, count: int) -> None:
        self._seed, self._position, self._count = seed, position, count
        self._seeds: list[SeedSequence] | None = None

    def of(self, place: int) -> Generator:
        """The random numbers of the window at ``position + place``, ``place`` in ``range(count)``."""
        if self._seeds is None:
            self._seeds = number_seeds(self._seed, _WINDOW, first=self._position, count=self._count)
        return Generator(Philox(self._seeds[place]))


def turns(count: int, size: int, *, seed: int, position: int = 0) -> Iterator[Turns]:
    """The turns of ``count`` windows from a position on, ``size`` at a time, without end."""
    epoch, done = divmod(position, count)
    rest = permutation(count, seed=seed, epoch=epoch)[done:]
    while True:
        pieces, missing = [], size
        while missing >= len(rest):
            pieces.append(rest)
            missing -= len(rest)
            epoch += 1
            rest = permutation(count, seed=seed, epoch=epoch)
        pieces.append(rest[:missing])
        rest = rest[missing:]
        yield Turns(position, np.concatenate(pieces))
        position += size


def _generator(seed: int, purpose: int, number: int) -> Generator:
    return Generator(Philox(SeedSequence(seed, spawn_key=(purpose, number))))
