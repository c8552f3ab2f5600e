"""How a call's batch is cut into slices for threads, and how what it saves is laid out."""

from __future__ import annotations

import torch

from audiogan.lstm.cpu.structures import CShape
from audiogan.lstm.interface import Arguments

_MOST_ROWS = 16
"""Sequences that a thread scans together: enough for the products, few enough for their tangents to stay small."""

_HIDDEN_OF_LARGE_WEIGHTS = 128
"""From this hidden size on weights leave the first-level cache, and twice as many sequences share each reading."""

_LEAST_WORK = 1 << 22
"""Multiplications for which a thread of its own is worth starting."""


def _threads(arguments: Arguments) -> int:
    """As many as torch uses, but not more than there is work for."""
    steps, batch, inputs = arguments.x.shape
    layers, _, hidden = arguments.h0.shape
    work = steps * batch * 4 * hidden * (inputs + hidden + (layers - 1) * 2 * hidden)
    return max(1, min(torch.get_num_threads(), batch, work // _LEAST_WORK))


def slice_rows(arguments: Arguments) -> int:
    """Sequences in a slice, such that every thread has equally many slices as far as that can be."""
    threads, batch = _threads(arguments), arguments.x.shape[1]
    most = _MOST_ROWS if arguments.h0.shape[2] < _HIDDEN_OF_LARGE_WEIGHTS else 2 * _MOST_ROWS
    slices = threads * _ceil(batch, threads * most)
    return _ceil(batch, slices)


def shape_of(arguments: Arguments, rows: int) -> CShape:
    """The sizes of a call whose slices have ``rows`` sequences."""
    steps, batch, inputs = arguments.x.shape
    layers, _, hidden = arguments.h0.shape
    workers = min(_threads(arguments), _ceil(batch, rows))
    return CShape(steps, batch, inputs, hidden, layers, rows, workers)


def saved_rows(shape: CShape) -> tuple[int, int, int, int]:
    """Slices, layers, steps and rows, by which everything saved is laid out."""
    return _ceil(shape.batch, shape.slice_rows), shape.layers, shape.steps, shape.slice_rows


def padded_units(shape: CShape, lanes: int) -> int:
    """Hidden units in whole vectors of ``lanes`` numbers."""
    return _ceil(shape.hidden, max(lanes, 4)) * max(lanes, 4)


def _ceil(value: int, divisor: int) -> int:
    return -(-value // divisor)
