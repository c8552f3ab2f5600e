"""``table.md``: the table for a README or an issue."""

from __future__ import annotations

import re
from collections.abc import Sequence

from audiogan.report.rows import Row
from audiogan.report.table_text import EXPERIMENT, FIGURES, cells_of

_ACTIVE = re.compile(r"[\\`*_\[\]<>|~$]|&(?=[#A-Za-z])|^[#+=-]|(?<=^\d)[.)](?=\s)")


def markdown_table(caption: str, rows: Sequence[Row], notes: Sequence[str]) -> str:
    """A pipe table in GitHub's Markdown, its caption above and its notes as a list below."""
    header = (EXPERIMENT, *FIGURES, *(f"published {figure}" for figure in FIGURES))
    lines = [
        f"**{escape_markdown(caption)}**",
        "",
        _line(header),
        _line(("---", *["---:"] * (len(header) - 1))),
        *(_line([escape_markdown(cell) for cell in cells_of(row)]) for row in rows),
    ]
    if notes:
        lines += ["", *(f"- {escape_markdown(note)}" for note in notes)]
    return "\n".join(lines) + "\n"


def escape_markdown(text: str) -> str:
    r"""``text``, of one line, so that Markdown shows it as it stands, in a table or elsewhere.

    >>> escape_markdown("LSTM & conv | n_fft")
    'LSTM & conv \\| n\\_fft'
    """
    return _ACTIVE.sub(lambda match: "\\" + match[0], text)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
