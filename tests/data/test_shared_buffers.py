"""Buffers are handed out without copying, and written again only when nothing refers to them."""

from __future__ import annotations

import numpy as np
import torch

from audiogan.data.shared_buffers import SharedBuffers


def written(buffers: SharedBuffers, value: float) -> int:
    buffer = buffers.take()
    buffers.array(buffer)[:] = value
    return buffer


def test_what_is_handed_out_is_the_buffer_itself() -> None:
    buffers = SharedBuffers(2, (3, 5))
    buffer = written(buffers, 7)
    handed_out = buffers.hand_out(buffer)
    assert np.shares_memory(handed_out, buffers.array(buffer))
    assert handed_out.dtype == np.float32
    assert handed_out.tolist() == [[7] * 5] * 3


def test_a_buffer_in_use_is_not_taken() -> None:
    buffers = SharedBuffers(4, (2,))
    kept = [torch.from_numpy(buffers.hand_out(written(buffers, value)))[1:] for value in range(12)]
    assert [tensor.tolist() for tensor in kept] == [[value] for value in range(12)]


def test_without_a_free_buffer_copies_are_handed_out() -> None:
    buffers = SharedBuffers(2, (2,))
    first, second = (buffers.hand_out(written(buffers, value)) for value in (1, 2))
    shared = buffers.array(0), buffers.array(1)
    assert [any(np.shares_memory(handed_out, one) for one in shared) for handed_out in (first, second)] == [True, False]
    del first
    third = buffers.hand_out(written(buffers, 3))
    assert any(np.shares_memory(third, one) for one in shared)
    assert (second.tolist(), third.tolist()) == ([2, 2], [3, 3])


def test_what_is_handed_out_outlives_the_buffers() -> None:
    buffers = SharedBuffers(2, (50_000,))
    handed_out = buffers.hand_out(written(buffers, 5))
    del buffers
    others = [SharedBuffers(2, (50_000,)) for _ in range(3)]
    for other in others:
        written(other, 9)
    assert (handed_out == 5).all()
