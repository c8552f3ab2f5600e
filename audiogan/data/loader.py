"""Batches of windows, read ahead by worker processes where wanted."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Self, final

import numpy as np
import torch
from attrs import frozen
from torch import Tensor

from audiogan.data.damage import nothing_sound, tell_damage, tell_skipped
from audiogan.data.order import turns
from audiogan.data.read_ahead import read_in_workers
from audiogan.data.recycled import RecycledArrays
from audiogan.data.window_reader import UNLABELLED, ReadTurns, SoundWindows, WindowReader
from audiogan.errors import DataError
from audiogan.interfaces.dataset import Dataset

__all__ = ["UNLABELLED", "Batch", "BatchLoader"]


@final
@frozen(eq=False)
class Batch:
    """Windows, and where the order of windows stands after them."""

    waveforms: Tensor
    """``[N, channels, window_length]``, float32 in [-1, 1]."""
    labels: Tensor | None
    """``[N]``, int64, ``UNLABELLED`` where a window has none; ``None`` where the dataset has no classes."""
    position: int
    """Turns of windows since the start of training."""
    epoch: float
    """Passes over the dataset since the start of training."""
    skipped: int = 0
    """Damaged windows that had their turn since the batch before this one, and were passed over."""


@final
class BatchLoader(Iterator[Batch]):
    """An endless stream of batches that depends on the dataset, ``batch_size``, ``seed`` and ``position`` alone.

    ``position`` counts the turns of windows since the start of training. A loader made with the position of another
    one's last batch goes on where that one stood, whatever number of workers either has. An epoch is one pass of all
    windows; a batch may begin in one epoch and end in the next, so that no window is left out.

    Where ``dataset.on_error`` is ``"skip"``, a damaged window has its turn and gives nothing; the windows whose turn
    comes next fill the batch. Each place of damage is logged once, and the count when the loader is closed.

    With ``workers`` processes the windows are read ahead; with none they are read when asked for. Close the loader, or
    use it in a ``with`` block, to end the processes. torch's global random state is left alone.

    :param together: how many batches are taken and held at a time.
    :raises DataError: the dataset has no windows.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        batch_size: int,
        seed: int,
        workers: int = 0,
        position: int = 0,
        together: int = 1,
    ) -> None:
        if len(dataset) == 0:
            raise DataError(
                f"{type(dataset).__name__} has no windows to train on; point it at files that hold audio, "
                "or relax the options that leave windows out"
            )
        self.position = position
        self._dataset = dataset
        self._batch_size = batch_size
        self._reader = WindowReader(dataset, seed)
        self._workers = workers
        self._together = together
        self._read_ahead: Iterator[ReadTurns] | None = None
        self._left_over: SoundWindows | None = None
        self._taken = self._skipped = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Batch:
        """The next batch.

        :raises DataError: a window cannot be read, all of them are damaged, or a worker process was killed.
        """
        try:
            windows = self._take_batch()
        except DataError:
            self.close()
            raise
        position = int(windows.positions[-1]) + 1
        skipped = position - self.position - len(windows)
        self.position = position
        self._taken += len(windows)
        self._skipped += skipped
        return Batch(
            waveforms=torch.from_numpy(windows.waveforms),
            labels=torch.from_numpy(windows.labels) if self._dataset.class_names else None,
            position=position,
            epoch=position / len(self._dataset),
            skipped=skipped,
        )

    def close(self) -> None:
        """Ends the worker processes; a later batch starts new ones where this one stood."""
        self._read_ahead = self._left_over = None
        tell_skipped(self._skipped, of=self._taken + self._skipped, reader="batches")
        self._taken = self._skipped = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _take_batch(self) -> SoundWindows:
        pieces: list[SoundWindows] = []
        missing = self._batch_size
        while missing:
            windows = self._left_over or self._read()
            pieces.append(windows.rows(slice(missing)))
            self._left_over = windows.rows(slice(missing, None)) if len(windows) > missing else None
            missing -= len(pieces[-1])
        return pieces[0] if len(pieces) == 1 else _joined(pieces)

    def _read(self) -> SoundWindows:
        """The next windows that are not damaged, at least one."""
        began: int | None = None
        while True:
            read = self._next_turns()
            if read.error is not None:
                raise read.error
            for damage in read.damages:
                tell_damage(damage)
            if len(read.windows):
                return read.windows
            # Any stretch of so many turns holds a whole epoch.
            began = read.end - self._batch_size if began is None else began
            if read.end - began >= 2 * len(self._dataset):
                raise nothing_sound(self._dataset)

    def _next_turns(self) -> ReadTurns:
        if self._read_ahead is None:
            self._read_ahead = self._start()
        try:
            return next(self._read_ahead)
        except RuntimeError as error:
            if not str(error).startswith("DataLoader worker"):
                raise
            raise DataError(f"{error}; if memory ran out, set training.workers lower than {self._workers}") from error

    def _start(self) -> Iterator[ReadTurns]:
        size = self._batch_size
        order = turns(len(self._dataset), size, seed=self._reader.seed, position=self.position)
        if self._workers:
            return read_in_workers(self._reader, order, size=size, workers=self._workers, together=self._together)
        memory = RecycledArrays((size, *self._reader.shape))
        return (self._reader.read(batch, memory.take()) for batch in order)


def _joined(pieces: list[SoundWindows]) -> SoundWindows:
    return SoundWindows(
        np.concatenate([piece.waveforms for piece in pieces]),
        np.concatenate([piece.labels for piece in pieces]),
        np.concatenate([piece.positions for piece in pieces]),
    )
