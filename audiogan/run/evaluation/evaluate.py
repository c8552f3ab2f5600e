"""Every metric that applies, of generated or recorded waveforms, of real ones and of noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import torch
from attrs import frozen
from torch import Tensor

from audiogan.errors import AudioganError, DataError
from audiogan.evaluation.progress import Listener
from audiogan.evaluation.real_windows import divide_windows, judged_waveforms
from audiogan.evaluation.sampling import noise_waveforms
from audiogan.evaluation.soundness import soundness
from audiogan.interfaces import Metric
from audiogan.registry import Registry
from audiogan.run.complaints import data_complaints, generation_complaints
from audiogan.run.environment import environment
from audiogan.run.evaluation.against import Reference, dataset_spec, open_reference
from audiogan.run.evaluation.format import AudioFormat
from audiogan.run.evaluation.metrics import PreparedMetrics, check_samples, metric_specs, prepared_metrics
from audiogan.run.evaluation.result import Comparison, Evaluation, Measured
from audiogan.run.evaluation.subjects import OpenedSubject, Subject
from audiogan.spec import ComponentSpec


@frozen(kw_only=True)
class Request:
    """What subjects are compared with, and how."""

    against: str | None
    options: tuple[str, ...]
    """Of the dataset, ``key=value``."""
    metrics: tuple[str, ...]
    """Names; all that apply where there are none."""
    classifier: Path | None
    seed: int
    device: torch.device


@frozen
class _Task:
    """What one subject is compared with, and by what."""

    subject: Subject
    dataset: ComponentSpec
    metrics: tuple[ComponentSpec, ...]


def evaluate(request: Request, subjects: Sequence[Subject], *, registry: Registry, listener: Listener) -> Evaluation:
    """Evaluates all ``subjects``; those of the same dataset and metrics share one comparison.

    One of several that fails is reported as failed, and the next one follows.

    :raises AudioganError: nothing can be evaluated, or the only subject fails; a metric that was asked for by name
        cannot be used, or needs more windows.
    """
    tasks = [_task(request, subject, registry) for subject in subjects]
    comparisons = tuple(
        _compare(request, alike, registry=registry, listener=listener, alone=len(tasks) == 1) for alike in _alike(tasks)
    )
    return Evaluation(comparisons, environment(registry, device=request.device, threads=None))


def _task(request: Request, subject: Subject, registry: Registry) -> _Task:
    dataset = dataset_spec(request.against, request.options, own=subject.experiment, registry=registry)
    own = None if subject.experiment is None else subject.experiment.spec
    metrics = metric_specs(request.metrics, own=own, classifier=request.classifier, registry=registry)
    return _Task(subject, dataset, metrics)


def _alike(tasks: Sequence[_Task]) -> list[list[_Task]]:
    groups: list[list[_Task]] = []
    for task in tasks:
        for group in groups:
            if (group[0].dataset, group[0].metrics) == (task.dataset, task.metrics):
                group.append(task)
                break
        else:
            groups.append([task])
    return groups


def _opened(request: Request, spec: ComponentSpec, registry: Registry) -> Reference:
    try:
        return open_reference(spec, registry)
    except DataError as error:
        if request.against is not None:
            raise
        raise DataError(f"{error}; or name another dataset to compare with by --against") from error


def _compare(
    request: Request, tasks: Sequence[_Task], *, registry: Registry, listener: Listener, alone: bool
) -> Comparison:
    reference = _opened(request, tasks[0].dataset, registry)
    failed: dict[str, str] = {}

    @contextmanager
    def failing_alone(name: str) -> Iterator[None]:
        try:
            yield
        except AudioganError as error:
            if alone:
                raise
            listener.warn(f"{name}: {error}")
            failed[name] = str(error)

    opened: list[OpenedSubject] = []
    for task in tasks:
        with failing_alone(task.subject.name):
            opened.append(task.subject.open(AudioFormat.of(reference.dataset), listener))
    if not opened:
        raise DataError("nothing can be evaluated:" + "".join(f"\n  {name}: {why}" for name, why in failed.items()))
    samples = max(subject.count for subject in opened)
    prepared = prepared_metrics(
        tasks[0].metrics,
        reference.dataset,
        samples=samples,
        named=bool(request.metrics),
        classifier=request.classifier,
        device=str(request.device),
        registry=registry,
        tell=listener.tell,
    )
    real, noise = _scale(reference, prepared, samples=samples, seed=request.seed, listener=listener)
    measured: list[Measured] = []
    for subject in opened:
        with failing_alone(subject.name):
            measured.append(_measure(subject, prepared, named=bool(request.metrics), listener=listener))
    return Comparison(
        dataset=reference.to_json(),
        metrics=prepared.options(),
        left_out=prepared.left_out,
        real=real,
        noise=noise,
        subjects=tuple(measured),
        failed=failed,
    )


def _scale(
    reference: Reference, prepared: PreparedMetrics, *, samples: int, seed: int, listener: Listener
) -> tuple[Measured, Measured]:
    """What real windows and noise come to, on as many samples where the dataset has as many."""
    dataset = reference.dataset
    divided = divide_windows(dataset)
    fewest = max(metric.minimum_samples() for metric in prepared.metrics.values())
    waveforms = judged_waveforms(divided.judged, samples, fewest=fewest, seed=seed)
    count = len(waveforms)
    listener.tell(f"scoring {count:,} real windows ({divided.judged_origin}) and as much noise, for the scale")
    for complaint in data_complaints(soundness(waveforms)):
        listener.warn(complaint)
    source = {"kind": "real", "windows": divided.judged_origin, "of": len(divided.judged), "seed": seed}
    real = _measured("real", "real data", waveforms, prepared.metrics, source)
    del waveforms  # may take gigabytes, and so may the noise
    noise = noise_waveforms(count, channels=dataset.channels, window_length=dataset.window_length, seed=seed)
    source = {"kind": "white noise from -1 to 1", "seed": seed}
    return real, _measured("noise", "noise", noise, prepared.metrics, source)


def _measure(subject: OpenedSubject, prepared: PreparedMetrics, *, named: bool, listener: Listener) -> Measured:
    heard = subject.hear()
    metrics, left_out = dict(prepared.metrics), {}
    for name, metric in prepared.metrics.items():
        # one experiment may have fewer windows than another that it shares the metrics with
        try:
            check_samples(name, metric, subject.count)
        except DataError as error:
            if named:
                raise
            left_out[name] = str(error)
            del metrics[name]
    listener.tell(f"{subject.name}: scoring {len(heard.waveforms):,} windows")
    measured = _measured(subject.name, subject.title, heard.waveforms, metrics, heard.source)
    warnings = (*heard.warnings, *generation_complaints(measured.soundness))
    for warning in warnings:
        listener.warn(f"{subject.name}: {warning}")
    return attrs.evolve(measured, left_out=left_out, warnings=warnings)


def _measured(
    name: str, title: str, waveforms: Tensor, metrics: Mapping[str, Metric], source: Mapping[str, Any]
) -> Measured:
    results = {metric_name: metric.evaluate(waveforms) for metric_name, metric in metrics.items()}
    return Measured(name, title, len(waveforms), soundness(waveforms), results, source)
