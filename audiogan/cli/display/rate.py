"""Steps a second over the last few steps."""

from __future__ import annotations

import time
from collections import deque
from typing import final

_WINDOW = 20


@final
class StepRate:
    """Counts steps as they are taken."""

    def __init__(self) -> None:
        self._times: deque[float] = deque([time.monotonic()], maxlen=_WINDOW + 1)

    def count(self) -> None:
        """A step was taken just now."""
        self._times.append(time.monotonic())

    def per_second(self) -> float:
        """The rate over the last steps; scorings in between count as slow steps."""
        span = self._times[-1] - self._times[0]
        return (len(self._times) - 1) / span if span > 0 else float("inf")
