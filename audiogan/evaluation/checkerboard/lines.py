"""Where in the spectrum the strides of a generator put their artifacts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import prod
from operator import mul
from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.errors import DataError, SpecError
from audiogan.nn.layer_plan import plan_layers

PERIODS_NEEDED = 12
"""Periods in the shortest window, which then holds three frames end to end."""
PERIODS_IN_A_FRAME = 4
"""Lines are as many bins apart: under a Hann window the fewest that leave a bin between two lines clear of both."""


@final
@frozen(eq=False)
class ArtifactLines:
    """The bins of a DFT of ``frame_length`` samples at which artifacts of ``strides`` stand.

    ``bins[k - 1]`` are those of level ``k``: the multiples of ``sample_rate / p(k)`` up to half the sample rate that
    are none of ``sample_rate / p(k - 1)``, where ``p(k)`` is the product of the last ``k`` strides. Layer ``k``,
    counted from the output, is the last that can have put them there.
    """

    strides: tuple[int, ...]
    frame_length: int
    bins: tuple[NDArray[np.int64], ...]

    @property
    def period(self) -> int:
        """Samples after which the pattern of all strides repeats."""
        return prod(self.strides)


def artifact_lines(strides: Sequence[int], *, window_length: int) -> ArtifactLines:
    """The lines of a generator that lengthens by ``strides``, first layer first, in windows of ``window_length``.

    Frames hold :data:`PERIODS_IN_A_FRAME` periods of the whole pattern, so that every line falls on a bin. Half the
    sample rate is a line where the period is even; 0 is none, since recordings have an offset of their own.

    :raises ValueError: there are no strides, or one is less than 2.
    :raises DataError: a window holds less than :data:`PERIODS_NEEDED` periods; the text gives the length needed.

    >>> [bins.tolist() for bins in artifact_lines((2, 4), window_length=128).bins]
    [[8, 16], [4, 12]]
    """
    strides = tuple(strides)
    if not strides or min(strides) < 2:
        raise ValueError(f"strides must be one or more whole numbers of at least 2, not {list(strides)}")
    period = prod(strides)
    if window_length // period < PERIODS_NEEDED:
        raise DataError(
            f"artifacts of strides {list(strides)} repeat every {period} samples and need windows of at least "
            f"{PERIODS_NEEDED * period} samples, not {window_length}; lengthen the windows, or name fewer strides "
            "(the last ones, which make the short periods)"
        )
    frame_length = PERIODS_IN_A_FRAME * period
    spacings = [frame_length // samples for samples in accumulate(strides[::-1], mul, initial=1)]
    levels = []
    for coarse, fine in pairwise(spacings):
        multiples = np.arange(fine, frame_length // 2 + 1, fine, dtype=np.int64)
        levels.append(multiples[multiples % coarse != 0])
    return ArtifactLines(strides, frame_length, tuple(levels))


def strides_of_length(window_length: int) -> tuple[int, ...]:
    """The strides of WaveGAN's generator for windows of ``window_length`` samples, first layer first.

    :raises DataError: there are none for this length.
    """
    try:
        return plan_layers(window_length).strides
    except SpecError as error:
        raise DataError(f"{error}; name the generator's 'strides' to look for artifacts in such windows") from error
