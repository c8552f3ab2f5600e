"""Options of components and of the experiment file: attrs fields that say what they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs


def option(
    *,
    help: str,
    default: Any = attrs.NOTHING,
    factory: Any = None,
    unit: str | None = None,
    choices: Sequence[str] | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:
    """A field of a frozen attrs options class, with what ``audiogan describe`` and the docs print about it.

    ``help`` is one line; ``unit`` follows the value ("samples", "Hz", "s"). ``choices``, ``minimum`` and ``maximum``
    (both inclusive) are checked when an instance is made and raise ``ValueError`` with the field's name and value;
    ``None`` passes where the field's type allows it.

    >>> @attrs.frozen
    ... class Options:
    ...     dim: int = option(default=64, minimum=1, help="channels of the last hidden layer")
    >>> Options(dim=0)
    Traceback (most recent call last):
        ...
    ValueError: dim must be at least 1, not 0
    """

    def check(_instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if value is None:
            return
        if choices is not None and value not in choices:
            raise ValueError(f"{attribute.name} must be one of {', '.join(map(repr, choices))}, not {value!r}")
        if minimum is not None and not value >= minimum:
            raise ValueError(f"{attribute.name} must be at least {minimum:g}, not {value!r}")
        if maximum is not None and not value <= maximum:
            raise ValueError(f"{attribute.name} must be at most {maximum:g}, not {value!r}")

    metadata = {"help": help, "unit": unit, "choices": choices, "minimum": minimum, "maximum": maximum}
    if factory is not None:
        return attrs.field(factory=factory, validator=check, metadata=metadata)
    return attrs.field(default=default, validator=check, metadata=metadata)
