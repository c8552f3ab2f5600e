"""Memory of batches that is used again once nothing refers to a batch any more.

Filling a fresh array costs more in page faults than reading the windows that go into it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

_MOST_IDLE = 4


@final
class RecycledArrays:
    """Uninitialised arrays of one shape, float32. A few that are no longer in use wait to be taken again."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._shape = shape
        self._idle: list[NDArray[np.float32]] = []

    def take(self) -> NDArray[np.float32]:
        """An array that nothing else refers to; views and tensors made from it keep its memory from being reused."""
        memory = self._idle.pop() if self._idle else np.empty(self._shape, dtype=np.float32)
        return leased(memory, lambda: self._give_back(memory))

    def _give_back(self, memory: NDArray[np.float32]) -> None:
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(memory)


def leased(memory: NDArray[np.float32], give_back: Callable[[], None]) -> NDArray[np.float32]:
    """An array of the same memory; ``give_back`` is called when neither it nor what was made from it is in use."""
    lease = _Lease(memory)
    weakref.finalize(lease, give_back).atexit = False
    return np.asarray(lease)


@final
class _Lease:
    """What an array and all that is made from it refer to: numpy would let an array in its place go too soon."""

    def __init__(self, memory: NDArray[np.float32]) -> None:
        self.__array_interface__: dict[str, Any] = memory.__array_interface__
