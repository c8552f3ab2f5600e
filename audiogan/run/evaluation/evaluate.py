"""Every metric that applies, of generated or recorded waveforms, of real ones and of noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import attrs
from torch import Tensor

from audiogan.errors import AudioganError, DataError, PluginError
from audiogan.evaluation.progress import Listener
from audiogan.evaluation.real_windows import divide_windows, judged_waveforms
from audiogan.evaluation.sampling import noise_waveforms
from audiogan.evaluation.soundness import soundness
from audiogan.interfaces import MetricResult
from audiogan.registry import Registry
from audiogan.run.complaints import data_complaints
from audiogan.run.environment import environment
from audiogan.run.evaluation.against import Reference, open_reference
from audiogan.run.evaluation.finding import FoundSubjects
from audiogan.run.evaluation.format import AudioFormat
from audiogan.run.evaluation.metrics import PreparedMetrics, prepared_metrics
from audiogan.run.evaluation.result import Comparison, Evaluation, Measured
from audiogan.run.evaluation.subjects import OpenedSubject
from audiogan.run.evaluation.tasks import Request, Task, alike_tasks, description, task_of
from audiogan.run.judging import NamedMetric, check_samples, figure_clash
from audiogan.spec import ComponentSpec


def evaluate(request: Request, found: FoundSubjects, *, registry: Registry, listener: Listener) -> Evaluation:
    """Evaluates all subjects ``found``; those of the same dataset and metrics share one comparison.

    One of several that fails is reported as failed, and the next one follows. A metric that cannot judge a subject, or
    that fails by its own mistake, has no figures of it, with the reason; the other metrics have theirs.

    :raises AudioganError: nothing can be evaluated, or the only subject fails; a metric that was asked for by name
        cannot be used, or needs more windows.
    """
    tasks = [task_of(request, subject, registry) for subject in found.subjects]
    for name, reason in found.untrained.items():
        listener.tell(f"{name} is left out: {reason}")
    comparisons = tuple(
        _compare(request, alike, registry=registry, listener=listener, alone=len(tasks) == 1)
        for alike in alike_tasks(tasks)
    )
    return Evaluation(
        comparisons,
        environment(registry, device=request.device, threads=None),
        untrained=found.untrained,
        subject=description(tasks),
    )


def _opened(request: Request, spec: ComponentSpec, registry: Registry) -> Reference:
    try:
        return open_reference(spec, registry)
    except DataError as error:
        if request.against is not None:
            raise
        raise DataError(f"{error}; or name another dataset to compare with by --against") from error


def _compare(
    request: Request, tasks: Sequence[Task], *, registry: Registry, listener: Listener, alone: bool
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
    """What real windows come to, as many as there are different ones, and noise, on as many samples at most."""
    dataset = reference.dataset
    divided = divide_windows(dataset)
    waveforms = judged_waveforms(divided.judged, samples, seed=seed)
    fewest = max(each.metric.minimum_samples() for each in prepared.metrics.values())
    noise_count = max(len(waveforms), fewest)
    listener.tell(
        f"scoring {len(waveforms):,} real windows ({divided.judged_origin}) and {noise_count:,} of noise, for the scale"
    )
    for complaint in data_complaints(soundness(waveforms)):
        listener.warn(complaint)
    source = {"kind": "real", "windows": divided.judged_origin, "of": len(divided.judged), "seed": seed}
    real = _measured("real", "real data", waveforms, prepared.metrics, source)
    _warn_of_absences(real, listener)
    del waveforms  # may take gigabytes, and so may the noise
    waveforms = noise_waveforms(noise_count, channels=dataset.channels, window_length=dataset.window_length, seed=seed)
    source = {"kind": "white noise from -1 to 1", "seed": seed}
    noise = _measured("noise", "noise", waveforms, prepared.metrics, source)
    _warn_of_absences(noise, listener)
    return real, noise


def _measure(subject: OpenedSubject, prepared: PreparedMetrics, *, named: bool, listener: Listener) -> Measured:
    heard = subject.hear()
    metrics, left_out = dict(prepared.metrics), {}
    for name, each in prepared.metrics.items():
        # one experiment may have fewer windows than another that it shares the metrics with
        try:
            check_samples(name, each.metric, subject.count)
        except DataError as error:
            if named:
                raise
            left_out[name] = str(error)
            del metrics[name]
    listener.tell(f"{subject.name}: scoring {len(heard.waveforms):,} windows")
    measured = _measured(subject.name, subject.title, heard.waveforms, metrics, heard.source)
    _warn_of_absences(measured, listener)
    warnings = (*heard.warnings, *subject.complaints(measured.soundness))
    for warning in warnings:
        listener.warn(f"{subject.name}: {warning}")
    return attrs.evolve(measured, left_out={**left_out, **measured.left_out}, warnings=warnings)


def _measured(
    name: str, title: str, waveforms: Tensor, metrics: Mapping[str, NamedMetric], source: Mapping[str, Any]
) -> Measured:
    results: dict[str, MetricResult] = {}
    left_out: dict[str, str] = {}
    faults: dict[str, str] = {}
    for metric_name, metric in metrics.items():
        try:
            result = metric.judge(waveforms)
        except DataError as error:
            left_out[metric_name] = str(error)
            continue
        except PluginError as error:
            faults[metric_name] = str(error)
            continue
        clash = figure_clash((each, found.figures) for each, found in {**results, metric_name: result}.items())
        if clash is None:
            results[metric_name] = result
        else:
            faults[metric_name] = f"{clash}: name those to use with --metric"
    return Measured(name, title, len(waveforms), soundness(waveforms), results, source, left_out, faults)


def _warn_of_absences(measured: Measured, listener: Listener) -> None:
    for metric, reason in {**measured.left_out, **measured.faults}.items():
        listener.warn(f"{measured.title}: no figures by {metric}: {reason}")
