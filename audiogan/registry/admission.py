"""What a class must be to be registered."""

from __future__ import annotations

import inspect
import re
from typing import Any, final

import attrs
import torch

from audiogan import interfaces

_INTERFACES: dict[str, type[Any]] = {
    "dataset": interfaces.Dataset,
    "representation": interfaces.Representation,
    "generator": interfaces.Generator,
    "discriminator": interfaces.Discriminator,
    "loss": interfaces.Loss,
    "callback": interfaces.Callback,
    "embedding": interfaces.Embedding,
    "metric": interfaces.Metric,
    "optimizer": torch.optim.Optimizer,
    "command": interfaces.Command,
}
_WITHOUT_OPTIONS = ("optimizer", "command")
_NAMES = {
    "optimizer": re.compile(r"[A-Za-z][A-Za-z0-9]*"),
    "command": re.compile(r"[a-z0-9]+(?:[- ][a-z0-9]+)*"),
}
_NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")


@final
class NotAComponentError(Exception):
    """What a plugin registered is no component; the text says what it lacks."""


def check_component(kind: str, name: object, component_class: object) -> None:
    """Passes for a concrete subclass of the kind's interface that has a class of options.

    :raises NotAComponentError: for anything else.
    """
    if not isinstance(name, str) or not _NAMES.get(kind, _NAME).fullmatch(name):
        raise NotAComponentError(f"{name!r} is no name for a {kind}; use lower-case letters, digits and dashes")
    subject = f"{kind} '{name}'"
    interface = _INTERFACES[kind]
    if not inspect.isclass(component_class):
        raise NotAComponentError(f"{subject} must be registered as a class, not as {component_class!r}")
    if not issubclass(component_class, interface):
        raise NotAComponentError(f"{subject}: {component_class.__name__} must derive from {_public_name(interface)}")
    missing = sorted(getattr(component_class, "__abstractmethods__", ()))
    if missing:
        raise NotAComponentError(f"{subject}: {component_class.__name__} lacks the methods {', '.join(missing)}")
    if kind in _WITHOUT_OPTIONS:
        return
    options_class = getattr(component_class, "options_class", None)
    if not inspect.isclass(options_class) or not attrs.has(options_class):
        raise NotAComponentError(f"{subject}: {component_class.__name__} needs an attrs class as its options_class")
    try:
        attrs.resolve_types(options_class)
    except NameError as error:
        raise NotAComponentError(f"{subject}: a type in {options_class.__name__} cannot be read: {error}") from error
    if any(field.name == "type" for field in attrs.fields(options_class)):
        raise NotAComponentError(f"{subject}: an option cannot be called 'type', which names the component")


def _public_name(interface: type[Any]) -> str:
    package = "torch.optim" if interface.__module__.startswith("torch.") else "audiogan"
    return f"{package}.{interface.__name__}"
