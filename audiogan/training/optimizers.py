"""Optimisers by the name of their ``torch.optim`` class."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from audiogan.errors import SpecError, suggest
from audiogan.spec.schema import OptimizerSpec


def optimizer_names() -> tuple[str, ...]:
    """Names of the optimisers that torch offers and that step without a closure, sorted."""
    return tuple(
        sorted(
            name
            for name, value in vars(torch.optim).items()
            if isinstance(value, type)
            and issubclass(value, torch.optim.Optimizer)
            and value not in (torch.optim.Optimizer, torch.optim.LBFGS)
        )
    )


def build_optimizer(spec: OptimizerSpec, parameters: Iterable[nn.Parameter], *, where: str) -> torch.optim.Optimizer:
    """The optimiser that ``spec`` names, over ``parameters``.

    :raises SpecError: no such class, or it refuses the arguments; ``where`` opens the message.
    """
    names = {name.lower(): name for name in optimizer_names()}
    name = names.get(spec.type.lower())
    if name is None:
        raise SpecError(f"{where}.type: unknown optimiser '{spec.type}'{suggest(spec.type, names.values())}")
    arguments = {key: tuple(value) if isinstance(value, list) else value for key, value in spec.arguments.items()}
    try:
        optimizer: torch.optim.Optimizer = getattr(torch.optim, name)(list(parameters), **arguments)
    except (TypeError, ValueError, RuntimeError) as error:
        raise SpecError(f"{where}: torch.optim.{name} refuses {dict(spec.arguments)}: {error}") from error
    return optimizer
