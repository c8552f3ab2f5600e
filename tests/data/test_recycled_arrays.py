"""Memory is used again when nothing refers to it, and never before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from audiogan.data.recycled import RecycledArrays


def address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def test_memory_that_nothing_refers_to_is_taken_again() -> None:
    arrays = RecycledArrays((3, 5))
    taken = arrays.take()
    assert taken.shape == (3, 5)
    assert taken.dtype == np.float32
    assert taken.flags.writeable
    first = address(taken)
    del taken
    assert address(arrays.take()) == first


@pytest.mark.parametrize(
    "derived",
    [
        lambda array: array,
        lambda array: array[1:],
        lambda array: array[1:].T[0],
        torch.from_numpy,
        lambda array: torch.from_numpy(array[:2])[0].view(5),
        memoryview,
    ],
    ids=["itself", "view", "view of a view", "tensor", "tensor's view", "buffer"],
)
def test_whatever_was_made_from_an_array_keeps_its_memory(derived: Callable[[np.ndarray], Any]) -> None:
    arrays = RecycledArrays((3, 5))
    taken = arrays.take()
    taken[:] = 7
    first, kept = address(taken), derived(taken)
    del taken
    others = [arrays.take() for _ in range(3)]
    for other in others:
        assert address(other) != first
        other[:] = 0
    assert np.all(np.asarray(kept) == 7)
    del kept
    assert address(arrays.take()) == first


def test_a_bounded_number_waits() -> None:
    arrays = RecycledArrays((1000,))
    many = [arrays.take() for _ in range(50)]
    del many
    assert len(arrays._idle) == 4
