"""The table of inception scores as texts, which every format then escapes and sets in its own way."""

from __future__ import annotations

from audiogan.report.formatting import ABSENT, format_epoch, format_score, one_line
from audiogan.report.rows import FINISHED, Row

EXPERIMENT = "experiment"
GROUPS = ("inception score", "published")
FIGURES = ("mean", "std", "epoch")
PAGE_WIDTH = 80
"""Characters that tables are to fit in, on a terminal as in a paper."""


def cells_of(row: Row) -> tuple[str, ...]:
    """Seven texts: the title, the three measured figures and the three published ones.

    A row without figures says why where its mean would stand, and has dashes for the rest.
    """
    if row.status != FINISHED:
        measured = (one_line(row.status), ABSENT, ABSENT)
    elif row.inception_score_mean is None:
        measured = ("no score", ABSENT, ABSENT)
    else:
        measured = (
            format_score(row.inception_score_mean),
            format_score(row.inception_score_std),
            format_epoch(row.epoch),
        )
    return (
        one_line(row.title),
        *measured,
        format_score(row.published.get("inception_score_mean")),
        format_score(row.published.get("inception_score_std")),
        format_epoch(row.published.get("epoch")),
    )
