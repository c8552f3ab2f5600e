"""What one experiment is made of, built and wired together."""

from __future__ import annotations

from typing import final

import torch
from attrs import frozen

from audiogan.build import build
from audiogan.interfaces import Dataset, Discriminator, Generator, Loss, Representation
from audiogan.registry import Registry
from audiogan.spec.schema import ExperimentSpec


@final
@frozen
class Components:
    """The parts of an experiment; both networks see what the representation makes of the dataset's windows."""

    dataset: Dataset
    representation: Representation
    generator: Generator
    discriminator: Discriminator
    loss: Loss


def build_components(spec: ExperimentSpec, registry: Registry) -> Components:
    """Dataset, representation, both networks and the loss of ``spec``.

    Initial weights are drawn after seeding torch's global random state with the experiment's seed.

    :raises AudioganError: a component refuses its options, or what it is given of another.
    """
    dataset: Dataset = build("dataset", spec.dataset, registry)
    representation: Representation = build(
        "representation",
        spec.representation,
        registry,
        sample_rate=dataset.sample_rate,
        channels=dataset.channels,
        window_length=dataset.window_length,
    )
    torch.manual_seed(spec.training.seed)
    sample_shape = representation.sample_shape
    return Components(
        dataset=dataset,
        representation=representation,
        generator=build("generator", spec.generator, registry, sample_shape=sample_shape),
        discriminator=build("discriminator", spec.discriminator, registry, sample_shape=sample_shape),
        loss=build("loss", spec.loss, registry),
    )
