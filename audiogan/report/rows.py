"""The rows of the table, before any wording."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, final

from attrs import frozen

from audiogan.report.run_folder import Experiment, Run

FINISHED = "finished"
UNFINISHED = "unfinished"
NOT_STARTED = "not started"


@final
@frozen
class Row:
    """One experiment of the table.

    The inception score and the epoch (that of the best checkpoint) are ``None`` unless the experiment is finished and
    the figure is a finite number. ``figures`` holds what every metric measured, ``intervals`` the 95 % interval of
    those that have one.
    """

    name: str
    title: str
    status: str
    inception_score_mean: float | None
    inception_score_std: float | None
    epoch: float | None
    published: Mapping[str, float]
    steps: int | None
    samples: int | None
    figures: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    error: str | None


def rows_of(run: Run) -> tuple[Row, ...]:
    """A row for every experiment, in the order of the experiment file."""
    return tuple(_row(experiment) for experiment in run.experiments)


def row_as_json(row: Row) -> dict[str, Any]:
    """The row as ``table.json`` holds it: whole epochs as integers, a figure that is not finite as null."""
    return {
        "name": row.name,
        "title": row.title,
        "inception_score_mean": row.inception_score_mean,
        "inception_score_std": row.inception_score_std,
        "epoch": _whole_as_integer(row.epoch),
        "published": {name: _finite(value) for name, value in row.published.items()},
        "status": row.status,
        "steps": row.steps,
        "samples": row.samples,
        "figures": {name: _finite(value) for name, value in row.figures.items()},
        "intervals": {name: [_finite(low), _finite(high)] for name, (low, high) in row.intervals.items()},
        "error": row.error,
    }


def _row(experiment: Experiment) -> Row:
    result, log = experiment.result, experiment.log
    finished = result is not None and result.status == FINISHED
    figures = result.figures if result is not None and finished else {}
    started = log.steps or log.scores
    return Row(
        name=experiment.name,
        title=experiment.title,
        status=result.status if result is not None else UNFINISHED if started else NOT_STARTED,
        inception_score_mean=_finite(figures.get("inception_score_mean")),
        inception_score_std=_finite(figures.get("inception_score_std")),
        epoch=_finite(result.best_epoch) if result is not None and finished else None,
        published=experiment.published,
        steps=result.steps
        if result is not None and result.steps is not None
        else log.steps[-1].step
        if log.steps
        else None,
        samples=result.samples if result is not None and finished else None,
        figures=figures,
        intervals=result.intervals if result is not None and finished else {},
        error=result.error if result is not None else None,
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _whole_as_integer(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value
