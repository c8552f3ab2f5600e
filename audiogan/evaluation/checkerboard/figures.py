"""The figures of checkerboard artifacts, and their intervals against real data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from audiogan.evaluation.bootstrap import centred_interval, resampled_rows
from audiogan.evaluation.checkerboard.lines import ArtifactLines
from audiogan.evaluation.checkerboard.prominence import line_prominence, modulation_prominence

_KINDS = ("checkerboard_db", "checkerboard_modulation_db")


def figure_names(levels: int) -> tuple[str, ...]:
    """The names of :func:`figures_above`.

    >>> figure_names(1)
    ('checkerboard_db', 'checkerboard_db_level_1', 'checkerboard_modulation_db', 'checkerboard_modulation_db_level_1')
    """
    by_kind = [level_names(levels)[kind * levels : (kind + 1) * levels] for kind in range(len(_KINDS))]
    return tuple(name for kind, names in zip(_KINDS, by_kind, strict=True) for name in (kind, *names))


def level_names(levels: int) -> tuple[str, ...]:
    """The names of the columns of :func:`levels_by_window`."""
    return tuple(f"{kind}_level_{level}" for kind in _KINDS for level in range(1, levels + 1))


def levels_by_window(waveforms: Tensor, lines: ArtifactLines) -> NDArray[np.float64]:
    """``[N, 2 levels]`` of waveforms ``[N, C, T]``: prominence of lines by level, then of modulation.

    Rows of windows without sound are NaN.

    :raises ValueError: waveforms of another shape, or shorter than a frame.
    """
    return np.hstack([line_prominence(waveforms, lines), modulation_prominence(waveforms, lines)])


def figures_above(generated: NDArray[np.float64], real: NDArray[np.float64]) -> NDArray[np.float64]:
    """The figures of ``generated`` ``[N, 2 levels]`` less those of ``real`` ``[M, 2 levels]``.

    They are named by :func:`figure_names`. Each level is the difference of the means over windows. The figure before a
    kind's levels is the mean of them with 0 for those below 0: a notch in one level takes nothing from the artifacts
    of another. Each level counts alike, however many lines it has.
    """
    return _with_means(generated.mean(axis=0) - real.mean(axis=0))


def intervals_above(
    generated: NDArray[np.float64], real: NDArray[np.float64], *, resamples: int, seed: int
) -> list[tuple[float, float]]:
    """The bootstrap interval of each of :func:`figures_above`; both sides are resampled independently.

    Those of the means over levels begin at 0 at the lowest, as these do.

    :raises ValueError: there is no resample, or no row on one side.
    """
    means = []
    # Each side has a seed of its own, lest sides of equal size be resampled in step
    for side, own_seed in zip((generated, real), np.random.SeedSequence(seed).generate_state(2), strict=True):
        rows = resampled_rows(len(side), resamples=resamples, seed=int(own_seed))
        means.append(np.array([side[drawn].mean(axis=0) for drawn in rows]))
    intervals = [
        centred_interval(float(figure), resampled)
        for figure, resampled in zip(figures_above(generated, real), _with_means(means[0] - means[1]).T, strict=True)
    ]
    lowest = _with_means(np.full(generated.shape[1], -np.inf))
    return [(max(float(least), lower), upper) for least, (lower, upper) in zip(lowest, intervals, strict=True)]


def _with_means(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    kinds = np.split(levels, len(_KINDS), axis=-1)
    return np.concatenate(
        [part for kind in kinds for part in (kind.clip(min=0).mean(axis=-1, keepdims=True), kind)], axis=-1
    )
