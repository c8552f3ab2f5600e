"""Odd sizes for the compiled implementation, and memory that shows whatever is read before it was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from tests.lstm.problems import Size

ODD_SIZES = (
    Size(steps=1, batch=1, inputs=1, hidden=1),
    Size(steps=1, batch=5, inputs=3, hidden=7, layers=2, bias=False),
    Size(steps=131, batch=1, inputs=2, hidden=7, layers=4),
    Size(steps=37, batch=35, inputs=4, hidden=64, layers=2),
    Size(steps=9, batch=7, inputs=5, hidden=63),
    Size(steps=10, batch=33, inputs=17, hidden=65, layers=3),
    Size(steps=6, batch=3, inputs=100, hidden=100, layers=2, bias=False),
    Size(steps=5, batch=2, inputs=3, hidden=256, layers=2),
)


@contextmanager
def poisoned_memory() -> Iterator[None]:
    """Fresh and reused buffers are full of NaN."""
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Torch computes with ``count`` threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
