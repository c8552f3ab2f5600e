"""What the tables of a report hold: inception scores, and all other figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from attrs import frozen

from audiogan.report.figure_names import INCEPTION_SCORE_MEAN
from audiogan.report.figure_table import FigureTable
from audiogan.report.other_figures import figure_table, level_names
from audiogan.report.rows import Row
from audiogan.report.run_folder import Run


@final
@frozen
class Tables:
    """The rows of the table of inception scores, none where there is nothing to score, and the other figures."""

    scores: tuple[Row, ...]
    figures: FigureTable | None = None
    has_levels: bool = False
    """Whether figures by level were left out of the second table."""


def tables_of(run: Run, rows: Sequence[Row]) -> Tables:
    """The first table where an inception score is measured, published, or chooses a checkpoint; the second where there
    are other figures. Together they tell of every experiment.
    """
    scored = _has_inception_score(run, rows)
    return Tables(
        scores=tuple(rows) if scored else (),
        figures=figure_table(run, rows, epochs=not scored),
        has_levels=bool(level_names(run, rows)),
    )


def _has_inception_score(run: Run, rows: Sequence[Row]) -> bool:
    measured = [row.figures for row in rows] + [reference.real.figures for reference in run.references]
    published = [row.published for row in rows]
    chosen_by = {experiment.best_by for experiment in run.experiments}
    return INCEPTION_SCORE_MEAN in chosen_by or any(INCEPTION_SCORE_MEAN in named for named in measured + published)
