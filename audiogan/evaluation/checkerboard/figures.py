"""The figures of checkerboard artifacts, and their intervals against real data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from audiogan.evaluation.bootstrap import centred_interval, resampled_rows
from audiogan.evaluation.checkerboard.lines import ArtifactLines
from audiogan.evaluation.checkerboard.prominence import line_prominence, modulation_prominence


def figure_names(levels: int) -> tuple[str, ...]:
    """The names of :func:`figures_by_window`.

    >>> figure_names(1)
    ('checkerboard_db', 'checkerboard_db_level_1', 'checkerboard_modulation_db', 'checkerboard_modulation_db_level_1')
    """
    return tuple(
        name
        for kind in ("checkerboard_db", "checkerboard_modulation_db")
        for name in (kind, *(f"{kind}_level_{level}" for level in range(1, levels + 1)))
    )


def figures_by_window(waveforms: Tensor, lines: ArtifactLines) -> NDArray[np.float64]:
    """``[N, figures]`` of waveforms ``[N, C, T]``: prominence of lines and of modulation, their mean over levels first.

    Each level counts alike in the mean, however many lines it has. Rows of windows without sound are NaN.

    :raises ValueError: waveforms of another shape, or shorter than a frame.
    """
    kinds = (line_prominence(waveforms, lines), modulation_prominence(waveforms, lines))
    return np.hstack([column for levels in kinds for column in (levels.mean(axis=1, keepdims=True), levels)])


def intervals_above(
    generated: NDArray[np.float64], real: NDArray[np.float64], *, resamples: int, seed: int
) -> list[tuple[float, float]]:
    """The bootstrap interval of each column's mean in ``generated`` ``[N, figures]`` less that in ``real``.

    Both sides are resampled independently.

    :raises ValueError: there is no resample, or no row on one side.
    """
    means = []
    # Each side has a seed of its own, lest sides of equal size be resampled in step
    for side, own_seed in zip((generated, real), np.random.SeedSequence(seed).generate_state(2), strict=True):
        rows = resampled_rows(len(side), resamples=resamples, seed=int(own_seed))
        means.append(np.array([side[drawn].mean(axis=0) for drawn in rows]))
    above = generated.mean(axis=0) - real.mean(axis=0)
    return [
        centred_interval(float(figure), resampled)
        for figure, resampled in zip(above, (means[0] - means[1]).T, strict=True)
    ]
