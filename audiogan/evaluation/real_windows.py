"""Real windows on two sides: those that generated ones are compared with, and those that real data is judged by."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, final

import numpy as np
import torch
from attrs import frozen
from torch import Tensor

from audiogan.data.damage import nothing_sound, tell_damage, tell_skipped, window_or_damage
from audiogan.errors import DamagedDataError, DataError
from audiogan.evaluation.window_memory import shortage_told
from audiogan.interfaces import Dataset, Window

# The tenth that a classifier with its default seed holds out, too: it was not trained on the windows that are judged.
_JUDGED_SHARE = 0.1
_JUDGED_SEED = 0
_WINDOWS_AT_A_TIME = 1024
_NEW_SHARE = 0.9
_TRIED = 256
"""Windows of a further pass by which it is decided whether the pass is worth while."""


@final
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
    that start at random. A pass that would bring less than nine tenths of new windows is not begun: of clips of which
    most are shorter than a window, only the few long ones would be heard again and again. Where ``dataset.on_error`` is
    ``"skip"``, damaged windows are passed over, and warnings say which and how many.

    :raises DataError: the dataset is empty, a window cannot be read, or all windows are damaged.
    """
    gathered: list[Tensor] = []
    for waveform in itertools.islice(_different_waveforms(dataset, seed), count):
        gathered.append(waveform)
        if len(gathered) == _WINDOWS_AT_A_TIME:
            yield torch.stack(gathered)
            gathered = []
    if gathered:
        yield torch.stack(gathered)


def _different_waveforms(dataset: Dataset, seed: int) -> Iterator[Tensor]:
    if len(dataset) == 0:
        raise DataError("the dataset has no windows: check its files and its window length")
    order = np.random.default_rng(seed).permutation(len(dataset)).tolist()
    seen: set[bytes] = set()
    for turn in itertools.count():
        drawn = _pass_over(dataset, order, seed, turn)
        tried = list(itertools.islice(drawn, _TRIED))
        # windows of the first pass that are alike, such as silent ones, are as many as the data has them
        new = [waveform for content, waveform in tried if turn == 0 or content not in seen]
        if len(new) < _NEW_SHARE * len(tried) or not tried:
            return
        yield from new
        seen.update(content for content, _ in tried)
        for content, waveform in drawn:
            if turn == 0 or content not in seen:
                yield waveform
            seen.add(content)


def _pass_over(dataset: Dataset, order: Sequence[int], seed: int, turn: int) -> Iterator[tuple[bytes, Tensor]]:
    """Each window that is not damaged, with a hash of its samples."""
    skipped = 0
    for index in order:
        window = window_or_damage(dataset, index, rng=np.random.default_rng([seed, turn, index]))
        if isinstance(window, DamagedDataError):
            tell_damage(window)
            skipped += 1
            continue
        samples = np.array(window.waveform, dtype=np.float32, order="C")
        yield hashlib.sha256(samples.data).digest(), torch.from_numpy(samples)
    if turn == 0:
        tell_skipped(skipped, of=len(order), reader="real windows")
        if skipped == len(order):
            raise nothing_sound(dataset)


def judged_waveforms(judged: Dataset, count: int, *, seed: int) -> Tensor:
    """At most ``count`` waveforms ``[N, C, T]`` as from :func:`reference_waveforms`: fewer where there are no others.

    None is repeated to make up the number, since repetitions pass for windows that are much alike. Memory is taken for
    those that there are, whatever ``count`` is.

    :raises DataError: the dataset is empty, a window cannot be read, or there is no memory for as many.
    """
    waveforms = np.empty((0, judged.channels, judged.window_length), dtype=np.float32)
    for part in reference_waveforms(judged, count, seed=seed):
        taken = len(waveforms)
        with shortage_told(taken + len(part)):
            # grows where it lies, if the system can: a second copy could be what memory has no room for
            waveforms.resize((taken + len(part), *waveforms.shape[1:]), refcheck=False)
        waveforms[taken:] = part.numpy()
    return torch.from_numpy(waveforms)


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

    def protocol(self) -> dict[str, Any]:
        """That of the whole dataset."""
        return self._dataset.protocol()
