"""The Fréchet distance between two sets of features."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.errors import DataError
from audiogan.evaluation.bootstrap import centred_interval, resampled_rows


@frozen
class ResampledFrechetDistance:
    """What resampling says about a Fréchet distance."""

    interval: tuple[float, float]
    """Of the distance expected at these numbers of samples."""
    corrected: float
    """The distance less its bias; around 0, also below, where both sides have one distribution."""
    corrected_interval: tuple[float, float]


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
    _check(generated, real)
    return _distance(_Gaussian.of(generated), _Gaussian.of(real))


def resampled_frechet_distance(
    generated: NDArray[np.floating], real: NDArray[np.floating], *, resamples: int, seed: int
) -> ResampledFrechetDistance:
    """Intervals and correction of :func:`frechet_distance`, both sides resampled; see there for what is raised.

    Resamples have fewer distinct rows and lie above the distance, as far as the distance lies above that of infinitely
    many samples. The interval is moved down by that excess; the correction takes it off the distance once more (Efron
    and Tibshirani 1993, "An introduction to the bootstrap", section 10.6).
    """
    distance = frechet_distance(generated, real)
    draws = zip(
        resampled_rows(len(generated), resamples=resamples, seed=seed),
        resampled_rows(len(real), resamples=resamples, seed=seed + 1),
        strict=True,
    )
    resampled = np.array(
        [_distance(_Gaussian.of(generated[ours]), _Gaussian.of(real[theirs])) for ours, theirs in draws]
    )
    lower, upper = centred_interval(distance, resampled)
    excess = float(resampled.mean()) - distance
    return ResampledFrechetDistance(
        interval=(max(0.0, lower), upper),
        corrected=distance - excess,
        corrected_interval=(lower - excess, upper - excess),
    )


@frozen(eq=False)
class _Gaussian:
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @classmethod
    def of(cls, features: NDArray[np.floating]) -> _Gaussian:
        features = np.asarray(features, dtype=np.float64)
        mean = features.mean(axis=0)
        # centred before they are multiplied: of a large mean, the difference of two large numbers would remain
        centred = features - mean
        return cls(mean, centred.T @ centred / (len(features) - 1))


def _distance(ours: _Gaussian, theirs: _Gaussian) -> float:
    roots = np.linalg.svd(_root(ours.covariance) @ _root(theirs.covariance), compute_uv=False)
    spread = np.trace(ours.covariance) + np.trace(theirs.covariance) - 2 * roots.sum()
    return max(0.0, float(np.sum((ours.mean - theirs.mean) ** 2) + spread))


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    return root


def _check(generated: NDArray[np.floating], real: NDArray[np.floating]) -> None:
    for side in (generated, real):
        if side.ndim != 2 or side.shape[1] != generated.shape[1] or not np.isfinite(side).all():
            raise ValueError(
                f"features of shapes {generated.shape} and {real.shape} are not finite [N, dim] and [M, dim]"
            )
    for name, count in (("generated", len(generated)), ("real", len(real))):
        if count < generated.shape[1] + 1:
            raise DataError(
                f"a Fréchet distance of {generated.shape[1]} features needs at least {generated.shape[1] + 1} {name} "
                f"samples, not {count}: raise their number, or give the classifier a smaller dim"
            )
