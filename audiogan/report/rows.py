"""The rows of the table, before any wording, and the files that hold them unrounded."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, final

from attrs import field, frozen

from audiogan.report.formatting import EPOCH, one_line
from audiogan.report.records import Experiment, Intervals, Run

FINISHED = "finished"
UNFINISHED = "unfinished"
NOT_STARTED = "not started"


@final
@frozen
class Row:
    """One experiment of the table; values, their 95 % intervals and the epoch are those of a finished one."""

    name: str
    title: str
    status: str
    epoch: float | None = None
    """That of the best checkpoint."""
    steps: int | None = None
    samples: int | None = None
    values: Mapping[str, float] = field(factory=dict)
    intervals: Intervals = field(factory=dict)
    published: Mapping[str, float] = field(factory=dict)
    error: str | None = None
    continuation_error: str | None = None


@final
@frozen
class TableRecord:
    """``table.json``."""

    FORMAT: ClassVar[int] = 2
    rows: tuple[Row, ...]


def rows_of(run: Run) -> tuple[Row, ...]:
    """A row for every experiment, in the order of the experiment file."""
    return tuple(map(_row, run.experiments))


def _row(experiment: Experiment) -> Row:
    entry, result, finished = experiment.entry, experiment.result, experiment.finished
    last_step = experiment.steps[-1].step if experiment.steps else None
    started = UNFINISHED if experiment.steps or experiment.scores else NOT_STARTED
    return Row(
        name=entry.name,
        title=entry.title,
        status=started if result is None else result.status,
        epoch=finished.best_epoch if finished else None,
        steps=last_step if result is None or result.steps is None else result.steps,
        samples=finished.samples if finished else None,
        values=finished.values if finished else {},
        intervals=finished.intervals if finished else {},
        published=entry.published,
        error=None if result is None else result.error,
        continuation_error=None if result is None else result.continuation_error,
    )


_COLUMNS = ("name", "title", "status", EPOCH, "steps", "samples")


def csv_table(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Comma-separated values after RFC 4180, with a header; a value that does not exist is an empty field.

    Each of ``names`` adds ``NAME``, ``NAME_low`` and ``NAME_high`` (its 95 % interval), and ``published_NAME`` where
    one is published; a name that is taken becomes ``value_NAME``. Texts are on one line, and an apostrophe in front of
    those that a spreadsheet would take for a formula.
    """
    header = list(_COLUMNS)
    published = [name for name in (EPOCH, *names) if any(name in row.published for row in rows)]
    added = (f"{name}{end}" for name in names for end in ("", "_low", "_high"))
    for column in (*added, *(f"published_{name}" for name in published)):
        while column in header:
            column = f"value_{column}"
        header.append(column)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(_cell, header))
    for row in rows:
        cells: list[Any] = [getattr(row, column) for column in _COLUMNS]
        for name in names:
            cells += [row.values.get(name), *row.intervals.get(name, (None, None))]
        writer.writerow(map(_cell, [*cells, *(row.published.get(name) for name in published)]))
    return text.getvalue()


def _cell(value: str | float | None) -> str | float | None:
    if isinstance(value, str):
        text = one_line(value)
        return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
    if isinstance(value, float):
        return int(value) if value.is_integer() else value if math.isfinite(value) else None
    return value
