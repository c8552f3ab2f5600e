"""A whole experiment file, one experiment after another, the report renewed after each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from attrs import frozen

from audiogan.errors import AudioganError, SpecError
from audiogan.files import write_bytes, write_json, write_record
from audiogan.registry import Registry
from audiogan.report import Report, write_report
from audiogan.report.records import ExperimentEntry, RunRecord
from audiogan.run.check import check_experiments
from audiogan.run.environment import environment
from audiogan.run.experiment import is_finished, run_experiment
from audiogan.run.folder import RunFolder
from audiogan.run.identity import check_identity
from audiogan.run.plan import Plan, plan
from audiogan.run.reference import Judges
from audiogan.spec import to_toml
from audiogan.spec.schema import ExperimentFile, ExperimentSpec
from audiogan.training.components import Components
from audiogan.training.device import resolve_device
from audiogan.training.loop import Outcome
from audiogan.training.observer import Observer
from audiogan.training.stop import Interrupted, StopSignal
from audiogan.training.threads import cpu_threads


@final
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
    allow_changed_code: bool = False,
) -> RunOutcome:
    """Runs what is unfinished of ``file`` (of ``only``, where names are given) and writes the report.

    ``allow_changed_code`` goes on with experiments whose plugins have other code than before.

    An experiment that fails is reported as failed and the next one starts; a stop ends the run with everything saved.

    :raises AudioganError: the folder holds another run or cannot be written, a name in ``only`` is unknown, or an
        experiment cannot be: nothing is run then, and the text lists every mistake.
    :raises Interrupted: a stop was requested before there was a run.
    """
    chosen = chosen_experiments(file, only)
    with folder.locked():
        unfinished = _unfinished(chosen, folder, observer)
        with stop.interruptible():
            built = _check(file, unfinished, registry, observer)
        # spec.toml describes every experiment of the folder, not those alone that run now
        for spec in file.experiments:
            if spec in chosen or folder.experiment(spec.name).identity.exists():
                for change in check_identity(
                    folder.experiment(spec.name), spec, registry, allow_changed_code=allow_changed_code
                ):
                    observer.warning(f"{spec.name}: {change}")
        device = resolve_device(chosen[0].training.device)
        _describe_run(file, folder)
        if unfinished:
            made_with = environment(registry, device=device, threads=chosen[0].training.threads)
            write_json(folder.path / "environment.json", {"format": 1, **made_with})
        judges = Judges(
            folder.path / "reference.json", registry, device=device, tell=observer.info, warn=observer.warning
        )
        failed: list[str] = []
        try:
            planned = plan(unfinished, built, folder, registry, observer, stop)
            for spec in unfinished:
                parts = built.pop(spec.name, None)
                outcome = _run_one(spec, chosen, folder, registry, judges, observer, stop, planned, parts, failed)
                write_report(folder.path)
                if outcome is Outcome.STOPPED:
                    raise Interrupted
        except Interrupted:
            return RunOutcome(write_report(folder.path), tuple(failed), stopped=True)
        return RunOutcome(write_report(folder.path), tuple(failed), stopped=False)


def dry_run(
    file: ExperimentFile,
    folder: RunFolder,
    *,
    registry: Registry,
    observer: Observer,
    stop: StopSignal,
    only: Sequence[str] = (),
    allow_changed_code: bool = False,
) -> None:
    """Looks for all that :func:`run_file` would stumble over, and tells what it would take; writes nothing.

    :raises AudioganError: as :func:`run_file`.
    :raises Interrupted: a stop was requested.
    """
    chosen = chosen_experiments(file, only)
    folder.check_writable()
    unfinished = _unfinished(chosen, folder, observer)
    with stop.interruptible():
        built = _check(file, unfinished, registry, observer)
    for spec in chosen:
        if folder.experiment(spec.name).latest.exists():
            check_identity(
                folder.experiment(spec.name), spec, registry, allow_changed_code=allow_changed_code, claim=False
            )
    planned = plan(unfinished, built, folder, registry, observer, stop)
    for name, fault in planned.faults.items():
        observer.warning(f"{name}: {fault}")


def _unfinished(chosen: Sequence[ExperimentSpec], folder: RunFolder, observer: Observer) -> list[ExperimentSpec]:
    unfinished = [spec for spec in chosen if not is_finished(folder.experiment(spec.name), spec)]
    for spec in chosen:
        if spec not in unfinished:
            observer.info(f"{spec.name}: finished before, skipped")
    return unfinished


def _check(
    file: ExperimentFile, unfinished: Sequence[ExperimentSpec], registry: Registry, observer: Observer
) -> dict[str, Components]:
    if not unfinished:
        return {}
    observer.info(f"checking {len(unfinished)} experiment{'' if len(unfinished) == 1 else 's'}")
    return check_experiments(file, unfinished, registry)


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
    planned: Plan,
    parts: Components | None,
    failed: list[str],
) -> Outcome | None:
    observer.start_experiment(
        spec.name,
        number=chosen.index(spec) + 1,
        count=len(chosen),
        steps=planned.totals[spec.name],
        done=folder.experiment(spec.name).steps_done(),
    )
    ended = "stopped"
    try:
        with cpu_threads(spec.training.threads):
            outcome = run_experiment(
                spec,
                folder.experiment(spec.name),
                components=parts,
                fault=planned.faults.get(spec.name),
                registry=registry,
                judges=judges,
                device=resolve_device(spec.training.device),
                observer=observer,
                stop=stop,
            )
        ended = outcome.value
    except AudioganError as error:
        failed.append(spec.name)
        traceback = folder.experiment(spec.name).traceback
        observer.warning(f"{spec.name}: {error}" + (f"\n  traceback: {traceback}" if traceback.exists() else ""))
        ended = "failed"
        return None
    finally:
        observer.end_experiment(spec.name, outcome=ended)
    return outcome


def _describe_run(file: ExperimentFile, folder: RunFolder) -> None:
    write_bytes(folder.path / "spec.toml", to_toml(file).encode())
    entries = (
        ExperimentEntry(spec.name, spec.title or spec.name, spec.evaluation.best_by, spec.published)
        for spec in file.experiments
    )
    write_record(folder.path / "run.json", RunRecord(file.title, file.profile, tuple(entries)))
