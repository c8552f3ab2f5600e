"""Real windows on two sides: those that generated ones are compared with, and those that real data is judged by."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from typing import final

import numpy as np
import torch
from attrs import frozen
from torch import Tensor

from audiogan.errors import DataError
from audiogan.evaluation.sampling import real_waveforms
from audiogan.interfaces import Dataset, Window

_JUDGED_SHARE = 0.1
_JUDGED_SEED = 0
_WINDOWS_AT_A_TIME = 1024


@frozen(eq=False)
class RealWindows:
    """Two parts of the real data that share no window, so that real data can be scored as generated data is."""

    reference: Dataset
    """What generated windows are compared with: training windows."""
    judged: Dataset
    """What the figures of real data are computed from."""
    reference_origin: str
    judged_origin: str
    """Where the windows of either side come from, in words."""


def divide_windows(dataset: Dataset) -> RealWindows:
    """The dataset against ``dataset.held_out()``, or nine tenths of it against one where that is ``None``.

    The tenth is always the same. A dataset of a single window is both sides.
    """
    held_out = dataset.held_out()
    if held_out is not None:
        return RealWindows(dataset, held_out, "training", "held out")
    if len(dataset) < 2:
        return RealWindows(dataset, dataset, "training", "training")
    order = np.random.default_rng(_JUDGED_SEED).permutation(len(dataset)).tolist()
    count = max(1, round(len(dataset) * _JUDGED_SHARE))
    reference, judged = (WindowSubset(dataset, sorted(part)) for part in (order[count:], order[:count]))
    return RealWindows(
        reference, judged, "nine tenths of the training windows", "the other tenth of the training windows"
    )


def reference_waveforms(dataset: Dataset, count: int, *, seed: int) -> Iterator[Tensor]:
    """At most ``count`` waveforms ``[n, C, T]`` of the dataset in an order drawn from ``seed``, 1,024 at a time.

    Each window is taken once; where that is too few, further passes add those whose waveforms are new, as with windows
    that start at random. It ends early when a pass brings nothing new.

    :raises DataError: the dataset is empty, or a window cannot be read.
    """
    if len(dataset) == 0:
        raise DataError("the dataset has no windows: check its files and its window length")
    order = np.random.default_rng(seed).permutation(len(dataset)).tolist()
    seen: set[bytes] = set()
    taken, before = 0, -1
    for turn in itertools.count():
        if taken == before:
            return
        before = taken
        for start in range(0, len(order), _WINDOWS_AT_A_TIME):
            indices = order[start : start + min(_WINDOWS_AT_A_TIME, count - taken)]
            drawn = int(np.random.SeedSequence([seed, turn, start]).generate_state(1)[0])
            waveforms = real_waveforms(WindowSubset(dataset, indices), len(indices), seed=drawn)
            hashes = [hashlib.sha256(waveform.numpy().data).digest() for waveform in waveforms]
            kept = [row for row, found in enumerate(hashes) if turn == 0 or found not in seen]
            seen.update(hashes)
            if kept:
                taken += len(kept)
                yield waveforms[kept]
            if taken == count:
                return


def judged_waveforms(judged: Dataset, count: int, *, fewest: int, seed: int) -> Tensor:
    """At most ``count`` waveforms ``[N, C, T]`` as from :func:`reference_waveforms`, at least ``fewest``.

    Where there are too few different ones, they are repeated in order up to ``fewest`` and no further: repetitions
    pass for windows that are much alike.

    :raises DataError: the dataset is empty, or a window cannot be read.
    """
    waveforms = torch.empty(max(count, fewest), judged.channels, judged.window_length)
    taken = 0
    for part in reference_waveforms(judged, count, seed=seed):
        waveforms[taken : taken + len(part)] = part
        taken += len(part)
    different = taken
    while taken < fewest:
        repeated = min(different, fewest - taken)
        waveforms[taken : taken + repeated] = waveforms[:repeated]
        taken += repeated
    return waveforms[:taken]


@final
class WindowSubset(Dataset):
    """The windows of ``dataset`` at ``indices``, in that order."""

    def __init__(self, dataset: Dataset, indices: Sequence[int]) -> None:
        self._dataset, self._indices = dataset, tuple(indices)
        self.sample_rate, self.channels = dataset.sample_rate, dataset.channels
        self.window_length, self.class_names = dataset.window_length, dataset.class_names
        self.on_error = dataset.on_error

    def __len__(self) -> int:
        """Windows in the subset."""
        return len(self._indices)

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        """The window of the whole dataset at ``indices[index]``."""
        return self._dataset.window(self._indices[index], rng=rng)

    def fingerprint(self) -> str:
        """A hash of the whole dataset's and of the indices."""
        told = f"{self._dataset.fingerprint()} {self._indices}"
        return hashlib.sha256(told.encode()).hexdigest()
