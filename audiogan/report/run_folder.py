"""Reading a run folder: everything that the report is made of, and nothing of the networks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

from attrs import field, frozen

from audiogan.errors import DataError
from audiogan.report.figure_names import INCEPTION_SCORE_MEAN
from audiogan.report.json_record import JsonRecord, read_json, record_of, records_in
from audiogan.report.metrics_log import MetricsLog, read_metrics_log


@final
@frozen
class Result:
    """How an experiment ended. Only a ``status`` of "finished" vouches for the figures."""

    status: str
    steps: int | None = None
    epochs: float | None = None
    best_step: int | None = None
    best_epoch: float | None = None
    figures: Mapping[str, float] = field(factory=dict)
    intervals: Mapping[str, tuple[float, float]] = field(factory=dict)
    samples: int | None = None
    protocol: Mapping[str, Any] = field(factory=dict)
    left_out: Mapping[str, str] = field(factory=dict)
    """By metric, why figures of it are missing."""
    error: str | None = None


@final
@frozen
class Experiment:
    """One experiment as found on disk; ``result`` is absent until it has ended."""

    name: str
    title: str
    published: Mapping[str, float]
    best_by: str
    """The figure that chooses the best checkpoint."""
    log: MetricsLog
    result: Result | None


@final
@frozen
class Scored:
    """Figures of real data or of noise, and the 95 % intervals of those that have one."""

    figures: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    left_out: Mapping[str, str] = field(factory=dict)
    """By metric, why figures of it are missing."""


@final
@frozen
class ReferenceScale:
    """What real data and noise score under the protocol that the named experiments share."""

    experiments: tuple[str, ...]
    real: Scored
    noise: Scored
    lower_is_better: frozenset[str]
    samples: int | None
    protocol: Mapping[str, Any]


@final
@frozen
class Run:
    """A whole run folder, its experiments in the order of the experiment file."""

    folder: Path
    title: str
    profile: str | None
    experiments: tuple[Experiment, ...]
    references: tuple[ReferenceScale, ...]
    environment: Mapping[str, Any]


def read_run_folder(folder: Path) -> Run:
    """Reads what a run, finished or not, has left in ``folder``.

    :raises DataError: ``folder`` holds no run, or one of its files is damaged; the text names file, key and value.
    """
    path = folder / "run.json"
    if not path.is_file():
        raise DataError(
            f"{folder}: not a run folder: it has no run.json; name a folder that `audiogan run` has written"
        )
    record = record_of(read_json(path), str(path))
    environment = folder / "environment.json"
    return Run(
        folder=folder,
        title=record.text("title"),
        profile=record.optional_text("profile"),
        experiments=tuple(_read_experiment(folder, entry) for entry in record.records("experiments")),
        references=_read_references(folder / "reference.json"),
        environment=record_of(read_json(environment), str(environment)).values if environment.is_file() else {},
    )


def _read_experiment(folder: Path, entry: JsonRecord) -> Experiment:
    name = entry.text("name")
    return Experiment(
        name=name,
        title=entry.optional_text("title") or name,
        published=entry.figures("published"),
        best_by=entry.optional_text("best_by") or INCEPTION_SCORE_MEAN,
        log=read_metrics_log(folder / name / "metrics.jsonl"),
        result=_read_result(folder / name / "result.json"),
    )


def _read_result(path: Path) -> Result | None:
    if not path.is_file():
        return None
    record = record_of(read_json(path), str(path))
    return Result(
        status=record.text("status"),
        steps=record.optional_count("steps"),
        epochs=record.optional_number("epochs"),
        best_step=record.optional_count("best_step"),
        best_epoch=record.optional_number("best_epoch"),
        figures=record.figures("figures"),
        intervals=record.intervals("intervals"),
        samples=record.optional_count("samples"),
        protocol=record.table("protocol"),
        left_out=record.texts("left_out"),
        error=record.optional_text("error"),
    )


def _read_references(path: Path) -> tuple[ReferenceScale, ...]:
    if not path.is_file():
        return ()
    return tuple(_read_reference(group) for group in records_in(read_json(path), str(path), "groups"))


def _read_reference(group: JsonRecord) -> ReferenceScale:
    intervals = JsonRecord(f"{group.place}: intervals", group.table("intervals"))
    left_out = JsonRecord(f"{group.place}: left_out", group.table("left_out"))
    real, noise = (
        Scored(group.figures(side), intervals.intervals(side), left_out.texts(side)) for side in ("real", "noise")
    )
    return ReferenceScale(
        experiments=group.names("experiments"),
        real=real,
        noise=noise,
        lower_is_better=frozenset(group.optional_names("lower_is_better")),
        samples=group.optional_count("samples"),
        protocol=group.table("protocol"),
    )
