"""The same work on many items in several processes, given up at once when nobody waits for it any more."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process
from typing import TypeVar

from audiogan.errors import DataError

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_processes(work: Callable[[Item], Result], items: Sequence[Item], *, jobs: int) -> Iterator[tuple[int, Result]]:
    """The number of each item and what ``work`` made of it, as it is done, in at most ``jobs`` processes.

    With one job, or one item, everything is done here and in order. ``work`` must be a function of a module. If the
    iterator is left early, or an item fails, the processes are ended where they stand.

    :raises DataError: a process was ended from outside.
    :raises Exception: whatever ``work`` raises.
    """
    jobs = min(jobs, len(items))
    if jobs <= 1:
        yield from enumerate(map(work, items))
        return
    # A process that is forked from one with threads may inherit their locks, taken for ever.
    executor = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_prepare)
    done = False
    try:
        numbers = {executor.submit(work, item): number for number, item in enumerate(items)}
        for future in as_completed(numbers):
            yield numbers[future], future.result()
        done = True
    except BrokenProcessPool as error:
        raise DataError(
            "a worker process was ended from outside; if memory ran out, give fewer --jobs and start again"
        ) from error
    finally:
        if not done:
            for child in active_children():
                child.terminate()
        executor.shutdown(cancel_futures=True)


def _prepare() -> None:
    # Ctrl-C reaches every process of a group; the one that asked for the work ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_caller, daemon=True).start()


def _end_with_the_caller() -> None:
    # A caller that was killed could not say so, and its workers would wait for work forever.
    caller = parent_process()
    if caller is not None:
        caller.join()
        os._exit(1)
