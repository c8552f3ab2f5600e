"""What all components share: a class of options."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

KINDS = (
    "dataset",
    "representation",
    "generator",
    "discriminator",
    "loss",
    "callback",
    "embedding",
    "metric",
    "optimizer",
    "command",
)
"""The kinds of component, in the order in which data meets them, then what belongs to no experiment."""


class Component(Protocol):
    """A class that a plugin registers under a name.

    ``options_class`` is a frozen attrs class made with :func:`audiogan.option` fields. The component's constructor
    takes one instance of it, then the keyword arguments of its kind.
    """

    options_class: ClassVar[type[Any]]
