"""``table.tex``: the table for a paper, set with booktabs."""

from __future__ import annotations

from collections.abc import Sequence

from audiogan.report.rows import Row
from audiogan.report.table_text import EXPERIMENT, FIGURES, GROUPS, cells_of

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


def latex_table(caption: str, rows: Sequence[Row], notes: Sequence[str]) -> str:
    r"""A ``table`` environment to ``\input``; its document loads the ``booktabs`` package."""
    measured, published = (rf"\multicolumn{{3}}{{c}}{{{escape_latex(group)}}}" for group in GROUPS)
    lines = [
        r"% \usepackage{booktabs}",
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{escape_latex(caption)}}}",
        r"  \begin{tabular}{lrrrrrr}",
        r"    \toprule",
        rf"    & {measured} & {published} \\",
        r"    \cmidrule(lr){2-4} \cmidrule(lr){5-7}",
        _line((EXPERIMENT, *FIGURES, *FIGURES)),
        r"    \midrule",
        *(_line([escape_latex(cell) for cell in cells_of(row)]) for row in rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        *(rf"  \par\smallskip\footnotesize {escape_latex(note)}" for note in notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def escape_latex(text: str) -> str:
    r"""``text`` so that LaTeX prints it as it stands.

    >>> escape_latex("LSTM & conv, 50%")
    'LSTM \\& conv, 50\\%'
    """
    return text.translate(_TRANSLATION)


def _line(cells: Sequence[str]) -> str:
    return rf"    {' & '.join(cells)} \\"
