"""Tables on standard output: ruled on a terminal, aligned plain text elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import zip_longest
from typing import final

from attrs import field, frozen
from rich.cells import cell_len

from audiogan.cli.printable import printable, printable_lines


@final
@frozen
class TextTable:
    """A titled table of short texts, which may have several lines; ``notes`` are printed beneath it."""

    title: str
    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    notes: Sequence[str] = field(factory=tuple)
    numeric: bool = False
    """Whether all columns but the first hold numbers, which stand at the right of them and close together."""


def print_tables(tables: Sequence[TextTable]) -> None:
    """Prints tables one after another to standard output; control characters in them are escaped."""
    if sys.stdout.isatty():
        _print_ruled(tables)
    else:
        print("\n\n".join(plain(table) for table in tables))


def plain(table: TextTable) -> str:
    """The table as aligned text without rules.

    >>> print(plain(TextTable("Sizes", ("name", "value"), [("dim", "64")])))
    Sizes
      name  value
      dim   64
    """
    lines = [printable_lines(table.title)]
    head = [table.columns] if table.rows and any(table.columns) else []
    cells = [line for row in (*head, *table.rows) for line in _lines_of(row)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (width - cell_len(cell))
            padded.append(blank + cell if table.numeric and place else cell + blank)
        lines.append((" ".join(padded) if table.numeric else f"  {'  '.join(padded)}").rstrip())
    lines += [f"  {printable(note)}" for note in table.notes]
    return "\n".join(lines)


def _lines_of(row: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A row as rows of one line."""
    return list(zip_longest(*(map(printable, cell.split("\n")) for cell in row), fillvalue=""))


def _print_ruled(tables: Sequence[TextTable]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    for table in tables:
        console.print(Text(printable_lines(table.title), style="bold"))
        if table.rows:
            padding = (0, 1, 0, 0) if table.numeric else (0, 1)
            ruled = Table(box=SIMPLE_HEAD, pad_edge=False, padding=padding, show_header=any(table.columns))
            for place, column in enumerate(table.columns):
                ruled.add_column(Text(printable_lines(column)), justify="right" if table.numeric and place else "left")
            for row in table.rows:
                ruled.add_row(*(Text(printable_lines(cell)) for cell in row))
            console.print(ruled)
        for note in table.notes:
            console.print(Text(printable(note)))
        console.print()
