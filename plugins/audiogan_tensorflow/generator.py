"""A generator of the original as the folder of an experiment, to generate from and to evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import Any, final

import attrs
import torch
from attrs import frozen
from torch import Tensor

from audiogan.build import build
from audiogan.errors import CheckpointError
from audiogan.files import write_bytes, write_json
from audiogan.interfaces import DataSpec, Generator, Representation
from audiogan.registry import Registry
from audiogan.run.folder import RunFolder
from audiogan.spec import (
    ComponentSpec,
    EvaluationSpec,
    ExperimentFile,
    ExperimentSpec,
    OptimizerSpec,
    TrainingSpec,
    structure_options,
    to_toml,
)
from audiogan.training.checkpoint import Checkpoint, write_checkpoint
from audiogan.training.state import TrainingState
from audiogan_tensorflow.bundle import Bundle
from audiogan_tensorflow.inventory import misfits_told, weights_of
from audiogan_tensorflow.layout import SPECGAN, WAVEGAN, GeneratorLayout, generator_layout
from audiogan_tensorflow.moments import Moments

NETWORK = "G"
DATASET_PATH = "data/*.tfrecord"
"""What the experiment names as its dataset, of which a checkpoint knows nothing."""

_LOSS = "wgan-gp"
"""The original's default."""

_REPRESENTATIONS = {WAVEGAN: "waveform", SPECGAN: "spectrogram"}


@final
@frozen
class ImportedGenerator:
    """A generator with its weights, and the experiment that it is the generator of."""

    spec: ExperimentSpec
    representation: Representation
    generator: Generator
    sample_rate: int
    channels: int
    window_length: int
    bundle: Bundle

    def taken(self) -> tuple[str, ...]:
        """The variables that were taken over."""
        return weights_of(NETWORK, self.bundle.shapes)


def import_generator(
    bundle: Bundle, *, sample_rate: int, window_length: int | None, moments: Moments | None, registry: Registry
) -> ImportedGenerator:
    """The generator among the variables of ``bundle``.

    ``window_length`` may be ``None`` where the layers tell it; ``moments`` are SpecGAN's mean and standard deviation.

    :raises CheckpointError: there is no generator of the original, or it does not make windows of that length.
    """
    names = weights_of(NETWORK, bundle.shapes)
    step = bundle.step() or 0
    with misfits_told(bundle.prefix, bundle.shapes):
        layout = generator_layout({name: bundle.shapes[name] for name in names})
        length = layout.window_length(window_length)
        _check_moments(layout, moments)
        spec = _spec(
            layout,
            title=f"Imported from {bundle.prefix.name}",
            step=step,
            sample_rate=sample_rate,
            window_length=length,
            registry=registry,
        )
        data = DataSpec((layout.channels, length), sample_rate, layout.channels, length)
        representation = build("representation", spec.representation, registry, data)
        samples = attrs.evolve(data, sample_shape=representation.sample_shape)
        generator: Any = build("generator", spec.generator, registry, samples)
    variables = bundle.read(names)
    with misfits_told(bundle.prefix, bundle.shapes):
        generator.load_tensorflow_variables(variables)
    if moments is not None:
        representation.load_state_dict(_tensors(moments))
    return ImportedGenerator(spec, representation, generator.eval(), sample_rate, layout.channels, length, bundle)


def save_generator(imported: ImportedGenerator, folder: Path, *, source: dict[str, Any]) -> None:
    """Writes ``imported`` into ``folder`` as a run of one experiment; ``source`` goes into its ``import.json``.

    :raises DataError, CheckpointError: the folder cannot be written.
    """
    run, spec = RunFolder(folder), imported.spec
    experiment = run.experiment(spec.name)
    document = {
        "state": TrainingState(step=imported.bundle.step() or 0).to_json(),
        "data": attrs.asdict(
            DataSpec(
                (imported.channels, imported.window_length),
                imported.sample_rate,
                imported.channels,
                imported.window_length,
            )
        ),
        "import": source,
    }
    tensors = {
        f"{prefix}.{name}": tensor
        for prefix, module in (("representation", imported.representation), ("generator", imported.generator))
        for name, tensor in module.state_dict().items()
    }
    write_checkpoint(experiment.best, Checkpoint(tensors, document))
    write_json(experiment.path / "import.json", source)
    write_bytes(folder / "spec.toml", to_toml(ExperimentFile(spec.title, (spec,))).encode())


def _spec(
    layout: GeneratorLayout, *, title: str, step: int, sample_rate: int, window_length: int, registry: Registry
) -> ExperimentSpec:
    def component(kind: str, name: str, options: dict[str, Any]) -> ComponentSpec:
        structured = structure_options(registry.options_class(kind, name), options, where=f"{kind} '{name}'")
        return ComponentSpec(name, structured)

    dataset = {
        "path": DATASET_PATH,
        "sample_rate": sample_rate,
        "channels": layout.channels,
        "window_length": window_length,
    }
    critic = {name: layout.options[name] for name in ("dim", "kernel_size")}
    optimizer = dict(registry.recommended_optimizer(_LOSS))
    return ExperimentSpec(
        name=layout.name,
        title=title,
        dataset=component("dataset", "tfrecord", dataset),
        representation=component("representation", _REPRESENTATIONS[layout.name], {}),
        generator=component("generator", layout.name, dict(layout.options)),
        discriminator=component("discriminator", layout.name, critic),
        loss=(component("loss", _LOSS, {}),),
        training=TrainingSpec(steps=max(1, step), optimizer=OptimizerSpec(optimizer.pop("type"), optimizer)),
        evaluation=EvaluationSpec(
            metrics=(component("metric", "inception-score", {}),), every_epochs=1.0, best_by="inception_score_mean"
        ),
    )


def _check_moments(layout: GeneratorLayout, moments: Moments | None) -> None:
    if layout.name == SPECGAN and moments is None:
        raise CheckpointError(
            "SpecGAN's spectrograms are normalised by the mean and standard deviation of its training data, which the "
            "original keeps in a file of its own, moments.pkl; give it with --moments"
        )
    if layout.name != SPECGAN and moments is not None:
        raise CheckpointError("this generator makes waveforms, which have no moments; leave out --moments")


def _tensors(moments: Moments) -> dict[str, Tensor]:
    return {name: torch.from_numpy(value) for name, value in attrs.asdict(moments).items()}
