"""Options of components and of the experiment file: attrs fields that say what they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import attrs

from audiogan.errors import OptionError


def option(
    *,
    help: str,
    default: Any = attrs.NOTHING,
    factory: Any = None,
    unit: str | None = None,
    choices: Sequence[str] | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
    infinity: bool = False,
    component: str | None = None,
) -> Any:
    """A field of a frozen attrs options class, with what ``audiogan describe`` and the docs print about it.

    ``help`` is one line; ``unit`` follows the value ("samples", "Hz", "s"). ``choices``, ``minimum`` and ``maximum``
    (both inclusive) and ``above`` (exclusive) are checked when an instance is made, and that numbers are numbers and,
    unless ``infinity`` is a value like others, finite; ``None`` passes where the field's type allows it.

    ``component`` is for an option that names another component of that kind, such as ``"embedding"``: a name or a table
    with ``type`` becomes a ``ComponentSpec``, whose options are checked with the rest.

    :raises OptionError: when an instance is made with a value that is out of bounds.

    >>> @attrs.frozen
    ... class Options:
    ...     dim: int = option(default=64, minimum=1, help="channels of the last hidden layer")
    >>> Options(dim=0)
    Traceback (most recent call last):
        ...
    audiogan.errors.OptionError: dim must be at least 1, not 0
    """

    def check(_instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        complaint = out_of_bounds(attribute, value)
        if complaint is not None:
            raise OptionError(attribute.name, f"{complaint}, not {value!r}")

    metadata = {
        "help": help,
        "unit": unit,
        "choices": choices,
        "minimum": minimum,
        "maximum": maximum,
        "above": above,
        "infinity": infinity,
        "component": component,
    }
    if factory is not None:
        return attrs.field(factory=factory, validator=check, metadata=metadata)
    return attrs.field(default=default, validator=check, metadata=metadata)


def out_of_bounds(attribute: attrs.Attribute[Any], value: Any) -> str | None:
    """What is wrong with ``value`` by the bounds that :func:`option` recorded, such as "must be at least 1"."""
    if value is None:
        return None
    bounds = attribute.metadata
    choices, minimum, maximum, above = (bounds.get(name) for name in ("choices", "minimum", "maximum", "above"))
    if choices is not None and value not in choices:
        close = get_close_matches(str(value), choices, n=1)
        guess = f" (did you mean {close[0]!r}?)" if close else ""
        return f"must be one of {', '.join(map(repr, choices))}{guess}"
    complaint = not_finite(value, infinity=bounds.get("infinity", False))
    if complaint is not None:
        return complaint
    if minimum is not None and value < minimum:
        return f"must be at least {minimum:g}"
    if maximum is not None and value > maximum:
        return f"must be at most {maximum:g}"
    if above is not None and value <= above:
        return f"must be more than {above:g}"
    return None


def not_finite(value: Any, *, infinity: bool = False) -> str | None:
    """What is wrong with ``value`` where it is, or a list or table holds, NaN or, unless admitted, an infinity."""
    if isinstance(value, Mapping):
        return next(filter(None, (not_finite(inner, infinity=infinity) for inner in value.values())), None)
    if isinstance(value, (list, tuple)):
        return next(filter(None, (not_finite(inner, infinity=infinity) for inner in value)), None)
    if not isinstance(value, float) or math.isfinite(value) or (infinity and not math.isnan(value)):
        return None
    return "must be a number or an infinity" if infinity else "must be a finite number"


def quoted_alternatives(names: Sequence[str]) -> str:
    """Names of options for a message; nothing where there are none.

    >>> quoted_alternatives(["splits", "protocol"])
    "'splits' or 'protocol'"
    """
    return " or ".join(f"'{name}'" for name in names)
