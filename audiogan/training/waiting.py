"""How long a training waits for its windows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import final

from audiogan.data.loader import Batch

NOTEWORTHY_SHARE = 0.1
"""Of the time spent training: more than that is worth a word."""
LEAST_SECONDS = 20.0
"""Time spent training before which a share means little."""


@final
class TimedBatches(Iterator[Batch]):
    """The batches of another iterator, and how long was waited for all but the first.

    The first one starts the worker processes, which is no sign of what follows.
    """

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self._started = False
        self.waited_s = 0.0

    def __next__(self) -> Batch:
        asked = time.monotonic()
        batch = next(self._batches)
        if self._started:
            self.waited_s += time.monotonic() - asked
        self._started = True
        return batch


@final
class WaitingAdvice:
    """Says once that a training waits too long for its windows, and what helps.

    :param workers: the loader processes that it has.
    """

    def __init__(self, *, workers: int) -> None:
        self._workers = workers
        self._given = False

    def after_step(self, *, waited_s: float, trained_s: float) -> str | None:
        """A line for the user, the first time that ``waited_s`` is a noteworthy share of ``trained_s``."""
        if self._given or trained_s < LEAST_SECONDS or waited_s <= NOTEWORTHY_SHARE * trained_s:
            return None
        self._given = True
        return (
            f"{waited_s / trained_s:.0%} of the time so far went by waiting for windows: set training.workers to "
            f"{self._workers + 1} or more, or pack the recordings once (audiogan data pack)"
        )
