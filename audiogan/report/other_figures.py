"""The figures of a run beside its inception scores: which there are, and the table of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from audiogan.report.figure_names import EPOCH, IN_SCORE_TABLE, is_level
from audiogan.report.figure_table import Cell, Column, FigureTable, Line
from audiogan.report.formatting import ABSENT, format_epoch, format_interval, format_measured, one_line
from audiogan.report.rows import FINISHED, Row
from audiogan.report.run_folder import Run

REAL_DATA = "real data"
NOISE = "noise"

Interval = tuple[float, float]


def figure_table(run: Run, rows: Sequence[Row], *, epochs: bool) -> FigureTable | None:
    """All that is measured or published beside the inception score, in the order of the metrics.

    Figures by level are left out where there is the one that they are the levels of. ``None`` where nothing is left;
    ``epochs`` says whether the epoch of the best checkpoint is to be among the columns.
    """
    names = [name for name in figure_names(run, rows) if name not in level_names(run, rows)]
    if not names:
        return None
    columns = _columns(run, rows, [EPOCH, *names] if epochs else names)
    return FigureTable(columns, _groups(run, {row.name: row for row in rows}, columns))


def figure_names(run: Run, rows: Sequence[Row]) -> tuple[str, ...]:
    """Every figure beside the inception score: measured, or published, by which each is first named."""
    names = [*_measured_names(run, rows), *(name for row in rows for name in row.published)]
    return tuple(name for name in dict.fromkeys(names) if name not in IN_SCORE_TABLE)


def level_names(run: Run, rows: Sequence[Row]) -> frozenset[str]:
    """Those of the figures that are single levels of another one."""
    names = figure_names(run, rows)
    return frozenset(name for name in names if is_level(name, names))


def _measured_names(run: Run, rows: Sequence[Row]) -> list[str]:
    scored: list[Mapping[str, float]] = [row.figures for row in rows]
    for reference in run.references:
        scored += [reference.real.figures, reference.noise.figures]
    # what chooses the checkpoints is awaited even where nothing is scored yet
    return [*(name for figures in scored for name in figures), *(experiment.best_by for experiment in run.experiments)]


def _columns(run: Run, rows: Sequence[Row], names: Sequence[str]) -> tuple[Column, ...]:
    measured = {EPOCH, *_measured_names(run, rows)}
    published = {name for row in rows for name in row.published}
    return tuple(
        Column(name, published=side)
        for name in names
        for side, present in ((False, name in measured), (True, name in published))
        if present
    )


def _groups(run: Run, rows: dict[str, Row], columns: Sequence[Column]) -> tuple[tuple[Line, ...], ...]:
    waiting = dict(rows)
    groups = []
    for reference in run.references:
        members = [row for row in rows.values() if row.name in reference.experiments and row.name in waiting]
        if not members:
            continue
        for row in members:
            del waiting[row.name]
        scale = [
            Line(title, tuple(_scale_cell(column, scored.figures, scored.intervals) for column in columns), True)
            for title, scored in ((REAL_DATA, reference.real), (NOISE, reference.noise))
            if scored.figures
        ]
        groups.append((*(_experiment_line(row, columns) for row in members), *scale))
    if waiting:
        groups.append(tuple(_experiment_line(row, columns) for row in waiting.values()))
    return tuple(groups)


def _experiment_line(row: Row, columns: Sequence[Column]) -> Line:
    status = None if row.status == FINISHED else one_line(row.status)
    return Line(one_line(row.title), tuple(_experiment_cell(row, column) for column in columns), status=status)


def _experiment_cell(row: Row, column: Column) -> Cell:
    if column.name == EPOCH:
        return Cell(format_epoch(row.published.get(EPOCH) if column.published else row.epoch))
    if column.published:
        return _cell(row.published.get(column.name), None)
    return _cell(row.figures.get(column.name), row.intervals.get(column.name))


def _scale_cell(column: Column, figures: Mapping[str, float], intervals: Mapping[str, Interval]) -> Cell:
    if column.published or column.name == EPOCH:
        return Cell(ABSENT)
    return _cell(figures.get(column.name), intervals.get(column.name))


def _cell(value: float | None, interval: Interval | None) -> Cell:
    if value is None:
        return Cell(ABSENT)
    finite = interval is not None and all(map(math.isfinite, interval))
    return Cell(format_measured(value), format_interval(interval) if interval is not None and finite else None)
