"""A training as a checkpoint: every module, optimiser and random state, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, final

import attrs
import torch
from torch import Tensor, nn

from audiogan.errors import CheckpointError
from audiogan.interfaces import DataSpec, Generator
from audiogan.training.checkpoint import Checkpoint
from audiogan.training.components import Components
from audiogan.training.state import TrainingState

SCORED = "scored_generator"
"""The prefix of the generator that is scored, where callbacks make another of the trained one."""


@final
class Snapshot:
    """What a training consists of, beside its counters."""

    def __init__(
        self,
        components: Components,
        optimizers: Mapping[str, torch.optim.Optimizer],
        rng: torch.Generator,
        device: torch.device,
    ) -> None:
        self._components, self._optimizers, self._rng, self._device = components, optimizers, rng, device

    def take(self, state: TrainingState, scored: Generator) -> Checkpoint:
        """Everything that :meth:`restore` needs, and ``scored`` where it is not the trained generator."""
        parts = self._components
        tensors: dict[str, Tensor] = {"random.torch": torch.get_rng_state(), "random.latents": self._rng.get_state()}
        document: dict[str, Any] = {
            "state": state.to_json(),
            # all that generating needs to know of the dataset, which may be gone by then
            "data": attrs.asdict(DataSpec.of(parts.dataset)),
            "dataset": parts.dataset.fingerprint(),
            "extra_state": {},
        }
        if self._device.type == "cuda":
            tensors["random.cuda"] = torch.cuda.get_rng_state(self._device)
        modules = dict(self._modules())
        if scored is not parts.generator:
            modules[SCORED] = scored
        for prefix, module in modules.items():
            for name, value in module.state_dict().items():
                if isinstance(value, Tensor):
                    tensors[f"{prefix}.{name}"] = value
                else:
                    document["extra_state"][f"{prefix}.{name}"] = _as_json(prefix, name, value)
        for index, callback in enumerate(parts.callbacks):
            for name, value in callback.state_dict().items():
                if not isinstance(value, Tensor):
                    raise CheckpointError(
                        f"callback {type(callback).__name__}: {name} of its state is {type(value).__name__}, which "
                        "a checkpoint cannot hold; make it a tensor"
                    )
                tensors[f"callback.{index}.{name}"] = value
        for network, optimizer in self._optimizers.items():
            of_optimizer, document[f"{network}_optimizer"] = _optimizer_state(f"{network}_optimizer", optimizer)
            tensors.update(of_optimizer)
        return Checkpoint(tensors, document)

    def restore(self, checkpoint: Checkpoint) -> TrainingState:
        """Puts everything where :meth:`take` found it, and returns the counters.

        :raises CheckpointError: it is of other networks or optimisers, or not of a training at all.
        """
        try:
            for prefix, module in self._modules():
                load_module(prefix, module, checkpoint)
            for index, callback in enumerate(self._components.callbacks):
                callback.load_state_dict(checkpoint.under(f"callback.{index}"))
            for network, optimizer in self._optimizers.items():
                _load_optimizer(f"{network}_optimizer", optimizer, checkpoint)
            torch.set_rng_state(checkpoint.tensors["random.torch"])
            self._rng.set_state(checkpoint.tensors["random.latents"])
            if self._device.type == "cuda" and "random.cuda" in checkpoint.tensors:
                torch.cuda.set_rng_state(checkpoint.tensors["random.cuda"], self._device)
            return TrainingState.from_json(checkpoint.document["state"])
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise CheckpointError(f"the checkpoint lacks a part that going on needs: {error}") from error

    def _modules(self) -> Iterator[tuple[str, nn.Module]]:
        parts = self._components
        yield "representation", parts.representation
        yield "generator", parts.generator
        yield "discriminator", parts.discriminator
        yield "loss", parts.loss


def load_module(prefix: str, module: nn.Module, checkpoint: Checkpoint) -> None:
    """Fills ``module`` with what ``checkpoint`` holds under ``prefix``.

    :raises CheckpointError: names or shapes differ.
    """
    start = f"{prefix}."
    extra: Mapping[str, Any] = checkpoint.document.get("extra_state", {})
    state = {
        **checkpoint.under(prefix),
        **{name.removeprefix(start): value for name, value in extra.items() if name.startswith(start)},
    }
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        raise CheckpointError(f"the checkpoint's {prefix} does not fit this experiment's: {error}") from error


def _as_json(prefix: str, name: str, value: Any) -> Any:
    try:
        if json.loads(json.dumps(value)) == value:
            return value
    except (TypeError, ValueError):
        pass
    raise CheckpointError(
        f"{prefix}: {name} of its state is {type(value).__name__}, which a checkpoint cannot hold; keep state in "
        "parameters and buffers, or let get_extra_state give what JSON can hold"
    )


def _optimizer_state(prefix: str, optimizer: torch.optim.Optimizer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    state = optimizer.state_dict()
    tensors: dict[str, Tensor] = {}
    scalars: dict[str, dict[str, Any]] = {}
    for index, values in state["state"].items():
        for name, value in values.items():
            if isinstance(value, Tensor):
                tensors[f"{prefix}.{index}.{name}"] = value
            else:
                scalars.setdefault(str(index), {})[name] = value
    return tensors, {
        "type": type(optimizer).__name__,
        "scalars": scalars,
        "param_groups": state["param_groups"],
    }


def _load_optimizer(prefix: str, optimizer: torch.optim.Optimizer, checkpoint: Checkpoint) -> None:
    document = checkpoint.document[prefix]
    if document["type"] != type(optimizer).__name__:
        raise CheckpointError(
            f"the checkpoint's {prefix} is {document['type']}, this experiment's is {type(optimizer).__name__}"
        )
    state: dict[int, dict[str, Any]] = {int(index): dict(values) for index, values in document["scalars"].items()}
    for name, tensor in checkpoint.under(prefix).items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = tensor
    try:
        optimizer.load_state_dict({"state": state, "param_groups": document["param_groups"]})
    except (ValueError, KeyError) as error:
        raise CheckpointError(f"the checkpoint's {prefix} does not fit this experiment's: {error}") from error
