"""The tables of a report as texts, in parts that fit a page; every format escapes and sets them in its own way."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import final

from attrs import evolve, frozen
from rich.cells import cell_len

from audiogan.report.formatting import (
    ABSENT,
    EPOCH,
    INCEPTION_SCORE_STD,
    SCORE_NAMES,
    format_epoch,
    format_interval,
    format_score,
    format_value,
    is_level,
    one_line,
    words_of,
)
from audiogan.report.records import INCEPTION_SCORE_MEAN, Intervals, Run
from audiogan.report.rows import FINISHED, Row

PAGE_WIDTH = 80
"""Characters that tables are to fit in, on a terminal as in a paper."""
HTML_WIDTH = 110
TITLE_WIDTH = 26
"""Characters that a title is wrapped to where its format does not do so itself."""
HEADING_WIDTH = 16
"""Characters that a heading is wrapped to."""

_TITLE_WIDTH = (16, 28)
_GAP = 1
_SCORE_HEADINGS = {INCEPTION_SCORE_MEAN: "score mean", INCEPTION_SCORE_STD: "score std", EPOCH: "epoch"}


@final
@frozen
class Cell:
    """A value, and its 95 % interval where it has one."""

    text: str
    interval: str | None = None

    def on_one_line(self) -> str:
        """The interval in parentheses behind the value."""
        return self.text if self.interval is None else f"{self.text} ({self.interval})"


@final
@frozen
class Column:
    """What was measured under a name, or what was published under it."""

    name: str
    published: bool
    words: str

    @property
    def heading(self) -> str:
        """The heading on one line."""
        return " ".join(self.heading_lines)

    @property
    def heading_lines(self) -> tuple[str, ...]:
        """The heading, wrapped."""
        # a score is narrower than any of its headings
        words = textwrap.wrap(self.words, 5 if self.name in SCORE_NAMES else HEADING_WIDTH) or [""]
        return ("published", *words) if self.published else tuple(words)


@final
@frozen
class Line:
    """An experiment, or real data or noise, which are the scale of its values; as many cells as columns."""

    title: str
    cells: tuple[Cell, ...]
    is_scale: bool = False
    status: str | None = None
    """Why there are no values, which then stands in place of the first."""


@final
@frozen
class Table:
    """Lines in groups, each the experiments that were scored alike and the scale that they share."""

    columns: tuple[Column, ...]
    groups: tuple[tuple[Line, ...], ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Those of all groups."""
        return tuple(line for group in self.groups for line in group)

    @property
    def heading_rows(self) -> list[tuple[str, ...]]:
        """The headings line by line, the first row that of the table's top; the column of titles is not among them."""
        height = max(len(column.heading_lines) for column in self.columns)
        padded = [("",) * (height - len(column.heading_lines)) + column.heading_lines for column in self.columns]
        return list(zip(*padded, strict=True))

    def parts(self, width: int) -> tuple[Table, ...]:
        """The table in parts, each in ``width`` characters with intervals under values, where that suffices.

        A published value stays beside the measured one. An experiment that has no values stands in the first part,
        and in others only where they hold a published one of it.
        """
        fewest, most = _TITLE_WIDTH
        room = width - min(most, max([fewest, *(cell_len(line.title) for line in self.lines)]))
        units: list[list[int]] = []
        for position, column in enumerate(self.columns):
            if units and self.columns[units[-1][0]].name == column.name:
                units[-1].append(position)
            else:
                units.append([position])
        packed = _packed([sum(_GAP + self._width(position) for position in unit) for unit in units], room)
        first, *others = (self._part([position for unit in part for position in units[unit]]) for part in packed)
        return (first, *(part._without_bare_statuses() for part in others))

    def with_statuses(self) -> Table:
        """With each status in the cell of the first measured value."""
        place = next((place for place, column in enumerate(self.columns) if not column.published), None)
        if place is None:
            return self

        def filled(line: Line) -> Line:
            cells = list(line.cells)
            cells[place] = Cell(line.status) if line.status is not None else cells[place]
            return evolve(line, cells=tuple(cells))

        return evolve(self, groups=tuple(tuple(map(filled, group)) for group in self.groups))

    def _part(self, positions: Sequence[int]) -> Table:
        def chosen(line: Line) -> Line:
            return evolve(line, cells=tuple(line.cells[position] for position in positions))

        columns = tuple(self.columns[position] for position in positions)
        return Table(columns, tuple(tuple(map(chosen, group)) for group in self.groups)).with_statuses()

    def _without_bare_statuses(self) -> Table:
        published = [position for position, column in enumerate(self.columns) if column.published]

        def stays(line: Line) -> bool:
            return line.status is None or any(line.cells[position].text != ABSENT for position in published)

        groups = (tuple(filter(stays, group)) for group in self.groups)
        return evolve(self, groups=tuple(group for group in groups if group))

    def _width(self, position: int) -> int:
        cells = (line.cells[position] for line in self.lines)
        texts = (text for cell in cells for text in (cell.text, cell.interval) if text is not None)
        statuses = (line.status for line in self.lines if line.status is not None)
        return max(cell_len(text) for text in (*self.columns[position].heading_lines, *texts, *statuses))


def _packed(widths: Sequence[int], room: int) -> list[list[int]]:
    """Positions in as few parts as ``room`` allows, their widths then as even as their order allows."""
    packings = [_filled(widths, narrower) for narrower in range(room, 0, -1)]
    return [parts for parts in packings if len(parts) == len(packings[0])][-1]


def _filled(widths: Sequence[int], room: int) -> list[list[int]]:
    parts: list[list[int]] = []
    taken = 0
    for position, width in enumerate(widths):
        if not parts or taken + width > room:
            parts.append([])
            taken = 0
        parts[-1].append(position)
        taken += width
    return parts


@final
@frozen
class Tables:
    """The table of inception scores, and that of all other values; together they show every experiment."""

    scores: Table | None
    others: Table | None
    has_levels: bool = False
    """Whether values by level were left out of the second table."""

    def parts(self, width: int = PAGE_WIDTH) -> tuple[Table, ...]:
        """What is to be printed, one below the other."""
        scores = () if self.scores is None else (self.scores.with_statuses(),)
        return (*scores, *(() if self.others is None else self.others.parts(width)))


def tables_of(run: Run, rows: Sequence[Row]) -> Tables:
    """The first table where an inception score is measured, published, or chooses a checkpoint; the second where there
    are other values, those by level left out where there is the one that they are the levels of.
    """
    measured = [row.values for row in rows] + [group.real.values for group in run.references]
    chosen_by = {each.entry.best_by for each in run.experiments}
    scored = any(INCEPTION_SCORE_MEAN in names for names in (*measured, *(row.published for row in rows), chosen_by))
    names = value_names(run, rows)
    levels = {name for name in names if is_level(name, names)}
    others = [name for name in names if name not in SCORE_NAMES and name not in levels]
    return Tables(
        scores=_score_table(rows) if scored and rows else None,
        others=_other_values(run, rows, others if scored else [EPOCH, *others]) if others else None,
        has_levels=bool(levels),
    )


def value_names(run: Run, rows: Sequence[Row]) -> tuple[str, ...]:
    """Every value: measured, or published, by which each is first named; but for the epoch."""
    names = [*_measured_names(run, rows), *(name for row in rows for name in row.published)]
    return tuple(name for name in dict.fromkeys(names) if name != EPOCH)


def _measured_names(run: Run, rows: Sequence[Row]) -> list[str]:
    scored = [row.values for row in rows]
    for group in run.references:
        scored += [group.real.values, group.noise.values]
    # what chooses the checkpoints is awaited even where nothing is scored yet
    return [*(name for values in scored for name in values), *(each.entry.best_by for each in run.experiments)]


def _score_table(rows: Sequence[Row]) -> Table:
    columns = [Column(name, side, _SCORE_HEADINGS[name]) for side in (False, True) for name in SCORE_NAMES]

    def line(row: Row) -> Line:
        unscored = format_score(row.values.get(INCEPTION_SCORE_MEAN)) == ABSENT
        status = one_line(row.status) if row.status != FINISHED else "no score" if unscored else None
        cells = tuple(
            Cell(ABSENT) if status is not None and not column.published else _row_cell(row, column)
            for column in columns
        )
        return Line(one_line(row.title), tuple(Cell(cell.text) for cell in cells), status=status)

    return Table(tuple(columns), (tuple(map(line, rows)),))


def _other_values(run: Run, rows: Sequence[Row], names: Sequence[str]) -> Table:
    measured = {EPOCH, *_measured_names(run, rows)}
    published = {name for row in rows for name in row.published}
    columns = tuple(
        Column(name, side, words_of(name))
        for name in names
        for side, present in ((False, name in measured), (True, name in published))
        if present
    )
    waiting = {row.name: row for row in rows}
    groups = []
    for reference in run.references:
        members = [waiting.pop(name) for name in list(waiting) if name in reference.experiments]
        scale = [
            Line(title, tuple(_scale_cell(column, side.values, side.intervals) for column in columns), is_scale=True)
            for title, side in (("real data", reference.real), ("noise", reference.noise))
            if side.values
        ]
        if members:
            groups.append((*(_line(row, columns) for row in members), *scale))
    if waiting:
        groups.append(tuple(_line(row, columns) for row in waiting.values()))
    return Table(columns, tuple(groups))


def _line(row: Row, columns: Sequence[Column]) -> Line:
    status = None if row.status == FINISHED else one_line(row.status)
    return Line(one_line(row.title), tuple(_row_cell(row, column) for column in columns), status=status)


def _row_cell(row: Row, column: Column) -> Cell:
    value = row.published.get(column.name)
    if not column.published:
        value = row.epoch if column.name == EPOCH else row.values.get(column.name)
    interval = None if column.published or value is None else format_interval(row.intervals.get(column.name))
    worded: Callable[[float | None], str] = format_value
    if column.name in SCORE_NAMES:
        worded = format_epoch if column.name == EPOCH else format_score
    return Cell(worded(value), interval)


def _scale_cell(column: Column, values: Mapping[str, float], intervals: Intervals) -> Cell:
    if column.published or column.name not in values:
        return Cell(ABSENT)
    return Cell(format_value(values[column.name]), format_interval(intervals.get(column.name)))
