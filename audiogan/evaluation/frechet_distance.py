"""The Fréchet distance between two sets of features."""

from __future__ import annotations

from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.errors import DataError


def frechet_distance(generated: NDArray[np.floating], real: NDArray[np.floating]) -> float:
    """``|m1 - m2|² + tr(S1 + S2 - 2 (S1^½ S2 S1^½)^½)`` of features ``[N, dim]`` and ``[M, dim]``.

    Means and covariances (divided by ``N - 1``) are float64. The last trace is the sum of the singular values of
    ``S1^½ S2^½``, with roots from eigen-decompositions of symmetric matrices, so that nothing complex or negative can
    arise. The distance of few samples is too high, by an amount that falls as ``1 / N``: distances compare at equal
    counts. Heusel et al. 2017, "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
    equation 6.

    :raises DataError: fewer than ``dim + 1`` samples on a side, too few for a covariance of full rank.
    :raises ValueError: the features are not two matrices of finite numbers with the same number of columns.
    """
    check_features(generated, real, fewest=generated.shape[-1] + 1)
    return distance_of_gaussians(Gaussian.of(generated), Gaussian.of(real))


@final
@frozen(eq=False)
class Gaussian:
    """What a side is taken for: mean ``[dim]`` and covariance ``[dim, dim]``."""

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @classmethod
    def of(cls, features: NDArray[np.floating]) -> Gaussian:
        """Fitted to features ``[N, dim]``, the covariance divided by ``N - 1``."""
        features = np.asarray(features, dtype=np.float64)
        mean = features.mean(axis=0)
        # centred before they are multiplied: of a large mean, the difference of two large numbers would remain
        centred = features - mean
        return cls(mean, centred.T @ centred / (len(features) - 1))


def distance_of_gaussians(ours: Gaussian, theirs: Gaussian) -> float:
    """The distance itself; see :func:`frechet_distance`."""
    roots = np.linalg.svd(_root(ours.covariance) @ _root(theirs.covariance), compute_uv=False)
    spread = np.trace(ours.covariance) + np.trace(theirs.covariance) - 2 * roots.sum()
    return max(0.0, float(np.sum((ours.mean - theirs.mean) ** 2) + spread))


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    return root


def check_features(generated: NDArray[np.floating], real: NDArray[np.floating], *, fewest: int) -> None:
    """Sees that these are features ``[N, dim]`` and ``[M, dim]`` of at least ``fewest`` samples each.

    :raises DataError: fewer samples.
    :raises ValueError: the features are not two matrices of finite numbers with the same number of columns.
    """
    for side in (generated, real):
        if side.ndim != 2 or side.shape[1] != generated.shape[1] or not np.isfinite(side).all():
            raise ValueError(
                f"features of shapes {generated.shape} and {real.shape} are not finite [N, dim] and [M, dim]"
            )
    for name, count in (("generated", len(generated)), ("real", len(real))):
        if count < fewest:
            raise DataError(
                f"a Fréchet distance of {generated.shape[1]} features needs at least {fewest} {name} samples, "
                f"not {count}: raise their number, or give the classifier a smaller dim"
            )
