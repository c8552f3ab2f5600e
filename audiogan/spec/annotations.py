"""Types of options in words that a user understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

_WORDS: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    bool: "true or false",
    Path: "a path in quotes",
}


def members_of(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of a union, or the annotation alone."""
    return get_args(annotation) if is_union(annotation) else (annotation,)


def is_union(annotation: Any) -> bool:
    """Whether the annotation is ``X | Y`` or ``Optional[X]``."""
    return get_origin(annotation) in (Union, UnionType)


def is_sequence(annotation: Any) -> bool:
    """Whether the annotation is a list, tuple or ``Sequence``, bare or with element types."""
    return (get_origin(annotation) or annotation) in (list, tuple, Sequence)


def is_mapping(annotation: Any) -> bool:
    """Whether the annotation is a dict or ``Mapping``, bare or with key and value types."""
    return (get_origin(annotation) or annotation) in (dict, Mapping)


def is_literal(annotation: Any) -> bool:
    """Whether the annotation is ``Literal[…]``."""
    return get_origin(annotation) is Literal


def in_words(annotation: Any) -> str:
    """The values that an annotation admits, in words; ``None`` is left out, since TOML cannot say it.

    >>> in_words(int | None), in_words(str | tuple[str, ...])
    ('a whole number', 'a text in quotes or a list')
    """
    kinds = [member for member in members_of(annotation) if member is not NoneType]
    return " or ".join(_one_in_words(member) for member in kinds)


def _one_in_words(annotation: Any) -> str:
    if annotation in _WORDS:
        return _WORDS[annotation]
    if is_literal(annotation):
        return f"one of {', '.join(repr(choice) for choice in get_args(annotation))}"
    if is_sequence(annotation):
        return "a list"
    return "a table"


def as_code(annotation: Any) -> str:
    """The annotation as a programmer writes it, without module names.

    >>> as_code(tuple[int, ...] | None), as_code(Literal["zeros", "nearest"])
    ('tuple[int, ...] | None', "'zeros' | 'nearest'")
    """
    if is_union(annotation):
        return " | ".join(as_code(member) for member in get_args(annotation))
    if is_literal(annotation):
        return " | ".join(repr(choice) for choice in get_args(annotation))
    if annotation is Ellipsis:
        return "..."
    if annotation is NoneType:
        return "None"
    origin = get_origin(annotation)
    if origin is not None:
        return f"{origin.__name__}[{', '.join(as_code(argument) for argument in get_args(annotation))}]"
    return getattr(annotation, "__name__", str(annotation))
