"""Mean and standard deviation of columns, gathered a block of rows at a time."""

from __future__ import annotations

from typing import Any, final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray


@final
@frozen(eq=False)
class Moments:
    """The moments of ``count`` rows, column by column, in float64."""

    count: int
    mean: NDArray[np.float64]
    squared_deviations: NDArray[np.float64]
    """The sum over the rows of the squared distance from the mean."""

    @classmethod
    def of(cls, rows: NDArray[Any]) -> Moments:
        """The moments of ``[rows, columns]``, with at least one row."""
        rows = rows.astype(np.float64)
        mean = rows.mean(axis=0)
        return cls(len(rows), mean, np.square(rows - mean).sum(axis=0))

    def combined(self, other: Moments) -> Moments:
        """The moments of these rows and those of ``other`` together.

        Chan, Golub and LeVeque (1979), "Updating formulae and a pairwise algorithm for computing sample variances",
        equation 2.1: exact but for rounding, whatever the size of the mean.
        """
        count = self.count + other.count
        difference = other.mean - self.mean
        return Moments(
            count,
            self.mean + difference * (other.count / count),
            self.squared_deviations
            + other.squared_deviations
            + np.square(difference) * (self.count * other.count / count),
        )

    @property
    def std(self) -> NDArray[np.float64]:
        """The standard deviation of all rows, divided by their count."""
        return np.sqrt(self.squared_deviations / self.count)
