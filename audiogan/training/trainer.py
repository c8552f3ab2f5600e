"""The two networks, their optimisers and their random numbers, moved one step at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, final

import torch
from torch import Tensor, nn

from audiogan.components import Components
from audiogan.data.loader import Batch
from audiogan.errors import CheckpointError, TrainingError
from audiogan.spec.schema import OptimizerSpec, TrainingSpec
from audiogan.training.checkpoint import (
    Checkpoint,
    load_module,
    load_optimizer,
    module_tensors,
    optimizer_tensors,
)
from audiogan.training.optimizers import build_optimizer
from audiogan.training.records import StepRecord
from audiogan.training.state import TrainingState

LATENT_SEED = 0x1A7E47
"""Keeps the latents apart from the initial weights, which the same seed draws from torch's global random state."""


@final
class Trainer:
    """Alternates discriminator and generator updates (Goodfellow et al., 2014, algorithm 1).

    ``components`` are moved to ``device``. Latents come from a generator of their own, all else that is random from
    torch's global state; a checkpoint holds both.
    """

    def __init__(self, components: Components, training: TrainingSpec, *, device: torch.device) -> None:
        self.components = components
        self.device = device
        self.state = TrainingState()
        self._discriminator_steps = training.discriminator_steps
        self._latents = torch.Generator().manual_seed(training.seed ^ LATENT_SEED)
        for module in (components.representation, components.generator, components.discriminator):
            module.to(device)
        self._generator_optimizer = build_optimizer(
            _chosen(training.generator_optimizer, training.optimizer, components),
            components.generator.parameters(),
            where="training.generator_optimizer" if training.generator_optimizer else "training.optimizer",
        )
        self._discriminator_optimizer = build_optimizer(
            _chosen(training.discriminator_optimizer, training.optimizer, components),
            components.discriminator.parameters(),
            where="training.discriminator_optimizer" if training.discriminator_optimizer else "training.optimizer",
        )

    def step(self, batches: Iterator[Batch]) -> StepRecord:
        """One generator update after as many discriminator updates as the experiment asks for.

        :raises TrainingError: a loss is not finite; the weights are then past saving.
        """
        skipped = 0
        for _ in range(self._discriminator_steps):
            batch = next(batches)
            skipped += batch.skipped
            real = self.components.representation.encode(batch.waveforms.to(self.device))
            discriminator_loss, penalty = self.discriminator_step(real)
            self.state.position = batch.position
        generator_loss = self.generator_step(batch_size=len(batch.waveforms))
        self.state.step += 1
        record = StepRecord(
            step=self.state.step,
            epoch=self.state.position / len(self.components.dataset),
            discriminator_loss=discriminator_loss,
            generator_loss=generator_loss,
            penalty=penalty,
            skipped=skipped,
        )
        _check_finite(record)
        return record

    def discriminator_step(self, real: Tensor) -> tuple[float, float | None]:
        """One discriminator update on real samples ``[N, *sample_shape]``; returns its loss and penalty."""
        discriminator, loss = self.components.discriminator, self.components.loss
        with torch.no_grad():
            fake = self.components.generator(self._latent(len(real)))
        total = loss.discriminator_loss(discriminator(real), discriminator(fake))
        penalty = loss.penalty(discriminator, real, fake, rng=self._latents)
        if penalty is not None:
            total = total + penalty
        self._update(self._discriminator_optimizer, total)
        loss.after_discriminator_step(discriminator)
        return float(total.item()), None if penalty is None else penalty.item()

    def generator_step(self, *, batch_size: int) -> float:
        """One generator update; returns its loss."""
        discriminator, generator = self.components.discriminator, self.components.generator
        with _frozen_parameters(discriminator):
            total = self.components.loss.generator_loss(discriminator(generator(self._latent(batch_size))))
            self._update(self._generator_optimizer, total)
        return float(total.item())

    def checkpoint(self) -> Checkpoint:
        """Everything that going on from here needs."""
        parts = self.components
        generator_tensors, generator_document = optimizer_tensors("generator_optimizer", self._generator_optimizer)
        critic_tensors, critic_document = optimizer_tensors("discriminator_optimizer", self._discriminator_optimizer)
        tensors = {
            **module_tensors("representation", parts.representation),
            **module_tensors("generator", parts.generator),
            **module_tensors("discriminator", parts.discriminator),
            **generator_tensors,
            **critic_tensors,
            "random.torch": torch.get_rng_state(),
            "random.latents": self._latents.get_state(),
        }
        if self.device.type == "cuda":
            tensors["random.cuda"] = torch.cuda.get_rng_state(self.device)
        document: dict[str, Any] = {
            "state": self.state.to_json(),
            # all that generating needs to know of the dataset, which may be gone by then
            "audio": {
                "sample_rate": parts.dataset.sample_rate,
                "channels": parts.dataset.channels,
                "window_length": parts.dataset.window_length,
            },
            "dataset": parts.dataset.fingerprint(),
            "generator_optimizer": generator_document,
            "discriminator_optimizer": critic_document,
        }
        return Checkpoint(tensors, document)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Goes back to where :meth:`checkpoint` was taken.

        :raises CheckpointError: it is of other networks or optimisers, or not of a training at all.
        """
        try:
            self._restore(checkpoint)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CheckpointError(f"the checkpoint lacks a part that going on needs: {error}") from error

    def _restore(self, checkpoint: Checkpoint) -> None:
        parts = self.components
        load_module("representation", parts.representation, checkpoint)
        load_module("generator", parts.generator, checkpoint)
        load_module("discriminator", parts.discriminator, checkpoint)
        documents = checkpoint.document
        load_optimizer("generator_optimizer", self._generator_optimizer, checkpoint, documents["generator_optimizer"])
        load_optimizer(
            "discriminator_optimizer",
            self._discriminator_optimizer,
            checkpoint,
            documents["discriminator_optimizer"],
        )
        torch.set_rng_state(checkpoint.tensors["random.torch"])
        self._latents.set_state(checkpoint.tensors["random.latents"])
        if self.device.type == "cuda" and "random.cuda" in checkpoint.tensors:
            torch.cuda.set_rng_state(checkpoint.tensors["random.cuda"], self.device)
        self.state = TrainingState.from_json(documents["state"])

    def _latent(self, count: int) -> Tensor:
        return self.components.generator.sample_latent(count, rng=self._latents).to(self.device)

    def _update(self, optimizer: torch.optim.Optimizer, total: Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
        optimizer.step()


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
    for name, value in (("discriminator", record.discriminator_loss), ("generator", record.generator_loss)):
        if not math.isfinite(value):
            raise TrainingError(
                f"the {name}'s loss is {value} at step {record.step} (epoch {record.epoch:.2f}): lower the learning "
                "rate (training.optimizer.lr), or use a loss that bounds the critic (wgan-gp, lsgan)"
            )
