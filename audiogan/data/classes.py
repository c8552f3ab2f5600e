"""The classes of recordings or records."""

from __future__ import annotations

from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

NO_CLASS = -1
"""Stands among the indices for what has no label."""


@final
@frozen(eq=False)
class Classes:
    """The class of each of several recordings or records."""

    names: tuple[str, ...]
    indices: NDArray[np.int64]

    def of(self, number: int) -> int | None:
        """The index of its class in ``names``, or ``None`` where it has no label."""
        index = int(self.indices[number])
        return None if index == NO_CLASS else index
