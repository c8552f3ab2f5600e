"""The places in recordings from which windows are taken; one pass over them is an epoch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray


@final
@frozen
class Place:
    """Where a window starts: the number of a recording, and a sample of it."""

    recording: int
    start: int


class Places(ABC):
    """A finite list of places, some of which are only decided when they are taken."""

    @abstractmethod
    def __len__(self) -> int:
        """Places in an epoch."""

    @abstractmethod
    def place(self, index: int, *, rng: np.random.Generator) -> Place:
        """The place at ``index`` in ``range(len(self))``; it depends on nothing but ``index`` and ``rng``."""


@final
class RandomPlaces(Places):
    """Places drawn so that over an epoch all of the material is as likely.

    A recording no longer than a window has one place. The longer ones are laid end to end and divided into equal
    stretches of at most a window's length, each of which has one place: a sample is drawn from the stretch; in the
    recording that it belongs to, the window then starts as far along the starts that fit as the sample lies along the
    recording. Over the stretches a recording is therefore taken in proportion to its length, and every start in it,
    from the first to the last that fits, is exactly as likely as any other.
    """

    def __init__(self, lengths: Sequence[int], window_length: int) -> None:
        """``lengths`` are those of the recordings, and ``window_length`` that of a window, in samples."""
        self._lengths = np.asarray(lengths, dtype=np.int64)
        self._window_length = window_length
        self._short = np.flatnonzero(self._lengths <= window_length)
        self._long = np.flatnonzero(self._lengths > window_length)
        self._ends = np.cumsum(self._lengths[self._long])
        self._samples = int(self._ends[-1]) if len(self._ends) else 0
        self._stretches = -(-self._samples // window_length)

    def __len__(self) -> int:
        return len(self._short) + self._stretches

    def place(self, index: int, *, rng: np.random.Generator) -> Place:
        """The only start of a short recording, or one drawn from a stretch of the long ones."""
        stretch = index - len(self._short)
        if stretch < 0:
            return Place(int(self._short[index]), 0)
        sample = (stretch * self._samples + int(rng.integers(self._samples))) // self._stretches
        which = int(np.searchsorted(self._ends, sample, side="right"))
        recording = int(self._long[which])
        length = int(self._lengths[recording])
        along = sample - (int(self._ends[which]) - length)
        starts = length - self._window_length + 1
        return Place(recording, (along * starts + int(rng.integers(starts))) // length)


@final
class FixedPlaces(Places):
    """Places that are the same in every epoch."""

    def __init__(self, recordings: NDArray[np.int64], starts: NDArray[np.int64]) -> None:
        """``recordings[i]`` and ``starts[i]`` are where place ``i`` is."""
        self._recordings, self._starts = recordings, starts

    def __len__(self) -> int:
        return len(self._starts)

    def place(self, index: int, *, rng: np.random.Generator) -> Place:
        """The place; ``rng`` is left alone."""
        return Place(int(self._recordings[index]), int(self._starts[index]))

    def only(self, kept: NDArray[np.bool_]) -> FixedPlaces:
        """Those of the places for which ``kept`` is true."""
        return FixedPlaces(self._recordings[kept], self._starts[kept])


def first_places(lengths: Sequence[int]) -> FixedPlaces:
    """The beginning of every recording."""
    return FixedPlaces(np.arange(len(lengths), dtype=np.int64), np.zeros(len(lengths), dtype=np.int64))


def all_places(lengths: Sequence[int], window_length: int, *, hop: int) -> FixedPlaces:
    """The starts of windows ``hop`` samples apart that cover every recording from its first to its last sample.

    The last window of a recording ends where that ends, and so overlaps the one before by more than the others do,
    unless they come out even; a recording no longer than a window has one.
    """
    length = np.asarray(lengths, dtype=np.int64)
    last = np.maximum(length - window_length, 0)
    counts = -(-last // hop) + 1
    recordings = np.repeat(np.arange(len(length), dtype=np.int64), counts)
    number = np.arange(len(recordings), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
    return FixedPlaces(recordings, np.minimum(number * hop, last[recordings]))
