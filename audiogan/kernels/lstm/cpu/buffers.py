"""Memory for what the passes write."""

from __future__ import annotations

from math import prod

import torch
from torch import Tensor

from audiogan.kernels.lstm.cpu.library import Library

_LINE_BYTES = 64
_HUGE_PAGE_BYTES = 1 << 21


def aligned(library: Library, dtype: torch.dtype, *shape: int) -> Tensor:
    """An uninitialised tensor that begins with a cache line, and with a huge page if it fills several.

    The first touch of fresh memory costs more time than the LSTM that fills it when its pages are small.
    """
    elements = prod(shape)
    large = elements * dtype.itemsize >= 2 * _HUGE_PAGE_BYTES
    alignment = _HUGE_PAGE_BYTES if large else _LINE_BYTES
    whole = torch.empty(elements + alignment // dtype.itemsize, dtype=dtype)
    skipped = -whole.data_ptr() % alignment
    if large:
        library.advise_huge_pages(whole.data_ptr() + skipped, elements * dtype.itemsize)
    start = skipped // dtype.itemsize
    return whole[start : start + elements].view(shape)


def sequence_like(library: Library, x: Tensor, features: int) -> Tensor:
    """An uninitialised sequence ``[T, N, features]`` whose batch comes first in memory if that of ``x`` does."""
    steps, batch, _ = x.shape
    if x.stride(1) > x.stride(0):
        return aligned(library, x.dtype, batch, steps, features).transpose(0, 1)
    return aligned(library, x.dtype, steps, batch, features)
