"""Ctrl-C and SIGTERM as a wish to stop, not as a crash."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import final


@final
class Interrupted(KeyboardInterrupt):
    """A stop was asked for during work that keeps nothing unsaved.

    No ``Exception``, so that the many modules that try one import and then another do not take it for a failed one.
    """

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__()
        self.exit_status = 128 + number
        """What a process that was stopped by this signal returns: 130 for Ctrl-C, 143 for SIGTERM."""


@final
class StopSignal:
    """Whether a stop was asked for.

    During training steps a signal only sets :attr:`requested`, and the loop stops after the step with a checkpoint.
    Inside :meth:`interruptible`, where nothing is unsaved, it raises :class:`Interrupted` at once. A second signal is
    always immediate.
    """

    def __init__(self) -> None:
        self.requested = False
        self._number: int = signal.SIGINT
        self._interruptible = 0

    @property
    def exit_status(self) -> int:
        """What the process returns after a stop: 128 and the number of the signal that asked for it."""
        return self._interruption().exit_status

    def request(self, number: int = signal.SIGINT) -> None:
        """Asks for a stop, as the signal ``number`` would.

        :raises Interrupted: nothing is unsaved at the moment, or it was asked for before.
        """
        impatient = self.requested
        self.requested, self._number = True, number
        if self._interruptible or impatient:
            raise self._interruption()

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Marks work that may be cut off anywhere.

        What comes of work that was cut off, be it an error or a result, counts for nothing.

        :raises Interrupted: a stop is or was asked for.
        """
        if self.requested:
            raise self._interruption()
        self._interruptible += 1
        try:
            yield
        except Exception as error:
            # an import that was cut off fails with whatever its half-made modules come to
            if self.requested:
                raise self._interruption() from error
            raise
        finally:
            self._interruptible -= 1
        if self.requested:
            raise self._interruption()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Turns SIGINT and SIGTERM into requests while inside; only the main thread can."""

        def handle(number: int, _frame: FrameType | None) -> None:
            self.request(number)

        previous = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _interruption(self) -> Interrupted:
        return Interrupted(self._number)
