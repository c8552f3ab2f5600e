"""Hooks for cattrs that take a value only for what it is: 64.9 is no integer, "false" no boolean."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, TypeAlias, final, get_args, get_origin

from cattrs import BaseValidationError, Converter, IterableValidationError
from cattrs.errors import IterableValidationNote

from audiogan.spec.annotations import in_words, is_sequence

Hook: TypeAlias = Callable[[Any, Any], Any]
"""From a raw value and a type to a value of that type, as cattrs calls it."""


_LARGEST = 2**63 - 1
"""What TOML promises to hold, and all that torch and numpy can."""


@final
class RejectedValueError(ValueError):
    """A raw value that cannot become what was asked for; its text says what it must be."""


def exactly(kind: type[Any]) -> Hook:
    """Takes instances of ``kind`` alone."""

    def structure(raw: Any, _: Any) -> Any:
        if isinstance(raw, kind):
            return raw
        raise RejectedValueError(f"must be {in_words(kind)}{_unquoted(raw)}")

    return structure


def whole_number(raw: Any, _: Any) -> int:
    """Takes an integer that is no boolean."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        if abs(raw) > _LARGEST:
            raise RejectedValueError(f"must be at most {_LARGEST} in magnitude")
        return raw
    if isinstance(raw, bool):
        raise RejectedValueError("must be a whole number, such as 1; true and false are none")
    near = f", such as {round(raw)}" if isinstance(raw, float) and abs(raw) < 1e15 else ""
    raise RejectedValueError(f"must be a whole number{near}{_unquoted(raw)}")


def number(raw: Any, _: Any) -> float:
    """Takes an integer or a float that is no NaN, as a float."""
    if isinstance(raw, float) and math.isnan(raw):
        raise RejectedValueError("must be a finite number")
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return float(raw)
    raise RejectedValueError(f"must be a number{_unquoted(raw)}")


def path(raw: Any, _: Any) -> Path:
    """Takes a text or a path, as a path."""
    if isinstance(raw, (str, Path)):
        return Path(raw)
    raise RejectedValueError("must be a path in quotes")


def _unquoted(raw: Any) -> str:
    return f"; write it without quotes: {raw}" if _reads_as_a_scalar(raw) else ""


def _reads_as_a_scalar(raw: Any) -> bool:
    if not isinstance(raw, str):
        return False
    try:
        float(raw)
    except ValueError:
        return raw in ("true", "false")
    return True


def union_hook(converter: Converter, annotation: Any) -> Hook:
    """Takes what one of the members takes, in their order; ``None`` where it is a member."""
    members = get_args(annotation)
    optional = NoneType in members
    others = [member for member in members if member is not NoneType]

    def structure(raw: Any, _: Any) -> Any:
        if raw is None and optional:
            return None
        if len(others) == 1:
            return converter.structure(raw, others[0])
        for member in others:
            try:
                return converter.structure(raw, member)
            except (RejectedValueError, BaseValidationError) as error:
                if _is_container(raw, member):
                    raise error
        raise RejectedValueError(f"must be {in_words(annotation)}")

    return structure


def _is_container(raw: Any, member: Any) -> bool:
    """Whether ``raw`` is the list or table that ``member`` asks for, so that its complaint is the one to tell."""
    return isinstance(raw, Mapping) if not is_sequence(member) else isinstance(raw, (list, tuple))


def sequence_hook(converter: Converter, annotation: Any) -> Hook:
    """Takes a list or tuple whose elements fit, never a text letter by letter."""
    container: Callable[[list[Any]], Any] = list if (get_origin(annotation) or annotation) is list else tuple
    arguments = get_args(annotation)
    is_fixed = container is tuple and bool(arguments) and Ellipsis not in arguments and get_origin(annotation) is tuple

    def structure(raw: Any, _: Any) -> Any:
        if not isinstance(raw, (list, tuple)):
            raise RejectedValueError("must be a list")
        if is_fixed and len(raw) != len(arguments):
            raise RejectedValueError(f"must be a list of {len(arguments)} values")
        kinds = arguments if is_fixed else (arguments[0] if arguments else Any,) * len(raw)
        hooked = (
            (index, item, _hook_for(converter, kind)) for index, (item, kind) in enumerate(zip(raw, kinds, strict=True))
        )
        return container(structured_items(hooked))

    return structure


def mapping_hook(converter: Converter, annotation: Any) -> Hook:
    """Takes a table whose values fit."""
    value_kind = get_args(annotation)[1] if get_args(annotation) else Any

    def structure(raw: Any, _: Any) -> Any:
        if not isinstance(raw, Mapping):
            raise RejectedValueError("must be a table")
        hook = _hook_for(converter, value_kind)
        items = structured_items((key, value, hook) for key, value in raw.items())
        return dict(zip(raw, items, strict=True))

    return structure


def _hook_for(converter: Converter, kind: Any) -> Hook:
    return lambda raw, _: converter.structure(raw, kind)


def structured_items(items: Iterable[tuple[int | str, Any, Hook]]) -> list[Any]:
    """Each value of a list or table (index or key, raw value, hook), every mistake with its index or key."""
    structured: list[Any] = []
    errors: list[Exception] = []
    for key, raw, hook in items:
        try:
            structured.append(hook(raw, Any))
        except Exception as error:
            error.add_note(IterableValidationNote("in a list or table", key, Any))
            errors.append(error)
    if errors:
        raise IterableValidationError("in a list or table", errors, list)
    return structured


def literal_hook(annotation: Any) -> Hook:
    """Takes one of the literals."""

    def structure(raw: Any, _: Any) -> Any:
        for choice in get_args(annotation):
            if raw == choice and type(raw) is type(choice):
                return choice
        raise RejectedValueError(f"must be {in_words(annotation)}")

    return structure
