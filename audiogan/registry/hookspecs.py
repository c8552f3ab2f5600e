"""The hooks a plugin implements, one for each kind of component.

Each receives ``register(name, component_class)`` and calls it once per component; ``name`` is what stands behind
``type =`` in an experiment file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pluggy

from audiogan.interfaces.component import Component

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from audiogan.interfaces import Command

hookspec = pluggy.HookspecMarker("audiogan")
hookimpl = pluggy.HookimplMarker("audiogan")


class Register(Protocol):
    """Adds one component class under a name."""

    def __call__(self, name: str, component_class: type[Component | Command | Optimizer]) -> None:
        """Adds ``component_class`` as ``name``."""


@hookspec
def register_datasets(register: Register) -> None:
    """Registers :class:`audiogan.Dataset` classes."""


@hookspec
def register_representations(register: Register) -> None:
    """Registers :class:`audiogan.Representation` classes."""


@hookspec
def register_generators(register: Register) -> None:
    """Registers :class:`audiogan.Generator` classes."""


@hookspec
def register_discriminators(register: Register) -> None:
    """Registers :class:`audiogan.Discriminator` classes."""


@hookspec
def register_losses(register: Register) -> None:
    """Registers :class:`audiogan.Loss` classes."""


@hookspec
def register_metrics(register: Register) -> None:
    """Registers :class:`audiogan.Metric` classes."""


@hookspec
def register_callbacks(register: Register) -> None:
    """Registers :class:`audiogan.Callback` classes."""


@hookspec
def register_embeddings(register: Register) -> None:
    """Registers :class:`audiogan.Embedding` classes."""


@hookspec
def register_optimizers(register: Register) -> None:
    """Registers :class:`torch.optim.Optimizer` classes."""


@hookspec
def register_commands(register: Register) -> None:
    """Registers :class:`audiogan.Command` classes."""
