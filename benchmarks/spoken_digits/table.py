"""The table of the documentation, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from audiogan.report.formatting import ABSENT
from benchmarks.spoken_digits.results import FolderFigures, Training

ROWS = {
    "inception_score_mean": "`inception_score_mean`, at most 10",
    "frechet_distance": "`frechet_distance`",
    "precision": "`precision`",
    "recall": "`recall`",
    "checkerboard_db_level_1": "`checkerboard_db_level_1`",
}


def markdown_report(training: Training, found: Mapping[str, FolderFigures]) -> str:
    """How good the classifier is, and a column of figures for each folder."""
    return f"{_sentence(training)}\n\n{_table(found)}"


def _sentence(training: Training) -> str:
    low, high = training.interval
    return (
        f"Right on {training.accuracy:.1%} of {training.windows} held-out windows (95% interval {low:.1%} to "
        f"{high:.1%}), trained in {training.seconds:.0f} s."
    )


def _table(found: Mapping[str, FolderFigures]) -> str:
    lines = [("figure", *found), ("---", *["---:"] * len(found))]
    lines += [
        (label, *(str(folder.figures.get(figure, ABSENT)) for folder in found.values()))
        for figure, label in ROWS.items()
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
