"""Distances to nearest neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

_ROWS_AT_A_TIME = 256


@final
@frozen(eq=False)
class Neighbours:
    """The nearest neighbours of each of ``N`` rows, the nearest first."""

    distances: Tensor
    """``[N, count]``, Euclidean, in float64; that of the nearest is 0 for an equal row."""
    rows: Tensor
    """``[N, count]``: which rows of the others they are."""

    def nearest_in_halves(
        self, halves: NDArray[np.integer], halves_of_others: NDArray[np.integer]
    ) -> NDArray[np.float64]:
        """``[2]``: by half, the mean distance of its rows to the nearest of the others that fell into the same half.

        ``halves`` ``[N]`` and ``halves_of_others`` hold 0 or 1 by row. The farthest of the known neighbours stands in
        where none is in the same half.
        """
        same = halves_of_others[self.rows.numpy()] == halves[:, None]
        first = np.where(same.any(axis=1), same.argmax(axis=1), same.shape[1] - 1)
        distances = self.distances.numpy()[np.arange(len(halves)), first]
        means: NDArray[np.float64] = np.bincount(halves, distances, minlength=2) / np.bincount(halves, minlength=2)
        return means


def neighbours_within(features: Tensor, *, count: int = 1) -> Neighbours:
    """The ``count`` nearest other rows of each row of ``[N, dim]``, or as many as there are.

    A row that is there twice has a neighbour at distance 0.

    :raises ValueError: fewer than two rows.
    """
    if len(features) < 2:
        raise ValueError(f"{len(features)} rows have no neighbours among themselves")
    return _neighbours(features, _parts(features), count=min(count, len(features) - 1), itself=True)


def neighbours_among(features: Tensor, others: Iterable[Tensor], *, count: int = 1) -> Neighbours:
    """The ``count`` rows of all ``others``, or as many as there are, that are nearest to each row of ``[N, dim]``.

    ``others`` are ``[M, dim]`` each, looked at one by one, and numbered through.

    :raises ValueError: there are no others.
    """
    found = _neighbours(features, (part for other in others for part in _parts(other)), count=count, itself=False)
    if found.rows.shape[1] == 0:
        raise ValueError("there is nothing to be near to")
    return found


def _neighbours(features: Tensor, others: Iterable[Tensor], *, count: int, itself: bool) -> Neighbours:
    # Seen from their mean, features have small norms, and their products lose few digits.
    centre = features.double().mean(dim=0)
    distances = torch.empty((len(features), 0), dtype=torch.float64)
    numbers = torch.empty((len(features), 0), dtype=torch.int64)
    passed = 0
    for other in others:
        there = other.double() - centre
        near = [
            _distances(features[start : start + _ROWS_AT_A_TIME].double() - centre, there, start - passed, itself)
            for start in range(0, len(features), _ROWS_AT_A_TIME)
        ]
        mine = torch.arange(passed, passed + len(there)).expand(len(features), -1)
        distances, numbers = torch.cat([distances, *[torch.cat(near)]], dim=1), torch.cat([numbers, mine], dim=1)
        distances, chosen = distances.topk(min(count, distances.shape[1]), dim=1, largest=False)
        numbers = numbers.gather(1, chosen)
        passed += len(there)
    return Neighbours(distances, numbers)


def _distances(here: Tensor, there: Tensor, diagonal: int, itself: bool) -> Tensor:
    squares = here.square().sum(dim=1, keepdim=True) + there.square().sum(dim=1) - 2 * here @ there.T
    if itself:
        squares[torch.arange(len(here))[:, None] + diagonal == torch.arange(len(there))] = torch.inf
    # Products choose the neighbour; its distance is that of the difference, so that equal rows give 0.
    chosen = squares.argmin(dim=1, keepdim=True)
    exact = (here - there[chosen[:, 0]]).norm(dim=1, keepdim=True)
    distances = squares.clamp(min=0).sqrt()
    return distances.scatter(1, chosen, torch.where(squares.gather(1, chosen).isinf(), torch.inf, exact))


def _parts(features: Tensor) -> Iterable[Tensor]:
    for start in range(0, len(features), _ROWS_AT_A_TIME):
        yield features[start : start + _ROWS_AT_A_TIME]
