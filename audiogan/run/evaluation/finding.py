"""What a path means: every experiment of a run, one experiment, or a folder of audio."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import final

import torch
from attrs import field, frozen

from audiogan.data.recordings.listing import find_recordings
from audiogan.errors import AudioganError, DataError
from audiogan.registry import Registry
from audiogan.run.evaluation.subjects import GeneratedSubject, KnownExperiment, RecordedSubject, Subject
from audiogan.run.folder import ExperimentFolder
from audiogan.run.trained_generator import experiment_spec
from audiogan.spec import ExperimentSpec, read_experiments

_SPEC_FILE = "spec.toml"


@final
@frozen
class FoundSubjects:
    """What can be evaluated, and what cannot."""

    subjects: tuple[Subject, ...]
    untrained: Mapping[str, str] = field(factory=dict)
    """By experiment of the run, why there is nothing to evaluate."""


def find_subjects(
    path: Path,
    *,
    samples: int | None,
    seed: int,
    checkpoint: str,
    on_error: str,
    out_of_range: str,
    device: torch.device,
    registry: Registry,
) -> FoundSubjects:
    """What ``path`` means: every experiment of a run, one experiment, or a folder of audio.

    Generators make ``samples`` windows, or as many as the experiment's ``evaluation.final_samples`` where that is
    ``None``. Experiments of a run that have no checkpoint are named beside.

    :raises AudioganError: there is no such folder, or nothing in it that could be evaluated.
    """
    if not path.is_dir():
        reason = "a file, not a folder" if path.exists() else f"not there, looked for in {Path.cwd()}"
        raise DataError(f"{path}: {reason}; give a run's folder, an experiment's, or a folder of audio")

    def generated(folder: Path, spec: ExperimentSpec) -> GeneratedSubject:
        return GeneratedSubject(
            name=spec.name,
            title=spec.title,
            experiment=KnownExperiment(spec, folder.resolve().parent / _SPEC_FILE),
            folder=folder,
            checkpoint=checkpoint,
            samples=samples or spec.evaluation.final_samples,
            seed=seed,
            device=device,
            registry=registry,
        )

    if (path / _SPEC_FILE).is_file():
        trained, untrained = _by_training(path, registry)
        return FoundSubjects(tuple(generated(path / spec.name, spec) for spec in trained), untrained)
    if is_experiment(path, registry):
        return FoundSubjects((generated(path, experiment_spec(path, registry)),))
    find_recordings([str(path)])  # a folder without audio is refused at once
    name = path.resolve().name
    recorded = RecordedSubject(
        name=name,
        title=name,
        folder=path,
        samples=samples,
        seed=seed,
        on_error=on_error,
        out_of_range=out_of_range,
    )
    return FoundSubjects((recorded,))


def is_experiment(path: Path, registry: Registry) -> bool:
    """Whether ``path`` is the folder of an experiment that the run around it knows.

    :raises SpecError: the run's ``spec.toml`` cannot be read.
    """
    written = path.resolve().parent / _SPEC_FILE
    if not written.is_file():
        return False
    names = [spec.name for spec in read_experiments(written, registry=registry).experiments]
    return path.resolve().name in names


def _by_training(run: Path, registry: Registry) -> tuple[list[ExperimentSpec], dict[str, str]]:
    specs = read_experiments(run / _SPEC_FILE, registry=registry).experiments
    trained: list[ExperimentSpec] = []
    untrained: dict[str, str] = {}
    for spec in specs:
        folder = ExperimentFolder(run / spec.name)
        if folder.best.is_file() or folder.latest.is_file():
            trained.append(spec)
        else:
            untrained[spec.name] = "it has no checkpoint yet; 'audiogan run' trains it"
    if not trained:
        raise AudioganError(f"{run}: none of its experiments has a checkpoint; train them with 'audiogan run' first")
    return trained, untrained
