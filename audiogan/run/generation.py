"""Waveforms from a trained experiment, without its dataset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from audiogan.audio.files import write_audio
from audiogan.build import build
from audiogan.errors import AudioganError, CheckpointError
from audiogan.evaluation.sampling import generate_waveforms
from audiogan.registry import Registry
from audiogan.run.folder import ExperimentFolder
from audiogan.run.scoring import complaints
from audiogan.spec import read_experiments
from audiogan.spec.schema import ExperimentSpec
from audiogan.training.checkpoint import Checkpoint, load_module, read_checkpoint
from audiogan.training.device import resolve_device

_BATCH_SIZE = 16


def generate_files(
    experiment: Path,
    output: Path,
    *,
    count: int,
    seed: int,
    checkpoint: str,
    device_name: str,
    registry: Registry,
    warn: Callable[[str], None],
) -> list[Path]:
    """Writes ``count`` WAV files made by the generator in the folder ``experiment``; returns their paths.

    ``checkpoint`` is ``best``, ``latest`` or a path. The same seed gives the same files, whatever ``count`` is beyond.

    :raises AudioganError: the folder is no trained experiment, ``count`` is not positive, or the files cannot be
        written.
    """
    if count < 1:
        raise AudioganError(f"-n must be at least 1, not {count}")
    if not 0 <= seed < 2**63:
        raise AudioganError(f"--seed must be from 0 to {2**63 - 1}, not {seed}")
    for place in (output, *output.parents):
        if place.is_file():
            raise AudioganError(f"{place} is a file, not a folder; name another folder to write to")
    spec = _spec(experiment, registry)
    stored_at = _checkpoint_path(ExperimentFolder(experiment), checkpoint)
    stored = read_checkpoint(stored_at)
    device = resolve_device(device_name)
    try:
        representation, generator, sample_rate = _networks(spec, stored, registry)
    except (CheckpointError, KeyError, TypeError) as error:
        raise CheckpointError(f"{stored_at}: not a checkpoint of experiment '{spec.name}': {error}") from error
    waveforms = generate_waveforms(
        generator.to(device),
        representation.to(device),
        count,
        rng=torch.Generator().manual_seed(seed),
        batch_size=_BATCH_SIZE,
        device=device,
    )
    for complaint in complaints(waveforms):
        warn(complaint)
    paths = [output / f"{number:04d}.wav" for number in range(count)]
    for path, waveform in zip(paths, waveforms, strict=True):
        write_audio(path, waveform.numpy(), sample_rate)
    return paths


def _spec(experiment: Path, registry: Registry) -> ExperimentSpec:
    written = experiment.resolve().parent / "spec.toml"
    if not written.is_file():
        raise AudioganError(
            f"{experiment}: not an experiment's folder: there is no {written}; give runs/FILE/EXPERIMENT"
        )
    specs = read_experiments(written, catalog=registry).experiments
    name = experiment.resolve().name
    for spec in specs:
        if spec.name == name:
            return spec
    raise AudioganError(f"{written} has no experiment '{name}'; it has: {', '.join(spec.name for spec in specs)}")


def _checkpoint_path(folder: ExperimentFolder, checkpoint: str) -> Path:
    named = {"best": folder.best, "latest": folder.latest}
    path = named.get(checkpoint, Path(checkpoint))
    if not path.is_file():
        kept = [name for name, candidate in named.items() if candidate.is_file()]
        raise CheckpointError(
            f"{path}: there is no checkpoint; "
            + (f"the experiment has: {', '.join(kept)}" if kept else "train the experiment first")
        )
    return path


def _networks(spec: ExperimentSpec, stored: Checkpoint, registry: Registry) -> tuple[Any, Any, int]:
    audio = stored.document["audio"]
    representation = build("representation", spec.representation, registry, **audio)
    generator = build("generator", spec.generator, registry, sample_shape=representation.sample_shape)
    load_module("representation", representation, stored)
    load_module("generator", generator, stored)
    return representation, generator, audio["sample_rate"]
