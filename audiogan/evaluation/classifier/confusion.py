"""Which classes a classifier takes for which."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from audiogan.evaluation.wilson import wilson_interval

"""Of the standard normal distribution, at 97.5 %."""


@final
@frozen
class ConfusionMatrix:
    """``counts[i][j]`` windows of class ``class_names[i]`` that the classifier takes for ``class_names[j]``."""

    class_names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...] = field()

    @counts.validator
    def _check_counts(self, _attribute: object, counts: object) -> None:
        matrix = np.array(counts)
        if matrix.shape != 2 * (len(self.class_names),) or matrix.dtype.kind != "i" or matrix.sum() == 0:
            raise ValueError(f"not counts of {len(self.class_names)} classes by {len(self.class_names)}")
        if matrix.min() < 0:
            raise ValueError(f"{matrix.min()} is not a count")

    @property
    def windows(self) -> int:
        """How many windows were told apart."""
        return int(self._matrix.sum())

    @property
    def accuracy(self) -> float:
        """The share, of 1, that was told rightly."""
        return float(np.trace(self._matrix) / self.windows)

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy that so many independent windows allow: Wilson's score interval (1927).

        It says nothing about the luck of one training: another seed gives another classifier.
        """
        return wilson_interval(self.accuracy, self.windows)

    @property
    def chance(self) -> float:
        """The accuracy, of 1, of always naming the class that most of the windows have."""
        return float(self._matrix.sum(axis=1).max() / self.windows)

    @property
    def recalls(self) -> tuple[float | None, ...]:
        """By class, the share of its windows that was told rightly; ``None`` where there is no window of it."""
        return tuple(int(row[own]) / int(row.sum()) if row.sum() else None for own, row in enumerate(self._matrix))

    @property
    def _matrix(self) -> NDArray[np.int64]:
        return np.array(self.counts, dtype=np.int64)


def confusion_matrix(
    class_names: Sequence[str], labels: NDArray[np.int64], predicted: NDArray[np.int64]
) -> ConfusionMatrix:
    """The confusion matrix of true ``labels`` ``[N]`` and ``predicted`` ones ``[N]``, indices of ``class_names``.

    >>> confusion_matrix(("C", "G"), np.array([0, 0, 1]), np.array([0, 1, 1])).counts
    ((1, 1), (0, 1))
    """
    count = len(class_names)
    matrix = np.bincount(labels * count + predicted, minlength=count * count).reshape(count, count)
    return ConfusionMatrix(tuple(class_names), tuple(map(tuple, matrix.tolist())))


def confusion_csv(matrix: ConfusionMatrix) -> str:
    """The matrix as a spreadsheet reads it: a row for each true class, a column for each that was named, the recall."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["true class", *matrix.class_names, "recall"])
    for name, row, recall in zip(matrix.class_names, matrix.counts, matrix.recalls, strict=True):
        writer.writerow([name, *row, "" if recall is None else f"{recall:.6f}"])
    return text.getvalue()
