"""The experiment file as frozen classes, after defaults, profile and overrides are merged.

Components are kept as a name and an instance of the options class that their plugin registered with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

from attrs import field, frozen

from audiogan.options import option
from audiogan.registry import Registry, installed
from audiogan.spec.problems import Sources


@final
@frozen
class ComponentSpec:
    """A component by name with its options, structured into that component's options class."""

    type: str
    options: Any = None


@final
@frozen
class OptimizerSpec:
    """An optimiser: the name of a ``torch.optim`` class, or of one that a plugin registered, and its arguments."""

    type: str
    arguments: Mapping[str, Any] = field(factory=dict)


@final
@frozen
class TrainingSpec:
    """How long and how to train. The first budget that is reached ends the training; at least one is needed."""

    batch_size: int = option(default=64, minimum=1, unit="windows", help="windows a batch")
    discriminator_steps: int = option(default=5, minimum=1, help="discriminator updates for each generator update")
    epochs: int | None = option(
        default=None, minimum=1, unit="epochs", help="budget: passes of the real windows through the discriminator"
    )
    steps: int | None = option(default=None, minimum=1, unit="steps", help="budget: generator updates")
    duration_s: float | None = option(default=None, above=0, unit="s", help="budget: wall time spent training")
    optimizer: OptimizerSpec | None = option(
        default=None, help="optimiser of both networks; the loss's recommended one where absent"
    )
    generator_optimizer: OptimizerSpec | None = option(default=None, help="the generator's own optimiser")
    discriminator_optimizer: OptimizerSpec | None = option(default=None, help="the discriminator's own optimiser")
    seed: int = option(
        default=0, minimum=0, maximum=2**63 - 1, help="seed of weights, latents, windows and everything else random"
    )
    device: str = option(default="auto", choices=("auto", "cpu", "cuda"), help="where the networks live")
    threads: int | None = option(
        default=None,
        minimum=1,
        help="CPU threads; as many as torch chooses where absent, one for the smallest networks",
    )
    workers: int = option(
        default=1, minimum=0, help="processes that read windows ahead of the training; the windows do not depend on it"
    )
    checkpoint_every_s: float = option(default=300.0, minimum=0, unit="s", help="time between checkpoints")


@final
@frozen
class EvaluationSpec:
    """What is measured, when, and on how many samples."""

    metrics: tuple[ComponentSpec, ...] = option(
        factory=lambda: (ComponentSpec("inception-score"),),
        component="metric",
        help="metrics by name, or tables with type and options",
    )
    every_epochs: float | None = option(
        default=None, above=0, unit="epochs", help="scoring interval in epochs; 1 where neither interval is given"
    )
    every_steps: int | None = option(
        default=None, minimum=1, unit="steps", help="scoring interval in generator updates"
    )
    samples: int = option(default=5_000, minimum=2, unit="windows", help="generated windows a scoring")
    final_samples: int = option(
        default=50_000, minimum=2, unit="windows", help="generated windows for the values of the table"
    )
    best_by: str = option(
        default="",
        help="the value that marks the best checkpoint by its maximum, or minimum of a distance; where absent, the "
        "first value of the first metric",
    )
    previews: int = option(default=8, minimum=0, unit="files", help="WAV files of fixed latents a scoring")


@final
@frozen
class ExperimentSpec:
    """One row of the table: everything that it takes to train and score it."""

    name: str = option(help="names the experiment's folder")
    title: str = option(help="its name in the table")
    dataset: ComponentSpec = option(component="dataset", help="what is trained on")
    representation: ComponentSpec = option(component="representation", help="what the networks see of a waveform")
    generator: ComponentSpec = option(component="generator", help="the generator")
    discriminator: ComponentSpec = option(component="discriminator", help="the discriminator")
    loss: tuple[ComponentSpec, ...] = option(component="loss", help="one or several, whose terms are summed")
    training: TrainingSpec = option(help="how long and how to train")
    evaluation: EvaluationSpec = option(help="what is measured, and when")
    callbacks: tuple[ComponentSpec, ...] = option(
        default=(), component="callback", help="what happens around the steps, called in this order"
    )
    published: Mapping[str, float] = option(factory=dict, help="values to print beside the experiment's own")


@final
@frozen
class ExperimentFile:
    """A whole experiment file."""

    title: str
    experiments: tuple[ExperimentSpec, ...]
    profile: str | None = None
    plugins: tuple[Path, ...] = ()
    """The Python files that were loaded for its components, as absolute paths."""
    sources: Sources = field(factory=Sources, eq=False, repr=False)
    registry: Registry = field(factory=installed, eq=False, repr=False)
    """What is installed, with what :attr:`plugins` registered."""
