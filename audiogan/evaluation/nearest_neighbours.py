"""Distances to nearest neighbours."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

_ROWS_AT_A_TIME = 256


def nearest_within(features: Tensor) -> Tensor:
    """The Euclidean distance of each row of ``[N, dim]`` to the nearest other row, ``[N]`` in float64.

    A row that is there twice has distance 0.

    :raises ValueError: fewer than two rows.
    """
    if len(features) < 2:
        raise ValueError(f"{len(features)} rows have no neighbours among themselves")
    return _nearest(features, _parts(features), itself=True)


def nearest_among(features: Tensor, others: Iterable[Tensor]) -> Tensor:
    """The Euclidean distance of each row of ``[N, dim]`` to the nearest row of any of ``others``, ``[N]`` in float64.

    ``others`` are ``[M, dim]`` each and are looked at one by one.

    :raises ValueError: there are no others.
    """
    nearest = _nearest(features, (part for other in others for part in _parts(other)), itself=False)
    if not nearest.isfinite().all():
        raise ValueError("there is nothing to be near to")
    return nearest


def _nearest(features: Tensor, others: Iterable[Tensor], *, itself: bool) -> Tensor:
    # Seen from their mean, features have small norms, and their products lose few digits.
    centre = features.double().mean(dim=0)
    nearest = torch.full((len(features),), torch.inf, dtype=torch.float64)
    passed = 0
    for other in others:
        there = other.double() - centre
        for start in range(0, len(features), _ROWS_AT_A_TIME):
            rows = slice(start, start + _ROWS_AT_A_TIME)
            here = features[rows].double() - centre
            squares = there.square().sum(dim=1) - 2 * here @ there.T
            if itself:
                mine = torch.arange(start, start + len(here))[:, None] == torch.arange(passed, passed + len(there))
                squares[mine] = torch.inf
            # Products choose the neighbour; its distance is that of the difference, so that equal rows give 0.
            chosen = squares.argmin(dim=1)
            distances = (here - there[chosen]).norm(dim=1)
            distances[squares.gather(1, chosen[:, None])[:, 0].isinf()] = torch.inf
            nearest[rows] = torch.minimum(nearest[rows], distances)
        passed += len(there)
    return nearest


def _parts(features: Tensor) -> Iterable[Tensor]:
    for start in range(0, len(features), _ROWS_AT_A_TIME):
        yield features[start : start + _ROWS_AT_A_TIME]
