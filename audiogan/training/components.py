"""What one experiment is made of, built and wired together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, final

import torch
from attrs import evolve, field, frozen
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from audiogan.build import build
from audiogan.errors import AudioganError
from audiogan.interfaces import Callback, Dataset, DataSpec, Discriminator, Generator, Representation
from audiogan.registry import Registry, installed
from audiogan.registry.blame import plugin_fault
from audiogan.spec.schema import ComponentSpec, ExperimentSpec
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
    registry: Registry = field(factory=installed, eq=False, repr=False)
    """Where optimisers are found by name."""
    random_state: Tensor = field(factory=torch.get_rng_state, eq=False, repr=False)
    """torch's global random state when all was built, from which training goes on."""

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """All that has weights or buffers."""
        return self.representation, self.generator, self.discriminator, self.loss

    def memory(self) -> int:
        """Bytes of weights and buffers."""
        tensors = [each for module in self.modules for each in (*module.parameters(), *module.buffers())]
        return sum(each.numel() * each.element_size() for each in tensors)

    def to(self, device: torch.device) -> None:
        """Moves every module."""
        for module in self.modules:
            module.to(device)


@final
@frozen
class Refusal:
    """A component that cannot be built."""

    kind: str
    path: tuple[str | int, ...]
    """Where the experiment has it: ``("loss", 0)``, for example."""
    spec: ComponentSpec
    error: AudioganError


@final
class RefusedComponentsError(AudioganError):
    """Components of an experiment that cannot be built; the text lists all of them."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__("\n".join(str(refusal.error) for refusal in refusals))
        self.refusals = refusals


def build_components(
    spec: ExperimentSpec, registry: Registry, *, open_dataset: Callable[[ComponentSpec], Dataset] | None = None
) -> Components:
    """Dataset, representation, both networks, losses and callbacks of ``spec``.

    ``open_dataset`` may give a dataset that other experiments have, too. Initial weights, those of lazy layers
    included, are drawn after seeding torch's global random state with the experiment's seed.

    :raises RefusedComponentsError: components refuse their options, or what they are given of others.
    """
    refusals: list[Refusal] = []

    @contextmanager
    def collected(kind: str, part: ComponentSpec, *path: str | int) -> Iterator[None]:
        try:
            yield
        except AudioganError as error:
            refusals.append(Refusal(kind, path or (kind,), part, error))

    built: dict[str, Any] = {}
    with collected("dataset", spec.dataset):
        built["dataset"] = open_dataset(spec.dataset) if open_dataset else build("dataset", spec.dataset, registry)
    if "dataset" in built:
        data = DataSpec.of(built["dataset"])
        with collected("representation", spec.representation):
            built["representation"] = build("representation", spec.representation, registry, data)
    torch.manual_seed(spec.training.seed)
    if "representation" in built:
        samples = evolve(data, sample_shape=built["representation"].sample_shape)
        for kind, part in (("generator", spec.generator), ("discriminator", spec.discriminator)):
            with collected(kind, part):
                built[kind] = build(kind, part, registry, samples)
                _materialise(built[kind], kind, samples, registry)
    losses, callbacks = [], []
    for index, part in enumerate(spec.loss):
        with collected("loss", part, "loss", index):
            losses.append((part.type, build("loss", part, registry)))
    for index, part in enumerate(spec.callbacks):
        with collected("callback", part, "callbacks", index):
            callbacks.append(build("callback", part, registry))
    if refusals:
        raise RefusedComponentsError(tuple(refusals))
    return Components(**built, loss=LossSum(losses), callbacks=tuple(callbacks), registry=registry)


def _materialise(network: Any, kind: str, data: DataSpec, registry: Registry) -> None:
    """Lets lazy layers see a batch, from which they get their weights."""
    if not any(is_lazy(tensor) for tensor in (*network.parameters(), *network.buffers())):
        return
    shape = (network.latent_dim,) if kind == "generator" else data.sample_shape
    network.eval()
    try:
        with torch.no_grad():
            network(torch.zeros(2, *shape), data.labels(2))
    except Exception as error:
        raise plugin_fault(registry, error, asked=type(network)) from error
    network.train()
