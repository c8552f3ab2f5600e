"""Tables on standard output: ruled on a terminal, aligned plain text elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import final

from attrs import field, frozen

from audiogan.cli.printable import printable, printable_lines


@final
@frozen
class TextTable:
    """A titled table of short texts; ``notes`` are lines printed beneath it."""

    title: str
    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    notes: Sequence[str] = field(factory=tuple)


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
    cells = [tuple(map(printable, row)) for row in (*head, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines += [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    lines += [f"  {printable(note)}" for note in table.notes]
    return "\n".join(lines)


def _print_ruled(tables: Sequence[TextTable]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    for table in tables:
        console.print(Text(printable_lines(table.title), style="bold"))
        if table.rows:
            ruled = Table(*table.columns, box=SIMPLE_HEAD, pad_edge=False, show_header=any(table.columns))
            for row in table.rows:
                ruled.add_row(*(Text(printable(cell)) for cell in row))
            console.print(ruled)
        for note in table.notes:
            console.print(Text(printable(note)))
        console.print()
