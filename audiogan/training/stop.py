"""Ctrl-C and SIGTERM as a wish to stop, not as a crash."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import final


class Interrupted(Exception):  # noqa: N818 - not an error: somebody asked for it
    """A stop was asked for during work that keeps nothing unsaved."""


@final
class StopSignal:
    """Whether a stop was asked for.

    During training steps a signal only sets :attr:`requested`, and the loop stops after the step with a checkpoint.
    Inside :meth:`interruptible`, where nothing is unsaved, it raises :class:`Interrupted` at once. A second signal is
    always immediate.
    """

    def __init__(self) -> None:
        self.requested = False
        self._interruptible = 0

    def request(self) -> None:
        """Asks for a stop, as a signal would.

        :raises Interrupted: nothing is unsaved at the moment, or it was asked for before.
        """
        impatient = self.requested
        self.requested = True
        if self._interruptible or impatient:
            raise Interrupted

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Marks work that may be cut off anywhere.

        :raises Interrupted: a stop is or was asked for.
        """
        if self.requested:
            raise Interrupted
        self._interruptible += 1
        try:
            yield
        finally:
            self._interruptible -= 1

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Turns SIGINT and SIGTERM into requests while inside; only the main thread can."""

        def handle(_number: int, _frame: FrameType | None) -> None:
            self.request()

        previous = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
