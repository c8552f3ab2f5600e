"""The generator of a trained experiment, without its dataset."""

from __future__ import annotations

from pathlib import Path
from typing import final

import attrs
import torch
from attrs import frozen
from torch import Tensor

from audiogan.build import build
from audiogan.errors import AudioganError, CheckpointError
from audiogan.evaluation.progress import Watch, unwatched
from audiogan.evaluation.sampling import generate_waveforms
from audiogan.interfaces import DataSpec, Generator, Representation
from audiogan.registry import Registry
from audiogan.run.folder import ExperimentFolder
from audiogan.spec import read_experiments, structure_options
from audiogan.spec.schema import ExperimentSpec
from audiogan.training.checkpoint import Checkpoint, read_checkpoint
from audiogan.training.snapshot import SCORED, load_module


@final
@frozen(eq=False)
class TrainedGenerator:
    """A generator with the weights of a checkpoint, on the device that it generates on."""

    spec: ExperimentSpec
    checkpoint: Path
    step: int | None
    """Generator updates behind the checkpoint, where it says so."""
    representation: Representation
    generator: Generator
    data: DataSpec
    device: torch.device

    def waveforms(self, count: int, *, seed: int, batch_size: int = 16, watch: Watch = unwatched) -> Tensor:
        """``count`` waveforms ``[count, channels, window_length]`` on the CPU; fewer are the first of more."""
        return generate_waveforms(
            self.generator,
            self.representation,
            count,
            rng=torch.Generator().manual_seed(seed),
            batch_size=batch_size,
            device=self.device,
            labels=self.data.labels(count),
            watch=watch,
        )


def experiment_spec(experiment: Path, registry: Registry) -> ExperimentSpec:
    """What the experiment in the folder ``experiment`` of a run is.

    :raises AudioganError: it is no such folder.
    """
    written = experiment.resolve().parent / "spec.toml"
    if not written.is_file():
        raise AudioganError(
            f"{experiment}: not an experiment's folder: there is no {written}; give runs/FILE/EXPERIMENT"
        )
    specs = read_experiments(written, registry=registry).experiments
    name = experiment.resolve().name
    for spec in specs:
        if spec.name == name:
            return spec
    raise AudioganError(f"{written} has no experiment '{name}'; it has: {', '.join(spec.name for spec in specs)}")


def trained_generator(
    experiment: Path, *, checkpoint: str, device: torch.device, registry: Registry
) -> TrainedGenerator:
    """The generator in the folder ``experiment``; ``checkpoint`` is ``best``, ``latest`` or a path.

    :raises AudioganError: the folder is no trained experiment.
    """
    spec = experiment_spec(experiment, registry)
    stored_at = _checkpoint_path(ExperimentFolder(experiment), checkpoint)
    stored = read_checkpoint(stored_at)
    try:
        return _loaded(spec, stored_at, stored, device, registry)
    except (CheckpointError, KeyError, TypeError) as error:
        raise CheckpointError(f"{stored_at}: not a checkpoint of experiment '{spec.name}': {error}") from error


def _checkpoint_path(folder: ExperimentFolder, checkpoint: str) -> Path:
    named = {"best": folder.best, "latest": folder.latest}
    path = named.get(checkpoint, Path(checkpoint))
    if not path.is_file():
        kept = [name for name, candidate in named.items() if candidate.is_file()]
        raise CheckpointError(
            f"{path}: there is no checkpoint; "
            + (f"use --checkpoint {kept[0]}" if kept else "train the experiment first")
        )
    return path


def _loaded(
    spec: ExperimentSpec, stored_at: Path, stored: Checkpoint, device: torch.device, registry: Registry
) -> TrainedGenerator:
    data = structure_options(DataSpec, stored.document["data"], where="data")
    representation = build("representation", spec.representation, registry, data)
    samples = attrs.evolve(data, sample_shape=representation.sample_shape)
    generator = build("generator", spec.generator, registry, samples)
    load_module("representation", representation, stored)
    load_module(SCORED if stored.under(SCORED) else "generator", generator, stored)
    step = stored.document.get("state", {}).get("step")
    return TrainedGenerator(spec, stored_at, step, representation.to(device), generator.to(device), data, device)
