"""``table.csv``: the figures unrounded, for a spreadsheet or a data frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from audiogan.report.rows import Row, row_as_json

_MEASURED = ("inception_score_mean", "inception_score_std", "epoch")
COLUMNS = ("name", "title", "status", *_MEASURED, *(f"published_{name}" for name in _MEASURED), "steps", "samples")


def csv_table(rows: Sequence[Row]) -> str:
    """Comma-separated values after RFC 4180, with a header; a figure that does not exist is an empty field."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        values = row_as_json(row)
        published = {f"published_{name}": value for name, value in values["published"].items()}
        writer.writerow({**values, **published})
    return text.getvalue()
