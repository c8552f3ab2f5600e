"""The two networks, their optimisers and their random numbers, moved one step at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, final

import torch
from torch import Tensor, nn

from audiogan.data.loader import Batch
from audiogan.errors import TrainingError
from audiogan.interfaces import Generator, Judged, Step, StepRecord
from audiogan.spec.schema import OptimizerSpec, TrainingSpec
from audiogan.training.checkpoint import Checkpoint
from audiogan.training.components import Components
from audiogan.training.optimizers import build_optimizer
from audiogan.training.snapshot import Snapshot
from audiogan.training.state import TrainingState

LATENT_SEED = 0x1A7E47
"""Keeps the latents apart from the initial weights, which the same seed draws from torch's global random state."""


@final
class Trainer:
    """Alternates discriminator and generator updates (Goodfellow et al., 2014, algorithm 1).

    ``components`` are moved to ``device``. Latents, penalties and callbacks draw from one generator, all else that is
    random from torch's global state; a checkpoint holds both.
    """

    def __init__(self, components: Components, training: TrainingSpec, *, device: torch.device) -> None:
        self.components = components
        self.device = device
        self.state = TrainingState()
        self._discriminator_steps = training.discriminator_steps
        self._rng = torch.Generator().manual_seed(training.seed ^ LATENT_SEED)
        components.to(device)
        optimizers = {
            network: build_optimizer(
                _chosen(own, training.optimizer, components),
                module.parameters(),
                where=f"training.{network}_optimizer" if own else "training.optimizer",
                registry=components.registry,
            )
            for network, module, own in (
                ("generator", components.generator, training.generator_optimizer),
                ("discriminator", components.discriminator, training.discriminator_optimizer),
            )
        }
        self._generator_optimizer, self._discriminator_optimizer = optimizers.values()
        self._snapshot = Snapshot(components, optimizers, self._rng, device)

    def step(self, batches: Iterator[Batch]) -> StepRecord:
        """One generator update after as many discriminator updates as the experiment asks for.

        :raises TrainingError: a term of a loss is not finite; the weights are then past saving.
        """
        skipped = 0
        for _ in range(self._discriminator_steps):
            batch = next(batches)
            skipped += batch.skipped
            real = self.components.representation.encode(batch.waveforms.to(self.device))
            labels = None if batch.labels is None else batch.labels.to(self.device)
            discriminator_terms = self.discriminator_step(real, labels)
            self.state.position = batch.position
        generator_terms = self.generator_step(real, labels)
        self.state.step += 1
        record = StepRecord(
            step=self.state.step,
            epoch=self.state.position / len(self.components.dataset),
            discriminator_loss=_total(discriminator_terms).item(),
            generator_loss=_total(generator_terms).item(),
            terms={
                **{f"discriminator/{name}": value.item() for name, value in discriminator_terms.items()},
                **{f"generator/{name}": value.item() for name, value in generator_terms.items()},
            },
            skipped=skipped,
        )
        _check_finite(record)
        for callback in self.components.callbacks:
            callback.on_step_end(record)
        return record

    def discriminator_step(self, real: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        """One discriminator update on real samples ``[N, *sample_shape]`` with labels ``[N]``; returns its terms.

        Fakes have the labels of the real samples that they stand beside.
        """
        step, loss = self._next_step(), self.components.loss
        with torch.no_grad():
            fake = self.components.generator(self._latent(len(real)), labels)
        terms = loss.discriminator_terms(
            self._judged(real, labels, step, real=True), self._judged(fake, labels, step, real=False), step
        )
        self._update("discriminator", self.components.discriminator, self._discriminator_optimizer, terms)
        loss.after_discriminator_step(self.components.discriminator)
        return {name: value.detach() for name, value in terms.items()}

    def generator_step(self, real: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        """One generator update on as many fakes as there are ``real`` samples, with their labels; returns its terms."""
        step, loss, generator = self._next_step(), self.components.loss, self.components.generator
        with _frozen_parameters(self.components.discriminator):
            fake = self._judged(generator(self._latent(len(real)), labels), labels, step, real=False)
            judged_real = None
            if loss.generator_needs_real:
                with torch.no_grad():
                    judged_real = self._judged(real, labels, step, real=True)
            terms = loss.generator_terms(fake, judged_real, step)
            self._update("generator", generator, self._generator_optimizer, terms)
        return {name: value.detach() for name, value in terms.items()}

    def generator_for_scoring(self) -> Generator:
        """The generator that is scored: the trained one, or what the callbacks make of it."""
        generator = self.components.generator
        for callback in self.components.callbacks:
            generator = callback.generator_for_scoring(generator)
        return generator

    def checkpoint(self) -> Checkpoint:
        """Everything that going on from here needs, and the generator that is scored where it is another one."""
        return self._snapshot.take(self.state, self.generator_for_scoring())

    def restore(self, checkpoint: Checkpoint) -> None:
        """Goes back to where :meth:`checkpoint` was taken.

        :raises CheckpointError: it is of other networks or optimisers, or not of a training at all.
        """
        self.state = self._snapshot.restore(checkpoint)

    def _next_step(self) -> Step:
        return Step(self.state.step + 1, self._rng, self.components.discriminator)

    def _latent(self, count: int) -> Tensor:
        return self.components.generator.sample_latent(count, rng=self._rng).to(self.device)

    def _judged(self, samples: Tensor, labels: Tensor | None, step: Step, *, real: bool) -> Judged:
        for callback in self.components.callbacks:
            samples = callback.on_discriminator_input(samples, real=real, step=step)
        return step.judge(samples, labels)

    def _update(
        self,
        network: Literal["generator", "discriminator"],
        module: nn.Module,
        optimizer: torch.optim.Optimizer,
        terms: Mapping[str, Tensor],
    ) -> None:
        optimizer.zero_grad(set_to_none=True)
        _total(terms).backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
        for callback in self.components.callbacks:
            callback.on_gradients(network, module)
        optimizer.step()


def _total(terms: Mapping[str, Tensor]) -> Tensor:
    values: Sequence[Tensor] = tuple(terms.values())
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


@contextmanager
def _frozen_parameters(module: nn.Module) -> Iterator[None]:
    # spares the generator's update the gradients of the discriminator's weights, which nobody wants
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    for parameter in parameters:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in parameters:
            parameter.requires_grad_(True)


def _chosen(own: OptimizerSpec | None, shared: OptimizerSpec | None, components: Components) -> OptimizerSpec:
    if own is not None:
        return own
    if shared is not None:
        return shared
    recommended = dict(components.loss.recommended_optimizer)
    return OptimizerSpec(recommended.pop("type"), recommended)


def _check_finite(record: StepRecord) -> None:
    for name, value in record.terms.items():
        if not math.isfinite(value):
            network, _, term = name.partition("/")
            raise TrainingError(
                f"the {network}'s loss is not finite at step {record.step} (epoch {record.epoch:.2f}): its term "
                f"'{term}' is {value}; lower the learning rate (training.optimizer.lr), or use a loss that bounds the "
                "critic (wgan-gp, lsgan)"
            )
