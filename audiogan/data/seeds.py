"""The seeds of many random number generators at once.

``SeedSequence(seed, spawn_key=(purpose, number))`` takes as long as reading a record from the page cache. Sequences
that differ in ``number`` alone share all of its work but the last few operations, which are made here for an array of
numbers. numpy promises that the numbers of a SeedSequence stay what they are (NEP 19); the algorithm is M. E. O'Neill's
seed_seq_fe, "Developing a seed_seq Alternative", 2015, https://www.pcg-random.org/posts/developing-a-seed_seq-alternative.html.
"""

from __future__ import annotations

from typing import Any, Self, cast, final

import numpy as np
from numpy.random import SeedSequence
from numpy.random.bit_generator import ISpawnableSeedSequence
from numpy.typing import NDArray

_POOL_WORDS = 4
_WORD_BITS = 32
_WORD_MASK = (1 << _WORD_BITS) - 1
_SHIFT = np.uint32(16)
_INITIAL_A, _FACTOR_A = 0x43B0D7E5, 0x931E8875
_INITIAL_B, _FACTOR_B = 0x8B51F9DD, 0x58F38DED
_MIX_LEFT, _MIX_RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)

Words = NDArray[np.uint32]


@final
class NumberSeed(ISpawnableSeedSequence):
    """``SeedSequence(seed, spawn_key=(purpose, number))``, whose first 128 bits are known already."""

    def __init__(self, seed: int, spawn_key: tuple[int, int], state: NDArray[np.uint64]) -> None:
        self._seed, self._spawn_key, self._state = seed, spawn_key, state
        self._sequence: SeedSequence | None = None

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[np.uint32 | np.uint64]:
        """As :meth:`numpy.random.SeedSequence.generate_state`."""
        if n_words == len(self._state) and dtype is np.uint64:
            return self._state
        return self._whole().generate_state(n_words, dtype)

    def spawn(self, n_children: int) -> list[Self]:
        """As :meth:`numpy.random.SeedSequence.spawn`."""
        return cast("list[Self]", self._whole().spawn(n_children))  # whoever spawns asks for the interface alone

    def _whole(self) -> SeedSequence:
        if self._sequence is None:
            self._sequence = SeedSequence(self._seed, spawn_key=self._spawn_key)
        return self._sequence


def number_seeds(seed: int, purpose: int, *, first: int, count: int) -> list[SeedSequence]:
    """The sequences of the ``count`` numbers from ``first`` on, which are below 2^64; ``purpose`` is below 2^32."""
    states: list[NDArray[np.uint64]] = []
    while count > 0:
        # numpy gives a number no more words than it needs
        end = min(first + count, 1 << _WORD_BITS) if first <= _WORD_MASK else first + count
        states.extend(_states(seed, purpose, np.arange(first, end, dtype=np.uint64)))
        first, count = end, count - (end - first)
    number = first - len(states)
    seeds = [NumberSeed(seed, (purpose, number + index), state) for index, state in enumerate(states)]
    # numpy's bit generators take whatever has the interface; their annotations name the class that they know
    return cast("list[SeedSequence]", seeds)


def _states(seed: int, purpose: int, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The first 128 bits ``[count, 2]`` of each sequence; all numbers take the same count of 32-bit words."""
    shared = SeedSequence(seed, spawn_key=(purpose,))
    pool = [np.full(len(numbers), word, dtype=np.uint32) for word in shared.pool]
    hashed = _words(seed, at_least=_POOL_WORDS) + 1
    # a hash for each word that fills the pool, for each pair of different words in it, and for each word of the pool
    # with each word that comes behind
    constant = _INITIAL_A * pow(_FACTOR_A, _POOL_WORDS * hashed, 1 << _WORD_BITS) & _WORD_MASK
    for number_word in range(_words(int(numbers[-1]), at_least=1)):
        values = (numbers >> np.uint64(_WORD_BITS * number_word)).astype(np.uint32)
        for place in range(_POOL_WORDS):
            hash_, constant = _hash(values, constant, _FACTOR_A)
            mixed = _MIX_LEFT * pool[place] - _MIX_RIGHT * hash_
            pool[place] = mixed ^ (mixed >> _SHIFT)
    state = np.empty((len(numbers), _POOL_WORDS), dtype=np.uint32)
    constant = _INITIAL_B
    for place in range(_POOL_WORDS):
        state[:, place], constant = _hash(pool[place], constant, _FACTOR_B)
    return state.astype("<u4", copy=False).view("<u8").astype(np.uint64, copy=False)


def _hash(values: Words, constant: int, factor: int) -> tuple[Words, int]:
    following = constant * factor & _WORD_MASK
    hashed = (values ^ np.uint32(constant)) * np.uint32(following)
    return hashed ^ (hashed >> _SHIFT), following


def _words(number: int, *, at_least: int) -> int:
    return max(at_least, -(-number.bit_length() // _WORD_BITS))
