"""Optimisers by name: those of ``torch.optim``, and those that plugins register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import signature
from typing import Any

import torch
from torch import nn

from audiogan.errors import SpecError, suggest
from audiogan.registry import Registry, installed
from audiogan.spec.schema import OptimizerSpec

_REFUSALS = (TypeError, ValueError, RuntimeError, IndexError, AssertionError)


_FROM_TORCH: dict[str, type[Any]] = {
    name: value
    for name, value in vars(torch.optim).items()
    if isinstance(value, type)
    and issubclass(value, torch.optim.Optimizer)
    and value not in (torch.optim.Optimizer, torch.optim.LBFGS, torch.optim.SparseAdam)
}
"""Those that step on dense gradients without a closure."""


def optimizer_classes(registry: Registry | None = None) -> dict[str, type[Any]]:
    """The optimisers of ``torch.optim`` and of ``registry``, which is what is installed where none is given, by name.

    A registered one takes the place of torch's of that name.
    """
    entries = (registry or installed()).entries["optimizer"]
    return {**_FROM_TORCH, **{name: entry.component_class for name, entry in entries.items()}}


def build_optimizer(
    spec: OptimizerSpec, parameters: Iterable[nn.Parameter], *, where: str, registry: Registry | None = None
) -> torch.optim.Optimizer:
    """The optimiser that ``spec`` names, over ``parameters``.

    :raises SpecError: no such class, or it refuses the arguments; ``where`` opens the message.
    """
    classes = optimizer_classes(registry)
    name = _name_of(spec, classes)
    if name is None:
        raise SpecError(f"{where}.type: {_unknown(spec, classes)}")
    arguments = _torch_arguments(spec)
    optimizer_class = classes[name]
    trained = list(parameters)
    try:
        optimizer: torch.optim.Optimizer = optimizer_class(trained, **arguments)
        _rehearse(optimizer_class, arguments, trained[0].device)
    except _REFUSALS as error:
        raise SpecError(f"{where}: optimiser {name} refuses {dict(spec.arguments)}: {error}") from error
    return optimizer


def refusals(
    spec: OptimizerSpec, device: torch.device, registry: Registry | None = None
) -> list[tuple[str | None, str]]:
    """What the optimiser that ``spec`` names would not take: for each mistake the argument and a message.

    The argument is "type" where there is no such optimiser, ``None`` where no single one is to blame. Networks, which
    few optimisers care about, are not looked at.
    """
    classes = optimizer_classes(registry)
    name = _name_of(spec, classes)
    if name is None:
        return [("type", _unknown(spec, classes))]
    optimizer_class = classes[name]
    found: list[tuple[str | None, str]] = []
    rest: dict[str, Any] = {}
    parameters = dict(list(signature(optimizer_class).parameters.items())[1:])
    for key, value in _torch_arguments(spec).items():
        complaint = (
            _wrong_kind(value, parameters[key].default)
            if key in parameters
            else f"optimiser {name} has no such argument{suggest(key, parameters, label='known')}"
        )
        if complaint is None:
            rest[key] = value
        else:
            found.append((key, complaint))
    return found + [
        (key, f"optimiser {name} refuses it: {message}") for key, message in _blame(optimizer_class, rest, device)
    ]


def _name_of(spec: OptimizerSpec, classes: Iterable[str]) -> str | None:
    return {name.lower(): name for name in classes}.get(spec.type.lower())


def _unknown(spec: OptimizerSpec, classes: Iterable[str]) -> str:
    return f"unknown optimiser '{spec.type}'{suggest(spec.type, classes)}"


def _torch_arguments(spec: OptimizerSpec) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in spec.arguments.items()}


def _wrong_kind(value: Any, default: Any) -> str | None:
    if isinstance(default, bool):
        return None if isinstance(value, bool) else "must be true or false"
    if isinstance(default, (int, float)):
        return None if _is_number(value) else f"must be a number{_without_quotes(value)}"
    if not isinstance(default, tuple):
        return None
    is_fit = isinstance(value, tuple) and len(value) == len(default) and all(map(_is_number, value))
    return None if is_fit else f"must be a list of {len(default)} numbers"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _without_quotes(value: Any) -> str:
    try:
        return f"; write it without quotes: {float(value):g}" if isinstance(value, str) else ""
    except ValueError:
        return ""


def _blame(optimizer_class: Any, arguments: Mapping[str, Any], device: torch.device) -> list[tuple[str | None, str]]:
    # an argument is to blame for a refusal that is not there, or is another one, without it
    blamed: list[tuple[str | None, str]] = []
    left = dict(arguments)
    while (refusal := _refusal(optimizer_class, left, device)) is not None:
        for key in left:
            without = {other: value for other, value in left.items() if other != key}
            if _refusal(optimizer_class, without, device) != refusal:
                blamed.append((key, refusal))
                left = without
                break
        else:
            return [*blamed, (None, refusal)]
    return blamed


def _refusal(optimizer_class: Any, arguments: Mapping[str, Any], device: torch.device) -> str | None:
    try:
        _rehearse(optimizer_class, arguments, device)
    except _REFUSALS as error:
        return str(error)
    return None


def _rehearse(optimizer_class: Any, arguments: Mapping[str, Any], device: torch.device) -> None:
    # torch looks at some arguments, such as the number of betas, only in the first step
    parameter = nn.Parameter(torch.ones(2, 2, device=device))
    parameter.grad = torch.ones_like(parameter)
    optimizer_class([parameter], **arguments).step()
