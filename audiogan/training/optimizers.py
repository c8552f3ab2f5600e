"""Optimisers by name: those of ``torch.optim``, and the original's RMSProp."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import nn

from audiogan.errors import SpecError, suggest
from audiogan.spec.schema import OptimizerSpec
from audiogan.training.tensorflow_rmsprop import TensorFlowRMSprop


def optimizer_names() -> tuple[str, ...]:
    """Names of the optimisers that step on dense gradients without a closure, sorted."""
    return tuple(sorted(_classes()))


def _classes() -> dict[str, type[torch.optim.Optimizer]]:
    from_torch = {
        name: value
        for name, value in vars(torch.optim).items()
        if isinstance(value, type)
        and issubclass(value, torch.optim.Optimizer)
        and value not in (torch.optim.Optimizer, torch.optim.LBFGS, torch.optim.SparseAdam)
    }
    return {**from_torch, TensorFlowRMSprop.__name__: TensorFlowRMSprop}


def build_optimizer(spec: OptimizerSpec, parameters: Iterable[nn.Parameter], *, where: str) -> torch.optim.Optimizer:
    """The optimiser that ``spec`` names, over ``parameters``.

    :raises SpecError: no such class, or it refuses the arguments; ``where`` opens the message.
    """
    names = {name.lower(): name for name in optimizer_names()}
    name = names.get(spec.type.lower())
    if name is None:
        raise SpecError(f"{where}.type: unknown optimiser '{spec.type}'{suggest(spec.type, names.values())}")
    arguments = {key: tuple(value) if isinstance(value, list) else value for key, value in spec.arguments.items()}
    optimizer_class: Any = _classes()[name]
    trained = list(parameters)
    try:
        optimizer: torch.optim.Optimizer = optimizer_class(trained, **arguments)
        _rehearse(optimizer_class, arguments, trained[0].device)
    except (TypeError, ValueError, RuntimeError, IndexError, AssertionError) as error:
        raise SpecError(f"{where}: optimiser {name} refuses {dict(spec.arguments)}: {error}") from error
    return optimizer


def _rehearse(optimizer_class: Any, arguments: Mapping[str, Any], device: torch.device) -> None:
    # torch looks at some arguments, such as the number of betas, only in the first step
    parameter = nn.Parameter(torch.ones(2, 2, device=device))
    parameter.grad = torch.ones_like(parameter)
    optimizer_class([parameter], **arguments).step()
