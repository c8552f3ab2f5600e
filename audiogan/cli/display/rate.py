"""Steps a second over the last few steps."""

from __future__ import annotations

import time
from collections import deque
from typing import final

_WINDOW = 20


@final
class StepRate:
    """Counts steps as they are taken; what happens before the first and during scorings does not count."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=_WINDOW + 1)

    def count(self) -> None:
        """A step was taken just now."""
        self._times.append(time.monotonic())

    def go_on(self) -> None:
        """A scoring ended just now, and the next step begins."""
        self._times.clear()
        self._times.append(time.monotonic())

    def per_second(self) -> float | None:
        """The rate over the last steps, or None before there is one."""
        if len(self._times) < 2 or self._times[-1] == self._times[0]:
            return None
        return (len(self._times) - 1) / (self._times[-1] - self._times[0])
