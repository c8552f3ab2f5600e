"""What is asked for: each subject with the dataset that it is compared with and the metrics that judge it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, final

import attrs
import torch
from attrs import frozen

from audiogan.errors import SpecError
from audiogan.registry import Registry
from audiogan.run.evaluation.against import dataset_spec, listed_metrics, names_experiment_file
from audiogan.run.evaluation.finding import FoundSubjects
from audiogan.run.evaluation.metrics import metric_specs
from audiogan.run.evaluation.result import finite
from audiogan.run.evaluation.subjects import Subject
from audiogan.spec import ComponentSpec


@final
@frozen(kw_only=True)
class Request:
    """What subjects are compared with, and how."""

    against: str | None
    options: tuple[str, ...]
    """Of the dataset, ``key=value``."""
    metrics: tuple[str, ...]
    """Names; where there are none, those that the experiment file ``against`` lists, else all that apply."""
    metric_options: tuple[str, ...]
    """``name.key=value``."""
    classifier: Path | None
    seed: int
    device: torch.device


@final
@frozen
class Task:
    """What one subject is compared with, and by what."""

    subject: Subject
    dataset: ComponentSpec
    metrics: tuple[ComponentSpec, ...]


def task_of(request: Request, subject: Subject, registry: Registry) -> Task:
    """What ``request`` asks for ``subject``.

    :raises PluginError: no metric of a name is installed.
    :raises SpecError: a dataset or a metric is not what the request takes it for.
    """
    dataset = dataset_spec(request.against, request.options, own=subject.experiment, registry=registry)
    listed = listed_metrics(request.against, own=subject.experiment, registry=registry)
    if listed is None and not request.metrics:
        raise SpecError(f"{request.against}: its experiments list different metrics; name those to use with --metric")
    names = request.metrics
    if not names and names_experiment_file(request.against, registry):
        names = tuple(spec.type for spec in listed or ())
    metrics = metric_specs(
        names,
        listed=listed or (),
        options=request.metric_options,
        classifier=request.classifier,
        registry=registry,
    )
    return Task(subject, dataset, metrics)


def alike_tasks(tasks: Sequence[Task]) -> list[list[Task]]:
    """Those of the same dataset and metrics together."""
    groups: list[list[Task]] = []
    for task in tasks:
        for group in groups:
            if (group[0].dataset, group[0].metrics) == (task.dataset, task.metrics):
                group.append(task)
                break
        else:
            groups.append([task])
    return groups


def described(request: Request, found: FoundSubjects, *, registry: Registry) -> dict[str, Any]:
    """The description of what ``request`` asks for all subjects ``found``.

    :raises AudioganError: as :func:`task_of`.
    """
    return description([task_of(request, subject, registry) for subject in found.subjects])


def description(tasks: Sequence[Task]) -> dict[str, Any]:
    """What is evaluated, against what, by what and how, in terms that JSON can hold; a result replaces its like."""
    first = [alike[0] for alike in alike_tasks(tasks)]
    document: dict[str, Any] = finite(
        {
            "folders": [str(task.subject.folder.resolve()) for task in tasks],
            "choices": [task.subject.choices() for task in tasks],
            "datasets": [_component(task.dataset) for task in first],
            "metrics": [[_component(metric) for metric in task.metrics] for task in first],
        }
    )
    return document


def _component(spec: ComponentSpec) -> dict[str, Any]:
    options = attrs.asdict(spec.options) if attrs.has(type(spec.options)) else {}
    return {"type": spec.type, "options": options}
