"""A whole experiment file, one experiment after another, the report renewed after each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from attrs import frozen

from audiogan.atomic import atomic_file
from audiogan.components import build_components
from audiogan.errors import AudioganError, SpecError
from audiogan.registry import Registry
from audiogan.report import Report, write_report
from audiogan.run.environment import environment
from audiogan.run.experiment import is_finished, run_experiment
from audiogan.run.folder import RunFolder, write_json
from audiogan.run.identity import check_identity
from audiogan.run.reference import Judges
from audiogan.spec import to_toml
from audiogan.spec.schema import ExperimentFile, ExperimentSpec
from audiogan.training.device import resolve_device
from audiogan.training.loop import Outcome
from audiogan.training.measure import StepCost, measure_step
from audiogan.training.observer import Observer
from audiogan.training.state import steps_in_budget
from audiogan.training.stop import Interrupted, StopSignal
from audiogan.training.threads import cpu_threads


@frozen
class RunOutcome:
    """What came of a run: the report, and the names of the experiments that did not make it."""

    report: Report
    failed: tuple[str, ...]
    stopped: bool


def run_file(
    file: ExperimentFile,
    folder: RunFolder,
    *,
    registry: Registry,
    observer: Observer,
    stop: StopSignal,
    only: Sequence[str] = (),
) -> RunOutcome:
    """Runs what is unfinished of ``file`` (of ``only``, where names are given) and writes the report.

    An experiment that fails is reported as failed and the next one starts; a stop ends the run with everything saved.

    :raises AudioganError: the folder holds another run, or a name in ``only`` is unknown.
    """
    chosen = chosen_experiments(file, only)
    with folder.locked():
        # spec.toml describes every experiment of the folder, not those alone that run now
        for spec in file.experiments:
            if spec in chosen or folder.experiment(spec.name).identity.exists():
                check_identity(folder.experiment(spec.name), spec)
        device = resolve_device(chosen[0].training.device)
        _describe_run(file, folder, registry, device, chosen[0].training.threads)
        judges = Judges(folder.path / "reference.json", registry, device=device, tell=observer.tell, warn=observer.warn)
        unfinished = [spec for spec in chosen if not is_finished(folder.experiment(spec.name), spec)]
        for spec in chosen:
            if spec not in unfinished:
                observer.tell(f"{spec.name}: finished before, skipped")
        failed: list[str] = []
        try:
            totals = _plan(unfinished, folder, registry, observer, stop)
            for spec in unfinished:
                outcome = _run_one(spec, chosen, folder, registry, judges, observer, stop, totals, failed)
                write_report(folder.path)
                if outcome is Outcome.STOPPED:
                    raise Interrupted
        except Interrupted:
            return RunOutcome(write_report(folder.path), tuple(failed), stopped=True)
        return RunOutcome(write_report(folder.path), tuple(failed), stopped=False)


def dry_run(
    file: ExperimentFile, *, registry: Registry, observer: Observer, stop: StopSignal, only: Sequence[str] = ()
) -> None:
    """Builds every chosen experiment, measures a step of each, and tells what a run would take; writes nothing.

    :raises Interrupted: a stop was requested.
    """
    _plan(chosen_experiments(file, only), None, registry, observer, stop)


def chosen_experiments(file: ExperimentFile, only: Sequence[str]) -> tuple[ExperimentSpec, ...]:
    """The experiments named in ``only``, in the file's order; all of them where it is empty.

    :raises SpecError: a name is not in the file.
    """
    names = [spec.name for spec in file.experiments]
    for name in only:
        if name not in names:
            raise SpecError(f"--only: unknown experiment '{name}'; the file has: {', '.join(names)}")
    return tuple(spec for spec in file.experiments if not only or spec.name in only)


def _run_one(
    spec: ExperimentSpec,
    chosen: Sequence[ExperimentSpec],
    folder: RunFolder,
    registry: Registry,
    judges: Judges,
    observer: Observer,
    stop: StopSignal,
    totals: dict[str, int | None],
    failed: list[str],
) -> Outcome | None:
    observer.start_experiment(
        spec.name,
        number=chosen.index(spec) + 1,
        count=len(chosen),
        steps=totals[spec.name],
        done=folder.experiment(spec.name).steps_done(),
    )
    ended = "stopped"
    try:
        with cpu_threads(spec.training.threads):
            outcome = run_experiment(
                spec,
                folder.experiment(spec.name),
                registry=registry,
                judges=judges,
                device=resolve_device(spec.training.device),
                observer=observer,
                stop=stop,
            )
        ended = outcome.value
    except AudioganError as error:
        failed.append(spec.name)
        observer.warn(f"{spec.name}: {error}")
        ended = "failed"
        return None
    finally:
        observer.end_experiment(spec.name, outcome=ended)
    return outcome


def _plan(
    unfinished: Sequence[ExperimentSpec],
    folder: RunFolder | None,
    registry: Registry,
    observer: Observer,
    stop: StopSignal,
) -> dict[str, int | None]:
    """Measures what is ahead and tells it; returns the steps of each experiment where they can be known."""
    totals: dict[str, int | None] = {}
    costs: list[tuple[str, StepCost, int | None]] = []
    for spec in unfinished:
        with stop.interruptible(), _named(spec), cpu_threads(spec.training.threads):
            components = build_components(spec, registry)
            cost = measure_step(components, spec.training, device=resolve_device(spec.training.device))
            totals[spec.name] = steps_in_budget(spec.training, len(components.dataset), cost.seconds)
        total = totals[spec.name]
        done = folder.experiment(spec.name).steps_done() if folder else 0
        left = None if total is None else max(0, total - done)
        costs.append((spec.name, cost, left))
    if costs:
        observer.plan(costs)
    return totals


@contextmanager
def _named(spec: ExperimentSpec) -> Iterator[None]:
    try:
        yield
    except AudioganError as error:
        raise type(error)(f"experiment '{spec.name}': {error}") from error


def _describe_run(
    file: ExperimentFile, folder: RunFolder, registry: Registry, device: torch.device, threads: int | None
) -> None:
    with atomic_file(folder.path / "spec.toml") as written:
        written.write(to_toml(file).encode())
    write_json(folder.path / "environment.json", environment(registry, device=device, threads=threads))
    write_json(
        folder.path / "run.json",
        {
            "title": file.title,
            "profile": file.profile,
            "experiments": [
                {"name": spec.name, "title": spec.title, "published": dict(spec.published)} for spec in file.experiments
            ],
        },
    )
