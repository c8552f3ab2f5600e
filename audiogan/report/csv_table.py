"""``table.csv``: the figures unrounded, for a spreadsheet or a data frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from audiogan.report.figure_names import INCEPTION_SCORE_MEAN
from audiogan.report.rows import Row, row_as_json

_MEASURED = ("inception_score_mean", "inception_score_std", "epoch")
COLUMNS = ("name", "title", "status", *_MEASURED, *(f"published_{name}" for name in _MEASURED), "steps", "samples")


def csv_table(rows: Sequence[Row], figures: Sequence[str] = ()) -> str:
    """Comma-separated values after RFC 4180, with a header; a figure that does not exist is an empty field.

    Each of ``figures``, which are those beside the inception score, adds ``FIGURE``, ``FIGURE_low`` and ``FIGURE_high``
    (its 95 % interval), and ``published_FIGURE`` where one is published; a name that is taken becomes ``figure_NAME``.
    The interval of the inception score's mean ends the row.
    """
    published = [name for name in figures if any(name in row.published for row in rows)]
    header = list(COLUMNS)
    added = (f"{name}{end}" for name in figures for end in ("", "_low", "_high"))
    ends = (f"{INCEPTION_SCORE_MEAN}{end}" for end in ("_low", "_high"))
    for column in (*added, *map(_published, published), *ends):
        header.append(_free_name(column, header))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    for row in rows:
        values = row_as_json(row)
        beside = {_published(name): value for name, value in values["published"].items()}
        writer.writerow(
            [
                *({**values, **beside}.get(column) for column in COLUMNS),
                *(
                    value
                    for name in figures
                    for value in (values["figures"].get(name), *values["intervals"].get(name, (None, None)))
                ),
                *(values["published"].get(name) for name in published),
                *values["intervals"].get(INCEPTION_SCORE_MEAN, (None, None)),
            ]
        )
    return text.getvalue()


def _published(name: str) -> str:
    return f"published_{name}"


def _free_name(column: str, taken: Sequence[str]) -> str:
    while column in taken:
        column = f"figure_{column}"
    return column
