"""Memory for what the passes write.

The first touch of fresh memory costs as much time as the LSTM that fills it when its pages are small, and still a
tenth of it when they are large. Large buffers therefore ask for large pages, and those that stay inside the
implementation (records and scratch) are kept for the next call when nothing refers to them any longer.
"""

from __future__ import annotations

import weakref
from math import prod
from threading import Lock
from typing import final

import numpy as np
import torch
from torch import Tensor

from audiogan.lstm.cpu.library import Library

_HUGE_PAGE_BYTES = 1 << 21
_LARGE_BYTES = 4 * _HUGE_PAGE_BYTES


def fresh(library: Library, dtype: torch.dtype, *shape: int) -> Tensor:
    """An uninitialised tensor that begins with a cache line, in huge pages where it fills several."""
    tensor = torch.empty(shape, dtype=dtype)
    if tensor.nbytes >= _LARGE_BYTES:
        library.advise_huge_pages(tensor.data_ptr(), tensor.nbytes)
    return tensor


@final
class Pool:
    """Large buffers that are used again once every tensor that shares their memory is gone.

    Memory that lies idle is given back to the system as soon as a buffer is wanted that none of it can serve, so that
    never more is held than calls have needed at one time.
    """

    def __init__(self) -> None:
        self._idle: list[Tensor] = []
        self._choosing = Lock()

    def take(self, library: Library, dtype: torch.dtype, *shape: int) -> Tensor:
        """An uninitialised tensor, aligned as :func:`fresh` ones are."""
        size = prod(shape) * dtype.itemsize
        if size < _LARGE_BYTES:
            return fresh(library, dtype, *shape)
        with self._choosing:  # giving back needs no lock: it only appends, and may happen at any time in any thread
            block = self._fitting(size)
            if block is None:
                self._idle.clear()
        if block is None:
            block = fresh(library, torch.uint8, size)
        lease = block.numpy()[:size]
        # A tensor made from an array refers to it as long as its memory is in use, wherever: even in autograd's graph.
        tensor = torch.from_numpy(lease).view(dtype).view(shape)
        weakref.finalize(lease, self._idle.append, block).atexit = False
        if torch.are_deterministic_algorithms_enabled():  # as torch.empty does, so that nothing depends on old contents
            tensor.fill_(np.nan)
        return tensor

    def idle_bytes(self) -> int:
        """What is held for later."""
        return sum(block.nbytes for block in self._idle)

    def _fitting(self, size: int) -> Tensor | None:
        """The smallest idle block of ``size`` bytes or up to a quarter more, no longer idle."""
        idle = self._idle
        fitting = [index for index, block in enumerate(idle) if size <= block.nbytes <= size + size // 4]
        return idle.pop(min(fitting, key=lambda index: idle[index].nbytes)) if fitting else None
