"""Components held to their interfaces on a first batch, before anything is trained."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

import numpy as np
import torch
from attrs import frozen
from torch import Tensor, nn

from audiogan.data.damage import window_or_damage
from audiogan.errors import AudioganError, DamagedDataError, SpecError
from audiogan.interfaces import DataSpec, Loss, Step
from audiogan.interfaces.contracts import ContractError, check_output, check_tensor, check_terms, check_window
from audiogan.registry import Registry
from audiogan.registry.blame import broken_contract, plugin_fault
from audiogan.shortage import memory_shortage
from audiogan.training.components import Components

_WINDOWS = 2


@final
@frozen
class Rehearsal:
    """Asks each component for what training will ask of it, two windows at a time, and leaves all as it was."""

    components: Components
    registry: Registry
    device: torch.device

    def of_networks(self) -> None:
        """Holds windows, both networks and the losses to their interfaces; the networks see noise.

        :raises PluginError: a component breaks its interface, or fails; named with plugin, version, file and line.
        :raises SpecError: the losses leave a network without a term.
        :raises DataError: a window cannot be read.
        """
        self._windows()
        with untouched(self.components, self.device):
            self._updates()

    def of_representation(self) -> None:
        """Holds the representation, which must be fitted, to its interface on windows of the dataset.

        :raises PluginError: it breaks its interface, or fails; named with plugin, version, file and line.
        :raises DataError: a window cannot be read.
        """
        windows = self._windows()
        representation = self.components.representation
        devices = [self.device] if self.device.type == "cuda" else []
        with self._held(representation, "on the first windows"), torch.no_grad(), torch.random.fork_rng(devices):
            waveforms = windows.to(self.device)
            shape = (len(windows), *representation.sample_shape)
            samples = check_tensor(representation.encode(waveforms), "encoded samples", shape=shape)
            check_tensor(representation.decode(samples), "decoded waveforms", shape=tuple(windows.shape))

    def _windows(self) -> Tensor:
        """The first windows that are not damaged ``[at most 2, channels, window_length]``."""
        dataset = self.components.dataset
        data = DataSpec.of(dataset)
        found: list[Tensor] = []
        for index in range(len(dataset)):
            with self._held(dataset, f"at window {index}"):
                window = window_or_damage(dataset, index, rng=np.random.default_rng(index))
                if isinstance(window, DamagedDataError):
                    continue
                check_window(window, index, shape=data.sample_shape, classes=len(data.class_names))
            found.append(torch.from_numpy(window.waveform))
            if len(found) == _WINDOWS:
                break
        return torch.stack(found) if found else torch.empty(0, *data.sample_shape)

    def _updates(self) -> None:
        parts = self.components
        parts.to(self.device)
        rng = torch.Generator().manual_seed(0)
        labels = DataSpec.of(parts.dataset).labels(_WINDOWS)
        labels = None if labels is None else labels.to(self.device)
        shape = (_WINDOWS, *parts.representation.sample_shape)
        real = (torch.rand(shape, generator=rng) * 2 - 1).to(self.device)
        generator, discriminator = parts.generator, parts.discriminator
        with self._held(generator, "on the first latents"):
            latent = generator.sample_latent(_WINDOWS, rng=rng)
            check_tensor(latent, "latents", shape=(_WINDOWS, generator.latent_dim))
            fake = check_tensor(generator(latent.to(self.device), labels), "samples", shape=shape)
        with self._held(discriminator, "on the first samples"):
            for samples in (real, fake):
                check_output(discriminator(samples, labels), count=_WINDOWS)
        step = Step(1, rng, discriminator)
        judged_real, judged_fake = step.judge(real, labels), step.judge(fake.detach(), labels)
        of_discriminator: list[Tensor] = []
        for loss in self._losses():
            with self._held(loss, "at its first terms"):
                terms = check_terms(loss.discriminator_terms(judged_real, judged_fake, step), "discriminator_terms")
            of_discriminator += terms.values()
        self._gradients("discriminator", discriminator, of_discriminator)
        seen = step.judge(real, labels) if parts.loss.generator_needs_real else None
        judged_fake = step.judge(fake, labels)
        of_generator: list[Tensor] = []
        for loss in self._losses():
            with self._held(loss, "at its first terms"):
                of_generator += check_terms(loss.generator_terms(judged_fake, seen, step), "generator_terms").values()
        self._gradients("generator", generator, of_generator)

    def _losses(self) -> Iterator[Loss]:
        for _, loss in self.components.loss.named:
            yield loss

    def _gradients(self, name: str, network: nn.Module, terms: list[Tensor]) -> None:
        if not terms:
            raise SpecError(f"loss: none of the losses gives the {name} a term; list an adversarial one, such as lsgan")
        trained = {key: each for key, each in network.named_parameters() if each.requires_grad}
        with self._held(network, "at its first gradients"):
            if not trained:
                raise ContractError("there is no parameter to train")
            total = torch.stack([term.reshape(()) for term in terms]).sum()
            gradients = torch.autograd.grad(total, list(trained.values()), allow_unused=True)
            if all(gradient is None for gradient in gradients):
                raise ContractError(f"no parameter of the {name} gets a gradient: is something detached on the way?")
            for key, gradient in zip(trained, gradients, strict=True):
                if gradient is not None and not bool(torch.isfinite(gradient).all()):
                    raise ContractError(f"the gradient of the loss by {key} is not finite")

    @contextmanager
    def _held(self, component: object, doing: str) -> Iterator[None]:
        try:
            yield
        except ContractError as error:
            raise broken_contract(self.registry, type(component), f"{doing}, before any update, {error}") from error
        except AudioganError:
            raise
        except Exception as error:
            if memory_shortage(error) is not None:
                raise
            raise plugin_fault(self.registry, error, asked=type(component), doing=doing) from error


@contextmanager
def untouched(components: Components, device: torch.device) -> Iterator[None]:
    """Puts the state, the gradients and the random numbers of the networks back, whatever happens inside."""
    modules = (components.generator, components.discriminator, components.loss)
    states = [copy.deepcopy(module.state_dict()) for module in modules]
    gradients = [(parameter, parameter.grad) for module in modules for parameter in module.parameters()]
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        try:
            yield
        finally:
            for module, state in zip(modules, states, strict=True):
                module.load_state_dict(state)
            for parameter, gradient in gradients:
                parameter.grad = gradient
