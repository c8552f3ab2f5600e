"""Ctrl-C and SIGTERM while there is nothing to lose: the process ends at once, with a word.

The default, an exception wherever the interpreter is, would come up inside the import of torch, which hides it, prints
it or is left half imported by it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """While inside, SIGINT and SIGTERM end the process with status 130 and 143; in other threads nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.signal(number, _leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> None:
    # past Python's own buffers and clean-up, which a half-finished import may have left unusable
    os.write(2, b"audiogan: stopped\n")
    os._exit(128 + number)
