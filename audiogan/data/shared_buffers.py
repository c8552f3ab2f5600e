"""Memory of batches that all processes see."""

from __future__ import annotations

import multiprocessing
from typing import final

import numpy as np
from numpy.typing import NDArray

from audiogan.data.recycled import RecycledArrays, leased


@final
class SharedBuffers:
    """Arrays of one shape, float32. One process takes them for others to write, and hands them out when written.

    What is handed out is the buffer itself, which can be taken again once nothing refers to it any more. Where no
    other buffer would be free for the next to take one, it is a copy.
    """

    def __init__(self, count: int, shape: tuple[int, ...]) -> None:
        """``count`` is one more than there are buffers taken and not yet handed out, or greater."""
        self._shape = (count, *shape)
        self._copies = RecycledArrays(shape)
        self._memory = multiprocessing.RawArray("f", int(np.prod(self._shape)))
        self._free = list(range(count))

    def take(self) -> int:
        """The number of a buffer that is free."""
        return self._free.pop()

    def array(self, buffer: int) -> NDArray[np.float32]:
        """A buffer by its number, to be written."""
        every: NDArray[np.float32] = np.frombuffer(self._memory, dtype=np.float32).reshape(self._shape)
        one: NDArray[np.float32] = every[buffer]
        return one

    def hand_out(self, buffer: int) -> NDArray[np.float32]:
        """What was written into a buffer."""
        written = self.array(buffer)
        if self._free:
            return leased(written, lambda: self._free.append(buffer))
        copy = self._copies.take()
        copy[:] = written
        self._free.append(buffer)
        return copy
