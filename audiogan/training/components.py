"""What one experiment is made of, built and wired together."""

from __future__ import annotations

from typing import final

import torch
from attrs import evolve, frozen

from audiogan.build import build
from audiogan.interfaces import Callback, Dataset, DataSpec, Discriminator, Generator, Representation
from audiogan.registry import Registry
from audiogan.spec.schema import ExperimentSpec
from audiogan.training.loss_sum import LossSum


@final
@frozen
class Components:
    """The parts of an experiment; both networks see what the representation makes of the dataset's windows."""

    dataset: Dataset
    representation: Representation
    generator: Generator
    discriminator: Discriminator
    loss: LossSum
    callbacks: tuple[Callback, ...] = ()


def build_components(spec: ExperimentSpec, registry: Registry) -> Components:
    """Dataset, representation, both networks, losses and callbacks of ``spec``.

    Initial weights are drawn after seeding torch's global random state with the experiment's seed.

    :raises AudioganError: a component refuses its options, or what it is given of another.
    """
    dataset: Dataset = build("dataset", spec.dataset, registry)
    data = DataSpec.of(dataset)
    representation: Representation = build("representation", spec.representation, registry, data)
    torch.manual_seed(spec.training.seed)
    samples = evolve(data, sample_shape=representation.sample_shape)
    return Components(
        dataset=dataset,
        representation=representation,
        generator=build("generator", spec.generator, registry, samples),
        discriminator=build("discriminator", spec.discriminator, registry, samples),
        loss=LossSum([(loss.type, build("loss", loss, registry)) for loss in spec.loss]),
        callbacks=tuple(build("callback", callback, registry) for callback in spec.callbacks),
    )
