"""Reading windows ahead in worker processes.

The samples come back in shared memory, which the batches that are handed out are made of. Sent through the pipes of
the processes they would be copied five times, which takes longer than reading them.
"""

from __future__ import annotations

import atexit
import signal
import sys
from collections.abc import Iterator
from typing import Any, final

import numpy as np
import torch
from attrs import evolve, frozen
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from audiogan.data.order import Turns
from audiogan.data.shared_buffers import SharedBuffers
from audiogan.data.window_reader import ReadTurns, WindowReader

_LEAST_AHEAD = 2
"""Batches that each worker reads ahead at least."""
_SPARE = 2
"""Batches that may be in use without being copied, beside those that are taken together."""


def read_in_workers(
    reader: WindowReader, turns: Iterator[Turns], *, size: int, workers: int, together: int = 1
) -> Iterator[ReadTurns]:
    """What becomes of ``turns``, of ``size`` each, read ahead by ``workers`` processes.

    As many batches as are taken ``together`` are read ahead, so that none of them is waited for.

    The processes end as soon as nothing refers to the iterator, or with the program. torch's global random state is
    left alone.

    :raises RuntimeError: a worker was killed; the text begins with "DataLoader worker".
    """
    # One buffer for each batch that is read or waits, one for the next, and those that may be handed out.
    ahead = max(_LEAST_AHEAD, -(-together // workers))
    buffers = SharedBuffers(workers * ahead + 1 + together + _SPARE, (size, *reader.shape))
    loader: DataLoader[Any] = DataLoader(
        _BufferedReader(reader, buffers),
        sampler=_Tasks(turns, buffers),
        batch_size=None,
        num_workers=workers,
        prefetch_factor=ahead,
        # Elsewhere forking is either impossible or dangerous; here other ways to start would pickle the dataset.
        multiprocessing_context="fork" if sys.platform == "linux" else None,
        collate_fn=_as_it_is,
        worker_init_fn=_leave_signals_to_the_trainer,
        # Without a generator of its own, every start would draw from the global one and change the training.
        generator=torch.Generator(),
    )
    return _ReadAhead(buffers, iter(loader))


@final
class _ReadAhead(Iterator[ReadTurns]):
    """Hands out what the workers read.

    DataLoader has no way to close: its workers end when nothing refers to its iterator any more, and since they leave
    signals alone, a program that ends sooner would wait for them forever.
    """

    def __init__(self, buffers: SharedBuffers, results: Iterator[_Buffered]) -> None:
        self._buffers = buffers
        self._results = [results]
        atexit.register(self._results.clear)

    def __next__(self) -> ReadTurns:
        result = next(self._results[0])
        windows = result.read.windows
        waveforms = self._buffers.hand_out(result.buffer)[: len(windows)]
        return evolve(result.read, windows=evolve(windows, waveforms=waveforms))

    def __del__(self) -> None:
        atexit.unregister(self._results.clear)


@final
@frozen(eq=False)
class _Task:
    buffer: int
    turns: Turns


@final
@frozen(eq=False)
class _Buffered:
    """Turns whose samples wait in a buffer."""

    buffer: int
    read: ReadTurns


@final
class _BufferedReader(TorchDataset[_Buffered]):
    def __init__(self, reader: WindowReader, buffers: SharedBuffers) -> None:
        self._reader, self._buffers = reader, buffers
        self._nothing = np.empty((0, *reader.shape), dtype=np.float32)

    def __getitem__(self, task: _Task) -> _Buffered:
        read = self._reader.read(task.turns, self._buffers.array(task.buffer))
        return _Buffered(task.buffer, evolve(read, windows=evolve(read.windows, waveforms=self._nothing)))


@final
class _Tasks:
    """Gives every batch a buffer."""

    def __init__(self, turns: Iterator[Turns], buffers: SharedBuffers) -> None:
        self._turns, self._buffers = turns, buffers

    def __iter__(self) -> Iterator[_Task]:
        for turns in self._turns:
            yield _Task(self._buffers.take(), turns)


def _as_it_is(read: Any) -> Any:
    return read


def _leave_signals_to_the_trainer(_worker: int) -> None:
    # Ctrl-C and a job manager's SIGTERM reach every process of a group; the training process alone decides what
    # follows, and it still needs its workers to finish a step and to end in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
