"""``table.md``: the tables for a README or an issue."""

from __future__ import annotations

import re
from collections.abc import Sequence

from audiogan.report.figure_table import FigureTable
from audiogan.report.rows import Row
from audiogan.report.table_text import EXPERIMENT, FIGURES, PAGE_WIDTH, cells_of
from audiogan.report.tables import Tables

_ACTIVE = re.compile(r"[\\`*_\[\]<>|~$]|&(?=[#A-Za-z])|^[#+=-]|(?<=^\d)[.)](?=\s)")


def markdown_table(caption: str, tables: Tables, notes: Sequence[str]) -> str:
    """Pipe tables in GitHub's Markdown, their caption above and their notes as a list below."""
    parts = tables.figures.blocks(PAGE_WIDTH) if tables.figures is not None else ()
    lines = [f"**{escape_markdown(caption)}**"]
    for table in (*([_score_table(tables.scores)] if tables.scores else []), *map(_figure_table, parts)):
        lines += ["", *table]
    if notes:
        lines += ["", *(f"- {escape_markdown(note)}" for note in notes)]
    return "\n".join(lines) + "\n"


def _score_table(rows: Sequence[Row]) -> list[str]:
    header = (EXPERIMENT, *FIGURES, *(f"published {figure}" for figure in FIGURES))
    return _table(header, [cells_of(row) for row in rows])


def _figure_table(table: FigureTable) -> list[str]:
    header = (EXPERIMENT, *(column.heading for column in table.columns))
    return _table(header, [(line.title, *(cell.on_one_line() for cell in line.cells)) for line in table.lines])


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        _line([escape_markdown(cell) for cell in header]),
        _line(("---", *["---:"] * (len(header) - 1))),
        *(_line([escape_markdown(cell) for cell in row]) for row in rows),
    ]


def escape_markdown(text: str) -> str:
    r"""``text``, of one line, so that Markdown shows it as it stands, in a table or elsewhere.

    >>> escape_markdown("LSTM & conv | n_fft")
    'LSTM & conv \\| n\\_fft'
    """
    return _ACTIVE.sub(lambda match: "\\" + match[0], text)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
