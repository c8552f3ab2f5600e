"""What the compiled implementation is tested on, and memory that shows whatever is read before it was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from attrs import frozen
from torch import Tensor

from audiogan.lstm.interface import Implementation, Saved, Wanted
from tests.lstm.problems import (
    Size,
    as_arguments,
    as_direction,
    of_gradients,
    of_results,
    random_arguments,
)

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


@frozen(eq=False)
class Passes:
    """What the three passes return, as flat lists of tensors."""

    results: list[Tensor]
    inferred: list[Tensor]
    gradients: list[Tensor]
    tangents: list[Tensor]
    second_gradients: list[Tensor]
    saved: Saved

    def all(self) -> list[Tensor]:
        """Every tensor returned."""
        return [*self.results, *self.inferred, *self.gradients, *self.tangents, *self.second_gradients]


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


def run(
    implementation: Implementation,
    size: Size,
    arguments: list[Tensor],
    cotangents: list[Tensor],
    direction: list[Tensor],
    *,
    wanted: Wanted | None = None,
) -> Passes:
    """All three passes, and the forward pass that saves nothing."""
    wanted = Wanted() if wanted is None else wanted
    given = as_arguments(arguments, size)
    results, saved = implementation.forward(given, save=True)
    inferred, nothing = implementation.forward(given, save=False)
    assert nothing == ()
    of_cotangents = type(results)(*cotangents)
    gradients, kept = implementation.backward(of_cotangents, given, saved, wanted=wanted, save=True)
    tangents, second = implementation.second_backward(as_direction(direction, size), given, saved, kept, wanted=wanted)
    return Passes(
        of_results(results),
        of_results(inferred),
        of_gradients(gradients),
        of_results(tangents),
        of_gradients(second),
        saved,
    )


def random_problem(size: Size, *, move_weights: bool = True) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """Arguments, cotangents and a direction in float64."""
    arguments, direction = random_arguments(size), random_arguments(size)
    cotangents = [
        torch.randn(size.steps, size.batch, size.hidden, dtype=torch.float64),
        *(torch.randn(size.layers, size.batch, size.hidden, dtype=torch.float64) for _ in range(2)),
    ]
    return arguments, cotangents, direction if move_weights else direction[:3]
