"""What is wrong inside a raw value, from the error groups of cattrs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import attrs
from attrs import frozen
from cattrs import BaseValidationError, ClassValidationError, IterableValidationError
from cattrs.errors import ForbiddenExtraKeysError

from audiogan.errors import suggest
from audiogan.spec.locator import KeyPath
from audiogan.spec.named_option import opening_option


@final
@frozen
class Complaint:
    """What is wrong at a path inside a raw value."""

    path: KeyPath
    message: str


def complaints_of(error: BaseValidationError, path: KeyPath = ()) -> Iterator[Complaint]:
    """Every mistake in a cattrs error group, with the path that led to it."""
    located: list[tuple[Exception, KeyPath]] = []
    if isinstance(error, ClassValidationError):
        with_notes, without = error.group_exceptions()
        located += [(inner, (*path, note.name)) for inner, note in with_notes]
        located += [(inner, path) for inner in without]
    elif isinstance(error, IterableValidationError):
        elements, without = error.group_exceptions()
        located += [(inner, (*path, note.index)) for inner, note in elements]
        located += [(inner, path) for inner in without]
    for inner, inner_path in located:
        if isinstance(inner, BaseValidationError):
            yield from complaints_of(inner, inner_path)
        elif isinstance(inner, ForbiddenExtraKeysError):
            known = [field.name for field in attrs.fields(inner.cl) if field.init]
            for key in sorted(inner.extra_fields):
                yield Complaint((*inner_path, key), f"unknown key{suggest(key, known, label='known')}")
        elif isinstance(inner, KeyError):
            yield Complaint(inner_path, f"missing{_purpose(error, inner_path)}")
        else:
            yield _complaint(error, str(inner), inner_path, found_in=path)


def _complaint(error: BaseValidationError, message: str, path: KeyPath, *, found_in: KeyPath) -> Complaint:
    opening = opening_option(message, error.cl) if path == found_in else None
    if opening is None:
        return Complaint(path, message)
    option, rest = opening
    return Complaint((*path, option), rest)


def _purpose(error: BaseValidationError, path: KeyPath) -> str:
    fields = attrs.fields_dict(error.cl) if path and attrs.has(error.cl) else {}
    field = fields.get(str(path[-1])) if path else None
    purpose = field.metadata.get("help") if field is not None else None
    return f" ({purpose})" if purpose else ""
