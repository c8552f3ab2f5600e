"""The tables for the terminal, and the same without colours for a log."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from audiogan.report.figure_table import Cell, FigureTable
from audiogan.report.rows import FINISHED, Row
from audiogan.report.table_text import EXPERIMENT, FIGURES, PAGE_WIDTH, cells_of

if TYPE_CHECKING:
    from audiogan.report.write import Report


def render_table(report: Report) -> RenderableType:
    """What ``rich`` prints on a terminal: caption, tables and notes, wrapped to its width; 80 columns suffice."""
    parts = report.tables.figures.blocks(PAGE_WIDTH) if report.tables.figures is not None else ()
    tables = [*([_score_table(report.tables.scores)] if report.tables.scores else []), *map(_figure_table, parts)]
    notes = Table.grid(padding=(0, 1))
    for note in report.notes:
        notes.add_row(Text("-", style="dim"), Text(note, style="dim"))
    spaced = [part for table in tables for part in (table, Text())]
    return Group(Text(report.caption, style="bold"), Text(), *spaced, notes)


def _score_table(rows: Sequence[Row]) -> Table:
    table = _empty_table(f"\n{EXPERIMENT}")
    for position, figure in enumerate((*FIGURES, *FIGURES)):
        first_published = position == len(FIGURES)
        table.add_column(
            Text(f"published\n{figure}" if first_published else f"\n{figure}"),
            justify="right",
            no_wrap=True,
            style="dim" if position >= len(FIGURES) else "",
        )
    for row in rows:
        title, mean, *others = cells_of(row)
        measured = Text(mean, style="bold" if row.status == FINISHED else "yellow")
        table.add_row(Text(title), measured, *(Text(cell) for cell in others))
    return table


def _figure_table(part: FigureTable) -> Table:
    height = max(len(column.heading_lines) for column in part.columns)
    table = _empty_table("\n" * (height - 1) + EXPERIMENT)
    for column in part.columns:
        above = "\n" * (height - len(column.heading_lines))
        table.add_column(
            Text(above + "\n".join(column.heading_lines)),
            justify="right",
            overflow="fold",
            style="dim" if column.published else "",
        )
    for group in part.groups:
        for line in group:
            table.add_row(Text(line.title), *map(_figure, line.cells), style="italic" if line.is_scale else "")
        table.add_section()
    return table


def _figure(cell: Cell) -> Text:
    return Text(cell.text) if cell.interval is None else Text.assemble(cell.text, "\n", (cell.interval, "dim"))


def _empty_table(heading: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column(Text(heading), min_width=16, overflow="fold")
    return table


def plain_table(report: Report, *, width: int = PAGE_WIDTH) -> str:
    """The same as lines of text of at most ``width`` characters, for a pipe or a file."""
    text = io.StringIO()
    Console(file=text, width=width, color_system=None, force_terminal=False).print(render_table(report))
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
