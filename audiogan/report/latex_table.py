"""``table.tex``: the tables for a paper, set with booktabs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from audiogan.report.figure_table import FigureTable, Line
from audiogan.report.rows import Row
from audiogan.report.table_text import EXPERIMENT, FIGURES, GROUPS, PAGE_WIDTH, cells_of
from audiogan.report.tables import Tables

_COMMANDS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "±": r"$\pm$",
    "×": r"$\times$",
}
_TRANSLATION = str.maketrans(_COMMANDS)
_MINUS = re.compile(r"(?<!\w)-(?=\d)")
_SPACE = r"  \par\medskip"


def latex_table(caption: str, tables: Tables, notes: Sequence[str]) -> str:
    r"""A ``table`` environment to ``\input``; its document loads the ``booktabs`` package."""
    parts = tables.figures.blocks(PAGE_WIDTH) if tables.figures is not None else ()
    tabulars = [*([_score_table(tables.scores)] if tables.scores else []), *map(_figure_table, parts)]
    lines = [
        r"% \usepackage{booktabs}",
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{escape_latex(caption)}}}",
        *(line for position, tabular in enumerate(tabulars) for line in (*([_SPACE] if position else []), *tabular)),
        *(rf"  \par\smallskip\footnotesize {escape_latex(note)}" for note in notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _score_table(rows: Sequence[Row]) -> list[str]:
    measured, published = (rf"\multicolumn{{3}}{{c}}{{{escape_latex(group)}}}" for group in GROUPS)
    return [
        r"  \begin{tabular}{lrrrrrr}",
        r"    \toprule",
        rf"    & {measured} & {published} \\",
        r"    \cmidrule(lr){2-4} \cmidrule(lr){5-7}",
        _line((EXPERIMENT, *FIGURES, *FIGURES)),
        r"    \midrule",
        *(_line([escape_latex(cell) for cell in cells_of(row)]) for row in rows),
        r"    \bottomrule",
        r"  \end{tabular}",
    ]


def _figure_table(table: FigureTable) -> list[str]:
    height = max(len(column.heading_lines) for column in table.columns)
    headings = [("",) * (height - len(column.heading_lines)) + column.heading_lines for column in table.columns]
    titles = [""] * (height - 1) + [EXPERIMENT]
    return [
        rf"  \begin{{tabular}}{{l{'r' * len(table.columns)}}}",
        r"    \toprule",
        *(_line([titles[row], *(escape_latex(lines[row]) for lines in headings)]) for row in range(height)),
        *(row for group in table.groups for row in _group(group)),
        r"    \bottomrule",
        r"  \end{tabular}",
    ]


def _group(lines: Sequence[Line]) -> list[str]:
    return [r"    \midrule", *(row for line in lines for row in _rows(line))]


def _rows(line: Line) -> list[str]:
    rows = [_line([escape_latex(line.title), *(_number(cell.text) for cell in line.cells)])]
    if any(cell.interval is not None for cell in line.cells):
        intervals = (rf"\footnotesize {_number(cell.interval)}" if cell.interval else "" for cell in line.cells)
        rows.append(_line(["", *intervals]))
    return rows


def _number(text: str) -> str:
    # a hyphen in text is too short for a minus sign
    return _MINUS.sub("$-$", escape_latex(text))


def escape_latex(text: str) -> str:
    r"""``text`` so that LaTeX prints it as it stands.

    >>> escape_latex("LSTM & conv, 50%")
    'LSTM \\& conv, 50\\%'
    """
    return text.translate(_TRANSLATION)


def _line(cells: Sequence[str]) -> str:
    return rf"    {' & '.join(cells).lstrip()} \\"
