"""Batches of windows, read ahead by worker processes where wanted."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from itertools import islice
from types import TracebackType
from typing import Any, Self

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from audiogan.data.order import Turn, turns, window_rng
from audiogan.errors import AudioganError, DataError
from audiogan.interfaces.dataset import Dataset

UNLABELLED = -100
"""Stands for a missing label; :func:`torch.nn.functional.cross_entropy` passes over it by default."""


@frozen(eq=False)
class Batch:
    """Windows, and where the order of windows stands after them."""

    waveforms: Tensor
    """``[N, channels, window_length]``, float32 in [-1, 1]."""
    labels: Tensor | None
    """``[N]``, int64, ``UNLABELLED`` where a window has none; ``None`` where the dataset has no classes."""
    position: int
    """Windows since the start of training."""
    epoch: float
    """Passes over the dataset since the start of training."""


class BatchLoader(Iterator[Batch]):
    """An endless stream of batches that depends on the dataset, ``batch_size``, ``seed`` and ``position`` alone.

    ``position`` counts the windows handed out since the start of training. A loader made with the position of another
    one's last batch goes on where that one stood, whatever number of workers either has. An epoch is one pass of all
    windows; a batch may begin in one epoch and end in the next, so that no window is left out.

    With ``workers`` processes the windows are read ahead; with none they are read when asked for. Close the loader, or
    use it in a ``with`` block, to end the processes. torch's global random state is left alone.

    :raises DataError: the dataset has no windows.
    """

    def __init__(self, dataset: Dataset, *, batch_size: int, seed: int, workers: int = 0, position: int = 0) -> None:
        if len(dataset) == 0:
            raise DataError(
                f"{type(dataset).__name__} has no windows to train on; point it at files that hold audio, "
                "or relax the options that leave windows out"
            )
        self.position = position
        self._dataset = dataset
        self._batch_size = batch_size
        self._seed = seed
        self._workers = workers
        self._read_ahead: Iterator[_Read] | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Batch:
        """The next batch.

        :raises DataError: a window cannot be read, or a worker process was killed.
        """
        if self._read_ahead is None:
            self._read_ahead = self._start()
        try:
            read = next(self._read_ahead)
        except RuntimeError as error:
            if not str(error).startswith("DataLoader worker"):
                raise
            self.close()
            raise DataError(f"{error}; if memory ran out, set training.workers lower than {self._workers}") from error
        if read.error is not None:
            self.close()
            raise read.error
        self.position += len(read.waveforms)
        return Batch(
            waveforms=torch.from_numpy(read.waveforms),
            labels=torch.from_numpy(read.labels) if self._dataset.class_names else None,
            position=self.position,
            epoch=self.position / len(self._dataset),
        )

    def close(self) -> None:
        """Ends the worker processes; a later batch starts new ones where this one stood."""
        # DataLoader has no way to close: its workers end as soon as nothing refers to its iterator.
        self._read_ahead = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> Iterator[_Read]:
        loader: DataLoader[Any] = DataLoader(
            _Reader(self._dataset, self._seed),
            sampler=_TurnsOfBatches(len(self._dataset), self._batch_size, self._seed, self.position),
            batch_size=None,
            num_workers=self._workers,
            collate_fn=_as_it_is,
            worker_init_fn=_leave_signals_to_the_trainer,
            # Without a generator of its own, every start would draw from the global one and change the training.
            generator=torch.Generator(),
        )
        return iter(loader)


@frozen(eq=False)
class _Read:
    """What a worker sends back. Arrays, since tensors would need shared memory, which containers often lack."""

    waveforms: NDArray[np.float32]
    labels: NDArray[np.int64]
    error: AudioganError | None = None
    """A failure is sent as a value: raised in a worker, it would arrive with that worker's traceback in its text."""


class _Reader(TorchDataset[_Read]):
    """Reads the windows of a batch."""

    def __init__(self, dataset: Dataset, seed: int) -> None:
        self._dataset, self._seed = dataset, seed

    def __getitem__(self, batch: tuple[Turn, ...]) -> _Read:
        shape = (len(batch), self._dataset.channels, self._dataset.window_length)
        read = _Read(np.empty(shape, dtype=np.float32), np.full(len(batch), UNLABELLED, dtype=np.int64))
        try:
            for row, turn in enumerate(batch):
                self._read_window(turn, read, row)
        except AudioganError as error:
            return _Read(read.waveforms[:0], read.labels[:0], error)
        return read

    def _read_window(self, turn: Turn, read: _Read, row: int) -> None:
        window = self._dataset.window(turn.index, rng=window_rng(seed=self._seed, position=turn.position))
        if window.waveform.shape != read.waveforms.shape[1:]:
            raise DataError(
                f"{type(self._dataset).__name__}: window {turn.index} has shape {list(window.waveform.shape)} where "
                f"channels and window_length say {list(read.waveforms.shape[1:])}"
            )
        read.waveforms[row] = window.waveform
        if window.label is not None:
            read.labels[row] = window.label


class _TurnsOfBatches:
    """The turns of one batch after the other."""

    def __init__(self, count: int, batch_size: int, seed: int, position: int) -> None:
        self._count, self._batch_size, self._seed, self._position = count, batch_size, seed, position

    def __iter__(self) -> Iterator[tuple[Turn, ...]]:
        order = turns(self._count, seed=self._seed, position=self._position)
        while True:
            yield tuple(islice(order, self._batch_size))


def _as_it_is(read: Any) -> Any:
    return read


def _leave_signals_to_the_trainer(_worker: int) -> None:
    # Ctrl-C and a job manager's SIGTERM reach every process of a group; the training process alone decides what
    # follows, and it still needs its workers to finish a step and to end in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
