"""Runs the kernels under Triton's interpreter, on the CPU, in a process of their own.

The interpreter is chosen when triton and the kernels are first imported, for good.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from operator import methodcaller
from typing import Any, final

import attrs
import pytest
import torch
from attrs import frozen

from audiogan.lstm.interface import Arguments, Direction, Gradients, Implementation, Results, Saved, Wanted
from audiogan.lstm.triton import IMPLEMENTATION
from audiogan.lstm.triton.scans import PersistentScans

Call = Callable[..., Any]


@final
@frozen
class Interpreted(Implementation):
    """Passes of an implementation whose kernels are interpreted."""

    run: Call
    passes: Any = IMPLEMENTATION

    def why_not(self, device: torch.device, dtype: torch.dtype) -> str | None:
        return None

    def forward(self, arguments: Arguments, *, save: bool) -> tuple[Results, Saved]:
        results: tuple[Results, Saved] = self._pass("forward", arguments, save=save)
        return results

    def backward(
        self, cotangents: Results, arguments: Arguments, saved: Saved, *, wanted: Wanted, save: bool
    ) -> tuple[Gradients, Saved]:
        results: tuple[Gradients, Saved] = self._pass(
            "backward", cotangents, arguments, saved, wanted=wanted, save=save
        )
        return results

    def second_backward(
        self, direction: Direction, arguments: Arguments, saved: Saved, saved_by_backward: Saved, *, wanted: Wanted
    ) -> tuple[Results | None, Gradients]:
        results: tuple[Results | None, Gradients] = self._pass(
            "second_backward", direction, arguments, saved, saved_by_backward, wanted=wanted
        )
        return results

    def _pass(self, name: str, *arguments: Any, **options: Any) -> Any:
        return self.run(methodcaller(name, *map(detached, arguments), **options), self.passes)


def detached(value: Any) -> Any:
    """The same nest of tensors without their part in autograd's graph, which no process can hand to another."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, tuple):
        return tuple(map(detached, value))
    if attrs.has(type(value)):
        return type(value)(*map(detached, attrs.astuple(value, recurse=False)))
    return value


@pytest.fixture(scope="session")
def run_interpreted() -> Iterator[Call]:
    """Calls a function that can be pickled where kernels are interpreted."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("TRITON_INTERPRET", "1")
            pool.submit(torch.set_num_threads, 1).result()
        yield lambda function, *arguments: pool.submit(function, *arguments).result()


@pytest.fixture(scope="session")
def interpreted(run_interpreted: Call) -> Implementation:
    """The implementation in Triton, interpreted."""
    return Interpreted(run_interpreted)


@pytest.fixture(scope="session")
def interpreted_in_parts(run_interpreted: Call) -> Callable[[int], Implementation]:
    """The same, working without gradients on parts of so many bytes."""
    return lambda part_bytes: Interpreted(run_interpreted, PersistentScans(part_bytes))
