"""Working through many files at a time, and saying how far it is."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_INFORM_EVERY_S = 5.0

_log = logging.getLogger("audiogan")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_threads(
    function: Callable[[_Item], _Result], items: Iterable[_Item], *, doing: str, threads: int | None = None
) -> Iterator[_Result]:
    """``function`` of each item, in order; what takes long is logged now and then, such as "3 of 5 headers read".

    ``doing`` is the end of that line; ``threads`` is the number of processors unless given.
    """
    items = tuple(items)
    executor = ThreadPoolExecutor(threads or os.cpu_count())
    informed = time.monotonic()
    try:
        for number, result in enumerate(executor.map(function, items), start=1):
            yield result
            if time.monotonic() - informed > _INFORM_EVERY_S:
                informed = time.monotonic()
                _log.info("%d of %d %s", number, len(items), doing)
    finally:
        # Without this, an interruption would wait for all that is left.
        executor.shutdown(cancel_futures=True)
