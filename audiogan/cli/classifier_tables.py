"""What ``audiogan train-classifier`` prints at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiogan.cli.text_table import TextTable

if TYPE_CHECKING:
    from audiogan.evaluation.classifier import ConfusionMatrix, TrainedClassifier

_WIDEST_MATRIX = 20
"""Classes from which on a matrix is too wide to read; the most frequent confusions are listed instead."""
_CONFUSIONS_LISTED = 10


def classifier_tables(classifier: TrainedClassifier) -> list[TextTable]:
    """Accuracy, recall of each class, and which classes are taken for which."""
    matrix = classifier.confusion
    if matrix is None:
        return []
    low, high = matrix.accuracy_interval
    notes = (
        f"{classifier.accuracy_in_words}, 95% interval {low:.1%} to {high:.1%}, on {matrix.windows} windows "
        f"({classifier.protocol['held_out_split']}), which had no part in the training",
        f"chance {matrix.chance:.1%}: always naming the class that most of these windows have",
    )
    return [_recall_table(matrix, notes), _confusion_table(matrix)]


def _recall_table(matrix: ConfusionMatrix, notes: tuple[str, ...]) -> TextTable:
    rows = [
        (name, str(sum(row)), "–" if recall is None else f"{recall:.1%}")
        for name, row, recall in zip(matrix.class_names, matrix.counts, matrix.recalls, strict=True)
    ]
    return TextTable("Held-out windows by class", ("class", "windows", "recall"), rows, notes)


def _confusion_table(matrix: ConfusionMatrix) -> TextTable:
    if len(matrix.class_names) <= _WIDEST_MATRIX:
        rows = [
            (name, *(str(count) if count else "·" for count in row))
            for name, row in zip(matrix.class_names, matrix.counts, strict=True)
        ]
        return TextTable("Confusion: a row for each true class", ("true", *matrix.class_names), rows)
    confusions = sorted(
        (
            (-count, true, named)
            for true, row in enumerate(matrix.counts)
            for named, count in enumerate(row)
            if count and true != named
        )
    )
    rows = [
        (matrix.class_names[true], matrix.class_names[named], str(-count))
        for count, true, named in confusions[:_CONFUSIONS_LISTED]
    ]
    notes = (f"{len(rows)} of {len(confusions)} pairs; all of them are in confusion.csv",)
    return TextTable("The most frequent confusions", ("true", "taken for", "windows"), rows, notes)
