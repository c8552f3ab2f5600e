"""How many CPU threads torch computes with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def cpu_threads(count: int | None) -> Iterator[None]:
    """``count`` threads while inside; as many as before where it is ``None``.

    Sums are split among threads, so that figures agree to the last digit only between equal counts. Small networks run
    fastest on one thread, most of all on a machine that does other work.
    """
    before = torch.get_num_threads()
    if count is not None:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
