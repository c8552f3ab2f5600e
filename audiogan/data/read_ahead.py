"""Reading windows ahead in worker processes.

The samples come back through shared memory. Sent through the pipes of the processes they would be copied five times,
which takes longer than reading them.
"""

from __future__ import annotations

import atexit
import multiprocessing
import signal
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from attrs import evolve, frozen
from numpy.typing import NDArray
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from audiogan.data.order import Turns
from audiogan.data.recycled import RecycledArrays
from audiogan.data.window_reader import ReadTurns, WindowReader

_AHEAD = 2
"""Batches that each worker reads ahead."""


def read_in_workers(reader: WindowReader, turns: Iterator[Turns], *, size: int, workers: int) -> Iterator[ReadTurns]:
    """What becomes of ``turns``, of ``size`` each, read ahead by ``workers`` processes.

    The processes end as soon as nothing refers to the iterator, or with the program. torch's global random state is
    left alone.

    :raises RuntimeError: a worker was killed; the text begins with "DataLoader worker".
    """
    # One buffer for each batch that is read or waits, one for the batch just handed out, and one to spare.
    buffers = _Buffers(workers * _AHEAD + 2, (size, *reader.shape))
    loader: DataLoader[Any] = DataLoader(
        _BufferedReader(reader, buffers),
        sampler=_InTurn(turns, len(buffers)),
        batch_size=None,
        num_workers=workers,
        prefetch_factor=_AHEAD,
        # Elsewhere forking is either impossible or dangerous; here other ways to start would pickle the dataset.
        multiprocessing_context="fork" if sys.platform == "linux" else None,
        collate_fn=_as_it_is,
        worker_init_fn=_leave_signals_to_the_trainer,
        # Without a generator of its own, every start would draw from the global one and change the training.
        generator=torch.Generator(),
    )
    return _ReadAhead(buffers, iter(loader))


class _ReadAhead(Iterator[ReadTurns]):
    """Hands out what the workers read.

    DataLoader has no way to close: its workers end when nothing refers to its iterator any more, and since they leave
    signals alone, a program that ends sooner would wait for them forever.
    """

    def __init__(self, buffers: _Buffers, results: Iterator[_Buffered]) -> None:
        self._buffers = buffers
        self._results = [results]
        atexit.register(self._results.clear)

    def __next__(self) -> ReadTurns:
        return self._buffers.fetch(next(self._results[0]))

    def __del__(self) -> None:
        atexit.unregister(self._results.clear)


@frozen(eq=False)
class _Task:
    buffer: int
    turns: Turns


@frozen(eq=False)
class _Buffered:
    """Turns whose samples wait in a buffer."""

    buffer: int
    read: ReadTurns


class _Buffers:
    """Arrays of one shape in memory that all processes see."""

    def __init__(self, count: int, shape: tuple[int, ...]) -> None:
        self._shape = (count, *shape)
        self._copies = RecycledArrays(shape)
        self._memory = multiprocessing.RawArray("f", int(np.prod(self._shape)))

    def __len__(self) -> int:
        return self._shape[0]

    def array(self, buffer: int) -> NDArray[np.float32]:
        """One of them."""
        every: NDArray[np.float32] = np.frombuffer(self._memory, dtype=np.float32).reshape(self._shape)
        one: NDArray[np.float32] = every[buffer]
        return one

    def fetch(self, result: _Buffered) -> ReadTurns:
        """What a worker read, with its samples copied out of the buffer, which is soon written again."""
        windows = result.read.windows
        waveforms = self._copies.take()[: len(windows)]
        waveforms[:] = self.array(result.buffer)[: len(windows)]
        return evolve(result.read, windows=evolve(windows, waveforms=waveforms))


class _BufferedReader(TorchDataset[_Buffered]):
    def __init__(self, reader: WindowReader, buffers: _Buffers) -> None:
        self._reader, self._buffers = reader, buffers
        self._nothing = np.empty((0, *reader.shape), dtype=np.float32)

    def __getitem__(self, task: _Task) -> _Buffered:
        read = self._reader.read(task.turns, self._buffers.array(task.buffer))
        return _Buffered(task.buffer, evolve(read, windows=evolve(read.windows, waveforms=self._nothing)))


class _InTurn:
    """Gives every batch a buffer, each in its turn."""

    def __init__(self, turns: Iterator[Turns], buffers: int) -> None:
        self._turns, self._buffers = turns, buffers

    def __iter__(self) -> Iterator[_Task]:
        for number, turns in enumerate(self._turns):
            yield _Task(number % self._buffers, turns)


def _as_it_is(read: Any) -> Any:
    return read


def _leave_signals_to_the_trainer(_worker: int) -> None:
    # Ctrl-C and a job manager's SIGTERM reach every process of a group; the training process alone decides what
    # follows, and it still needs its workers to finish a step and to end in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
