"""The tables of the report's page."""

from __future__ import annotations

from collections.abc import Sequence

from audiogan.report.figure_table import Cell, Column, FigureTable, Line
from audiogan.report.html_parts import text_of
from audiogan.report.rows import FINISHED, Row
from audiogan.report.table_text import EXPERIMENT, FIGURES, GROUPS, cells_of

_WIDTH = 110
"""Characters that the page has room for."""


def score_table(rows: Sequence[Row]) -> list[str]:
    """The table of inception scores as lines, none where there are no rows."""
    if not rows:
        return []
    groups = "".join(f'<th colspan="{len(FIGURES)}" scope="colgroup">{group}</th>' for group in GROUPS)
    figures = "".join(f'<th scope="col">{figure}</th>' for figure in (*FIGURES, *FIGURES))
    return [
        '<div class="scroll"><table class="scores">',
        "<colgroup></colgroup>" + f'<colgroup span="{len(FIGURES)}"></colgroup>' * len(GROUPS),
        f"<thead><tr><td></td>{groups}</tr>",
        f'<tr><th scope="col">{EXPERIMENT}</th>{figures}</tr></thead>',
        "<tbody>",
        *(_score_row(row) for row in rows),
        "</tbody></table></div>",
    ]


def _score_row(row: Row) -> str:
    title, *cells = (text_of(cell) for cell in cells_of(row))
    measured, published = cells[: len(FIGURES)], cells[len(FIGURES) :]
    if row.status == FINISHED and row.inception_score_mean is not None:
        figures = "".join(f"<td>{cell}</td>" for cell in measured)
    else:
        figures = f'<td class="status" colspan="{len(FIGURES)}">{measured[0]}</td>'
    beside = "".join(f'<td class="published">{cell}</td>' for cell in published)
    return f'<tr><th scope="row">{title}</th>{figures}{beside}</tr>'


def figure_tables(table: FigureTable | None) -> list[str]:
    """The figures beside the inception score as lines, in tables as wide as the page."""
    return [line for part in (table.blocks(_WIDTH) if table is not None else ()) for line in _figure_table(part)]


def _figure_table(part: FigureTable) -> list[str]:
    texts = ("<br>".join(map(text_of, column.heading_lines)) for column in part.columns)
    headings = "".join(f'<th scope="col">{text}</th>' for text in texts)
    return [
        '<div class="scroll"><table class="scores figures">',
        f'<thead><tr><th scope="col">{EXPERIMENT}</th>{headings}</tr></thead>',
        *(f"<tbody>{''.join(_figure_row(line, part.columns) for line in group)}</tbody>" for group in part.groups),
        "</table></div>",
    ]


def _figure_row(line: Line, columns: Sequence[Column]) -> str:
    cells = "".join(_figure_cell(cell, column, line) for cell, column in zip(line.cells, columns, strict=True))
    opening = '<tr class="scale">' if line.is_scale else "<tr>"
    return f'{opening}<th scope="row">{text_of(line.title)}</th>{cells}</tr>'


def _figure_cell(cell: Cell, column: Column, line: Line) -> str:
    interval = "" if cell.interval is None else f"<small>{text_of(cell.interval)}</small>"
    kind = "published" if column.published else "status" if cell.text == line.status else ""
    opening = f'<td class="{kind}">' if kind else "<td>"
    return f"{opening}{text_of(cell.text)}{interval}</td>"
