"""Every implementation's three passes against autograd through the equations, in double precision."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from audiogan.lstm.dispatch import load
from audiogan.lstm.interface import Results, Saved, Wanted
from tests.lstm.problems import (
    LESS_THAN_ALL,
    Place,
    Size,
    Solution,
    as_arguments,
    as_direction,
    assert_agree,
    moved_to,
    of_gradients,
    of_results,
    places,
    solve,
)

SIZES = [
    Size(steps=1, batch=1, inputs=1, hidden=1),
    Size(steps=2, batch=3, inputs=1, hidden=1, layers=3),
    Size(steps=5, batch=3, inputs=2, hidden=7, layers=2),
    Size(steps=6, batch=2, inputs=3, hidden=8, layers=3, bias=False),
    Size(steps=130, batch=2, inputs=4, hidden=16, layers=2),
    Size(steps=4, batch=17, inputs=5, hidden=63),
    Size(steps=7, batch=9, inputs=4, hidden=64, layers=2),
    Size(steps=3, batch=2, inputs=65, hidden=65, layers=2),
    Size(steps=2, batch=5, inputs=9, hidden=100, bias=False),
    Size(steps=2, batch=1, inputs=2, hidden=256),
]

place_by_place = pytest.mark.parametrize("place", places(), ids=str)
size_by_size = pytest.mark.parametrize("size", SIZES, ids=str)


def forward(place: Place, size: Size, solution: Solution, *, save: bool = True) -> tuple[Results, Saved]:
    return load(place.name).forward(as_arguments(moved_to(solution.arguments, place), size), save=save)


def second_gradients(place: Place, size: Size, solution: Solution, wanted: Wanted) -> tuple[list[Tensor], list[Tensor]]:
    implementation = load(place.name)
    arguments = as_arguments(moved_to(solution.arguments, place), size)
    _, saved = implementation.forward(arguments, save=True)
    cotangents = Results(*moved_to(solution.cotangents, place))
    _, saved_by_backward = implementation.backward(cotangents, arguments, saved, wanted=wanted, save=True)
    direction = as_direction(moved_to(solution.direction, place), size)
    results, gradients = implementation.second_backward(direction, arguments, saved, saved_by_backward, wanted=wanted)
    return of_results(results), of_gradients(gradients)


@place_by_place
@size_by_size
@pytest.mark.parametrize("save", [True, False])
def test_results(place: Place, size: Size, save: bool) -> None:
    solution = solve(size)
    results, saved = forward(place, size, solution, save=save)
    assert_agree(of_results(results), solution.results, size)
    assert save or saved == ()


@place_by_place
@size_by_size
@pytest.mark.parametrize("save", [True, False])
def test_gradients(place: Place, size: Size, save: bool) -> None:
    solution = solve(size)
    arguments = as_arguments(moved_to(solution.arguments, place), size)
    implementation = load(place.name)
    _, saved = implementation.forward(arguments, save=True)
    cotangents = Results(*moved_to(solution.cotangents, place))
    gradients, saved_by_backward = implementation.backward(cotangents, arguments, saved, wanted=Wanted(), save=save)
    assert_agree(of_gradients(gradients), solution.gradients, size)
    assert save or saved_by_backward == ()


@place_by_place
@size_by_size
@pytest.mark.parametrize("move_weights", [True, False])
def test_second_gradients(place: Place, size: Size, move_weights: bool) -> None:
    solution = solve(size, move_weights=move_weights)
    by_cotangents, by_arguments = second_gradients(place, size, solution, Wanted())
    assert_agree(by_cotangents, solution.second_by_cotangents, size)
    assert_agree(by_arguments, solution.second_by_arguments, size)


@place_by_place
@pytest.mark.parametrize("wanted", LESS_THAN_ALL, ids=str)
def test_what_is_not_wanted_is_left_out_and_changes_nothing_else(place: Place, wanted: Wanted) -> None:
    size = Size(steps=5, batch=3, inputs=2, hidden=7, layers=2)
    solution = solve(size)
    implementation = load(place.name)
    arguments = as_arguments(moved_to(solution.arguments, place), size)
    _, saved = implementation.forward(arguments, save=True)
    cotangents = Results(*moved_to(solution.cotangents, place))
    gradients, _ = implementation.backward(cotangents, arguments, saved, wanted=wanted, save=True)
    assert (gradients.x is not None, gradients.weights is not None) == (wanted.x, wanted.weights)
    assert_agree(of_gradients(gradients), _only(wanted, solution.gradients), size)
    by_cotangents, by_arguments = second_gradients(place, size, solution, wanted)
    assert_agree(by_cotangents, solution.second_by_cotangents if wanted.cotangents else [], size)
    assert_agree(by_arguments, _only(wanted, solution.second_by_arguments), size)


@place_by_place
def test_passes_can_be_repeated_and_write_to_nothing_that_they_are_given(place: Place) -> None:
    size = Size(steps=6, batch=4, inputs=3, hidden=9, layers=2)
    solution = solve(size)
    implementation = load(place.name)
    arguments = moved_to(solution.arguments, place)
    cotangents, direction = moved_to(solution.cotangents, place), moved_to(solution.direction, place)
    _, saved = implementation.forward(as_arguments(arguments, size), save=True)
    found = []
    for _ in range(2):
        gradients, kept = implementation.backward(
            Results(*cotangents), as_arguments(arguments, size), saved, wanted=Wanted(), save=True
        )
        for _ in range(2):
            results, second = implementation.second_backward(
                as_direction(direction, size), as_arguments(arguments, size), saved, kept, wanted=Wanted()
            )
            found.append([*of_gradients(gradients), *of_results(results), *of_gradients(second)])
    for again in found[1:]:
        assert all(torch.equal(tensor, first) for tensor, first in zip(again, found[0], strict=True))
    for given, original in (
        (arguments, solution.arguments),
        (cotangents, solution.cotangents),
        (direction, solution.direction),
    ):
        assert all(torch.equal(now, before) for now, before in zip(given, moved_to(original, place), strict=True))


@place_by_place
@pytest.mark.parametrize("layout", ["batch first", "every other", "one number", "one sequence"])
def test_any_strides_are_read(place: Place, layout: str) -> None:
    size = Size(steps=5, batch=4, inputs=3, hidden=6, layers=2)
    solution = solve(size)
    implementation = load(place.name)
    found = []
    for contiguous in (True, False):
        arguments, cotangents, direction = (
            [_laid_out(tensor, layout) for tensor in moved_to(tensors, place)]
            for tensors in (solution.arguments, solution.cotangents, solution.direction)
        )
        if contiguous:
            arguments, cotangents, direction = (
                [tensor.contiguous() for tensor in tensors] for tensors in (arguments, cotangents, direction)
            )
        of = as_arguments(arguments, size)
        results, saved = implementation.forward(of, save=True)
        gradients, kept = implementation.backward(Results(*cotangents), of, saved, wanted=Wanted(), save=True)
        by_cotangents, second = implementation.second_backward(
            as_direction(direction, size), of, saved, kept, wanted=Wanted()
        )
        found.append([of_results(results), of_gradients(gradients), of_results(by_cotangents), of_gradients(second)])
    for tensors, expected in zip(found[1], found[0], strict=True):
        assert_agree(tensors, [tensor.double().cpu() for tensor in expected], size)


def _only(wanted: Wanted, tensors: list[Tensor]) -> list[Tensor]:
    return [*tensors[:1] * wanted.x, *tensors[1:3], *tensors[3:] * wanted.weights]


def _laid_out(tensor: Tensor, layout: str) -> Tensor:
    """The tensor, or one of the same shape and of fewer numbers, with strides that are not a contiguous tensor's."""
    if layout == "every other":
        return tensor.repeat_interleave(2, dim=-1)[..., ::2]
    if layout == "one number":
        return tensor.flatten()[0].expand(tensor.shape)
    if tensor.dim() == 1:
        return tensor
    if layout == "one sequence":
        return tensor[:, :1].expand(tensor.shape)
    return tensor.transpose(0, 1).contiguous().transpose(0, 1)
