"""From names and options to objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from attrs import frozen

from audiogan.interfaces import Dataset, Discriminator, Generator, Loss, Metric, Representation
from audiogan.registry import Registry, installed
from audiogan.spec.schema import ComponentSpec, ExperimentSpec
from audiogan.spec.structure import structure_options


def create(kind: str, name: str, options: Mapping[str, Any] | None = None, **context: Any) -> Any:
    """An installed component, from Python: ``create("generator", "wavegan", {"dim": 4}, sample_shape=(1, 16384))``.

    ``kind`` is one of ``audiogan.interfaces.KINDS``; ``context`` is what that kind's constructor takes beside its
    options: ``sample_shape`` for generators and discriminators, ``sample_rate``, ``channels`` and ``window_length``
    for representations, nothing for the others.

    :raises PluginError: no component of that kind and name is installed.
    :raises SpecError: an option is unknown, missing, or of a wrong type or value.
    """
    registry = installed()
    structured = structure_options(registry.options_class(kind, name), options or {}, where=f"{kind} '{name}'")
    return build(kind, ComponentSpec(name, structured), registry, **context)


def build(kind: str, spec: ComponentSpec, registry: Registry, **context: Any) -> Any:
    """The component that ``spec``, with its options already structured, describes."""
    component_class: Any = registry.find(kind, spec.type).component_class
    return component_class(spec.options, **context)


@frozen
class Components:
    """What one experiment is made of, wired together."""

    dataset: Dataset
    representation: Representation
    generator: Generator
    discriminator: Discriminator
    loss: Loss


def build_components(spec: ExperimentSpec, registry: Registry) -> Components:
    """Dataset, representation, both networks and the loss of ``spec``.

    Initial weights are drawn after seeding torch's global random state with the experiment's seed.
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


def build_metrics(spec: ExperimentSpec, registry: Registry) -> tuple[Metric, ...]:
    """The metrics of ``spec``, in its order, not yet prepared."""
    return tuple(build("metric", metric, registry) for metric in spec.evaluation.metrics)
