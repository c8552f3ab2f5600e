"""All three passes of an implementation on a random problem, and what they return in flat lists."""

from __future__ import annotations

import torch
from attrs import frozen
from torch import Tensor

from audiogan.lstm.interface import Implementation, Saved, Wanted
from tests.lstm.problems import (
    Size,
    as_arguments,
    as_direction,
    assert_agree,
    of_gradients,
    of_results,
    random_arguments,
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


def assert_passes_agree(found: Passes, expected: Passes, size: Size) -> None:
    """Every pass returns what is expected, but for rounding."""
    for tensors, references in (
        (found.results, expected.results),
        (found.inferred, expected.results),
        (found.gradients, expected.gradients),
        (found.tangents, expected.tangents),
        (found.second_gradients, expected.second_gradients),
    ):
        assert_agree(tensors, references, size)
