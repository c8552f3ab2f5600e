"""What a run leaves in its folder: a record for each file, and all of them read at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, final

from attrs import field, frozen

from audiogan.errors import DataError
from audiogan.files import read_json, read_record, record_from_json
from audiogan.interfaces.records import RECORD_KINDS, ScoreRecord, StepRecord

INCEPTION_SCORE_MEAN = "inception_score_mean"
Intervals = Mapping[str, tuple[float, float]]


@final
@frozen
class ExperimentEntry:
    """An experiment as ``run.json`` names it."""

    name: str
    title: str
    best_by: str = INCEPTION_SCORE_MEAN
    """The value that chooses the best checkpoint."""
    published: Mapping[str, float] = field(factory=dict)


@final
@frozen
class RunRecord:
    """``run.json``: what the run consists of, in the order of the experiment file."""

    FORMAT: ClassVar[int] = 2
    title: str
    profile: str | None
    experiments: tuple[ExperimentEntry, ...]


@final
@frozen
class ResultRecord:
    """``result.json``: how an experiment ended. Of a failed one only the first four fields are given."""

    FORMAT: ClassVar[int] = 2
    name: str
    title: str
    status: Literal["finished", "failed"]
    error: str | None = None
    steps: int | None = None
    epochs: float | None = None
    best_step: int | None = None
    best_epoch: float | None = None
    samples: int | None = None
    values: Mapping[str, float] = field(factory=dict)
    intervals: Intervals = field(factory=dict)
    """By value, its 95 % interval."""
    left_out: Mapping[str, str] = field(factory=dict)
    """By metric, why it gives no values."""
    protocol: Mapping[str, Any] = field(factory=dict)
    budget: Mapping[str, Any] = field(factory=dict)
    continuation_error: str | None = None
    """Why a later attempt to train a finished experiment for longer failed."""


@final
@frozen
class Baseline:
    """What real data or noise score."""

    values: Mapping[str, float] = field(factory=dict)
    intervals: Intervals = field(factory=dict)
    left_out: Mapping[str, str] = field(factory=dict)


@final
@frozen
class ReferenceGroup:
    """The scale that the named experiments share, which were scored alike on the same data."""

    group: str
    experiments: tuple[str, ...]
    real: Baseline
    noise: Baseline
    samples: int | None = None
    lower_is_better: tuple[str, ...] = ()
    protocol: Mapping[str, Any] = field(factory=dict)


@final
@frozen
class ReferenceRecord:
    """``reference.json``: every scale of a run."""

    FORMAT: ClassVar[int] = 2
    groups: tuple[ReferenceGroup, ...] = ()


@final
@frozen
class Experiment:
    """One experiment as found on disk; ``result`` is absent until it has ended."""

    entry: ExperimentEntry
    steps: tuple[StepRecord, ...]
    scores: tuple[ScoreRecord, ...]
    result: ResultRecord | None

    @property
    def finished(self) -> ResultRecord | None:
        """The result, where it is that of a finished experiment."""
        return self.result if self.result is not None and self.result.status == "finished" else None


@final
@frozen
class Run:
    """A whole run folder, its experiments in the order of the experiment file."""

    folder: Path
    title: str
    profile: str | None
    experiments: tuple[Experiment, ...]
    references: tuple[ReferenceGroup, ...]
    environment: Mapping[str, Any]

    def titles(self, group: ReferenceGroup) -> str:
        """The titles of a scale's experiments."""
        titles = {each.entry.name: each.entry.title for each in self.experiments}
        return ", ".join(titles.get(name, name) for name in group.experiments)


def read_run(folder: Path) -> Run:
    """Reads what a run, finished or not, has left in ``folder``.

    :raises DataError: ``folder`` holds no run, or one of its files is damaged; the text names file, key and value.
    """
    record = read_record(folder / "run.json", RunRecord)
    if record is None:
        raise DataError(
            f"{folder}: not a run folder: it has no run.json; name a folder that `audiogan run` has written"
        )
    references = read_record(folder / "reference.json", ReferenceRecord) or ReferenceRecord()
    environment = read_json(folder / "environment.json") or {}
    if not isinstance(environment, dict):
        raise DataError(f"{folder / 'environment.json'}: should be an object in braces, not {environment!r}")
    return Run(
        folder=folder,
        title=record.title,
        profile=record.profile,
        experiments=tuple(_experiment(folder / entry.name, entry) for entry in record.experiments),
        references=references.groups,
        environment={name: value for name, value in environment.items() if name != "format"},
    )


def _experiment(folder: Path, entry: ExperimentEntry) -> Experiment:
    steps: dict[int, StepRecord] = {}
    scores: dict[int, ScoreRecord] = {}
    # a step that was repeated after a restart counts as it went the last time
    for record in read_metrics_log(folder / "metrics.jsonl"):
        if isinstance(record, StepRecord):
            steps[record.step] = record
        else:
            scores[record.step] = record
    return Experiment(
        entry=entry,
        steps=tuple(steps[step] for step in sorted(steps)),
        scores=tuple(scores[step] for step in sorted(scores)),
        result=read_record(folder / "result.json", ResultRecord),
    )


def read_metrics_log(path: Path) -> Iterator[StepRecord | ScoreRecord]:
    """The records of a ``metrics.jsonl`` in the order of its lines; none where the file does not exist yet.

    The last line may be damaged, since a run that was killed may have written half of it: it is left out. Lines of
    other kinds are passed over.

    :raises DataError: another line is damaged, or a line lacks what its kind must hold.
    """
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    for number, line in enumerate(lines, start=1):
        place = f"{path}, line {number}"
        try:
            document = json.loads(line)
        except ValueError as error:
            if number == len(lines):
                return
            raise DataError(f"{place}: damaged: {line[:60]!r}; remove this line to go on without it") from error
        if not isinstance(document, dict) or "kind" not in document:
            raise DataError(f"{place}: 'kind' is missing; remove this line to go on without it")
        record_class = RECORD_KINDS.get(document["kind"])
        if record_class is not None:
            yield record_from_json(document, record_class, place=place)
