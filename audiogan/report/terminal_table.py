"""The table for the terminal, and the same without colours for a log."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from audiogan.report.rows import FINISHED
from audiogan.report.table_text import EXPERIMENT, FIGURES, cells_of

if TYPE_CHECKING:
    from audiogan.report.write import Report


def render_table(report: Report) -> RenderableType:
    """What ``rich`` prints on a terminal: caption, table and notes, wrapped to its width; 80 columns suffice."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column(Text(f"\n{EXPERIMENT}"), min_width=16, overflow="fold")
    for position, figure in enumerate((*FIGURES, *FIGURES)):
        first_published = position == len(FIGURES)
        table.add_column(
            Text(f"published\n{figure}" if first_published else f"\n{figure}"),
            justify="right",
            no_wrap=True,
            style="dim" if position >= len(FIGURES) else "",
        )
    for row in report.rows:
        title, mean, *others = cells_of(row)
        measured = Text(mean, style="bold" if row.status == FINISHED else "yellow")
        table.add_row(Text(title), measured, *(Text(cell) for cell in others))
    notes = Table.grid(padding=(0, 1))
    for note in report.notes:
        notes.add_row(Text("-", style="dim"), Text(note, style="dim"))
    return Group(Text(report.caption, style="bold"), Text(), table, Text(), notes)


def plain_table(report: Report, *, width: int = 80) -> str:
    """The same as lines of text of at most ``width`` characters, for a pipe or a file."""
    text = io.StringIO()
    Console(file=text, width=width, color_system=None, force_terminal=False).print(render_table(report))
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
