"""Reading the windows whose turn it is."""

from __future__ import annotations

import traceback
from functools import partial
from typing import final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from audiogan.data.order import Turns, WindowRngs
from audiogan.errors import AudioganError, DamagedDataError, DataError
from audiogan.interfaces.dataset import Dataset

UNLABELLED = -1
"""Stands for a missing label, as networks see it."""


@final
@frozen(eq=False)
class SoundWindows:
    """Windows that were read, in the order of their turns."""

    waveforms: NDArray[np.float32]
    """``[N, channels, window_length]``."""
    labels: NDArray[np.int64]
    """``[N]``, ``UNLABELLED`` where a window has none."""
    positions: NDArray[np.int64]
    """``[N]``: where in the endless order each stands."""

    def __len__(self) -> int:
        return len(self.positions)

    def rows(self, which: slice) -> SoundWindows:
        """Those of ``which``, without copying."""
        return SoundWindows(self.waveforms[which], self.labels[which], self.positions[which])


@final
@frozen(eq=False)
class ReadTurns:
    """What became of some turns."""

    end: int
    """The position behind the last."""
    windows: SoundWindows
    damages: tuple[str, ...] = ()
    """What is wrong with the windows that were passed over."""
    error: AudioganError | None = None
    """A failure as a value: raised in a worker process, it would arrive with that worker's traceback in its text."""


@final
@frozen(eq=False)
class WindowReader:
    """Reads windows of ``dataset`` with the random numbers that ``seed`` gives to each position."""

    dataset: Dataset
    seed: int
    shape: tuple[int, int] = field(init=False)
    """Channels and samples of a window."""

    @shape.default
    def _shape(self) -> tuple[int, int]:
        return self.dataset.channels, self.dataset.window_length

    def read(self, turns: Turns, into: NDArray[np.float32]) -> ReadTurns:
        """Reads the windows into the first rows of ``into`` ``[at least len(turns), channels, window_length]``."""
        count = len(turns)
        labels, positions = np.full(count, UNLABELLED, dtype=np.int64), np.empty(count, dtype=np.int64)
        damages: list[str] = []
        error: AudioganError | None = None
        row = 0
        rngs = WindowRngs(seed=self.seed, position=turns.position, count=count)
        try:
            for place, index in enumerate(turns.indices.tolist()):
                try:
                    label = self.dataset.write_window(index, rng=partial(rngs.of, place), into=into[row])
                except DamagedDataError as damage:
                    if self.dataset.on_error != "skip":
                        raise
                    damages.append(str(damage))
                    continue
                except AudioganError:
                    raise
                except Exception as fault:
                    raise _failure(self.dataset, index, fault) from fault
                if label is not None:
                    if self.dataset.class_names and not 0 <= label < len(self.dataset.class_names):
                        raise DataError(
                            f"{type(self.dataset).__name__}: window {index} has label {label}, and there are "
                            f"{len(self.dataset.class_names)} classes"
                        )
                    labels[row] = label
                positions[row] = turns.position + place
                row += 1
        except AudioganError as caught:
            row, error = 0, caught
        windows = SoundWindows(into[:row], labels[:row], positions[:row])
        return ReadTurns(turns.position + count, windows, tuple(damages), error)


def _failure(dataset: Dataset, index: int, error: Exception) -> DataError:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return DataError(
        f"{type(dataset).__name__}: window {index} fails: {type(error).__name__}: {error} ({frame.filename}, line "
        f"{frame.lineno})"
    )
