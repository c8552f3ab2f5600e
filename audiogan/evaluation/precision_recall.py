"""Precision, recall, density and coverage: two sets of features compared through balls around their points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

_ROWS_AT_A_TIME = 512
ROUNDING = 1e-12
"""Of the squared norms: far more than products of doubles lose, so that a point that sets a radius lies in the ball."""


@final
@frozen(eq=False)
class BallMembership:
    """What balls around the real points say of generated points, and the reverse; the scores are means of these.

    The ball of a point reaches to its k-th nearest neighbour within its own set, which it contains.
    """

    neighbours: int
    real_balls_around: NDArray[np.int64]
    """``[generated]``: in how many balls of real points each generated point lies."""
    real_in_generated_balls: NDArray[np.bool_]
    """``[real]``: whether each real point lies in the ball of a generated one."""
    real_balls_met: NDArray[np.bool_]
    """``[real]``: whether the ball of each real point holds a generated one."""

    def precision(self) -> NDArray[np.float64]:
        """By generated point, 1 where it lies in the ball of a real one: the mean is precision."""
        return (self.real_balls_around > 0).astype(np.float64)

    def recall(self) -> NDArray[np.float64]:
        """By real point, 1 where it lies in the ball of a generated one: the mean is recall."""
        return self.real_in_generated_balls.astype(np.float64)

    def density(self) -> NDArray[np.float64]:
        """By generated point, the real balls that it lies in over k: the mean is density, 1 for equal distributions."""
        return self.real_balls_around / self.neighbours

    def coverage(self) -> NDArray[np.float64]:
        """By real point, 1 where its ball holds a generated point: the mean is coverage."""
        return self.real_balls_met.astype(np.float64)


def ball_membership(
    real: NDArray[np.floating], generated: NDArray[np.floating], *, neighbours: int = 5
) -> BallMembership:
    """Compares features ``[N, dim]`` of real and ``[M, dim]`` of generated samples, by Euclidean distance in float64.

    Precision and recall: Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative
    models", equation 1. Density and coverage: Naeem et al. 2020, "Reliable fidelity and diversity metrics for
    generative models", equations 3 and 4; k is 5 there. Balls contain their surface, as in the former. Memory is
    bounded by 512 rows of distances at a time.

    :raises ValueError: the sets differ in dimension, hold values that are not finite, or one has no more than
        ``neighbours`` points.

    >>> points = np.arange(8.0)[:, None]
    >>> ball_membership(points, points + 20, neighbours=1).precision().mean()
    np.float64(0.0)
    """
    real_points, generated_points = centred_features(real, generated, neighbours=neighbours)
    real_radii, generated_radii = (_squared_radii(own, neighbours) for own in (real_points, generated_points))
    around = torch.zeros(len(generated_points), dtype=torch.int64)
    in_generated, met = [], []
    blocks = distances_by_rows(real_points, generated_points, allowance=ROUNDING)
    for radii, distances in zip(torch.split(real_radii, _ROWS_AT_A_TIME), blocks, strict=True):
        within_real = distances <= radii[:, None]
        around += within_real.sum(dim=0)
        met.append(within_real.any(dim=1))
        in_generated.append((distances <= generated_radii).any(dim=1))
    return BallMembership(neighbours, around.numpy(), torch.cat(in_generated).numpy(), torch.cat(met).numpy())


def centred_features(
    real: NDArray[np.floating], generated: NDArray[np.floating], *, neighbours: int
) -> tuple[Tensor, Tensor]:
    """Both sides in float64, seen from the mean of the real ones; see :func:`ball_membership` for what is raised."""
    points = [np.array(features, dtype=np.float64, order="C") for features in (real, generated)]
    if any(features.ndim != 2 for features in points) or points[0].shape[1] != points[1].shape[1]:
        raise ValueError(f"features of shapes {points[0].shape} and {points[1].shape} are not [N, dim] and [M, dim]")
    if not all(np.isfinite(features).all() for features in points):
        raise ValueError("the features hold values that are not finite")
    if neighbours < 1 or min(map(len, points)) <= neighbours:
        raise ValueError(f"{neighbours} neighbours of {len(points[0])} real and {len(points[1])} generated points")
    # Norms that are small beside the distances keep these exact
    centre = points[0].mean(axis=0)
    return torch.from_numpy(points[0] - centre), torch.from_numpy(points[1] - centre)


def _squared_radii(points: Tensor, neighbours: int) -> Tensor:
    # The point itself is the nearest
    nearest = [rows.topk(neighbours + 1, dim=1, largest=False).values for rows in distances_by_rows(points, points)]
    return torch.cat(nearest)[:, -1]


def distances_by_rows(first: Tensor, second: Tensor, *, allowance: float = 0.0) -> Iterator[Tensor]:
    """Squared distances ``[rows, second]``, some rows of ``first`` at a time, in their order.

    Less ``allowance`` times the sums of the squared norms.
    """
    second_norms = second.square().sum(dim=1)
    for rows in torch.split(first, _ROWS_AT_A_TIME):
        norms = rows.square().sum(dim=1, keepdim=True) + second_norms
        yield torch.addmm((1 - allowance) * norms, rows, second.T, alpha=-2)
