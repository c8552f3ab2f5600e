"""Raw TOML values into frozen attrs classes, strictly, every mistake at once.

cattrs takes 64.9 for the integer 64, "32" for 32 and "false" for True; the hooks here take a value only for what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin

import attrs
from attrs import frozen
from cattrs import BaseValidationError, ClassValidationError, Converter, IterableValidationError
from cattrs.errors import ForbiddenExtraKeysError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from audiogan.errors import SpecError, suggest
from audiogan.options import out_of_bounds
from audiogan.spec.annotations import in_words, is_literal, is_mapping, is_sequence, is_union
from audiogan.spec.locator import KeyPath
from audiogan.spec.problems import written
from audiogan.spec.tree import dotted

T = TypeVar("T")


@frozen
class Complaint:
    """What is wrong at a path inside a raw value."""

    path: KeyPath
    message: str


class RejectedValueError(ValueError):
    """A raw value that cannot become what was asked for; its text says what it must be."""


def structure_options(options_class: type[T], raw: Mapping[str, Any], *, where: str) -> T:
    """An instance of ``options_class`` made of ``raw``.

    :raises SpecError: an option is unknown, missing, or of a wrong type or value; ``where`` opens the message, which
        lists every mistake.
    """
    try:
        return strict_converter().structure(dict(raw), options_class)
    except BaseValidationError as error:
        lines = [_complaint_line(raw, complaint) for complaint in complaints_of(error)]
        separator = "\n  " if len(lines) > 1 else " "
        raise SpecError(f"{where}:{separator}{separator.join(lines)}") from error


def _complaint_line(raw: Any, complaint: Complaint) -> str:
    value = raw
    try:
        for part in complaint.path:
            value = value[part]
    except (KeyError, IndexError, TypeError):
        return f"{dotted(complaint.path)}: {complaint.message}"
    given = "" if isinstance(value, Mapping) else f" = {written(value)}"
    return f"{dotted(complaint.path)}{given}: {complaint.message}".removeprefix(": ")


def strict_converter() -> Converter:
    """A converter that takes a value only for what it is and gathers every mistake."""
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    converter.register_structure_hook_factory(attrs.has, lambda kind: attrs_hook(converter, kind))
    converter.register_structure_hook_factory(is_union, lambda kind: _union_hook(converter, kind))
    converter.register_structure_hook_factory(is_sequence, lambda kind: _sequence_hook(converter, kind))
    converter.register_structure_hook_factory(is_mapping, lambda kind: _mapping_hook(converter, kind))
    converter.register_structure_hook_factory(is_literal, _literal_hook)
    converter.register_structure_hook(bool, _exactly(bool))
    converter.register_structure_hook(int, _whole_number)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(str, _exactly(str))
    converter.register_structure_hook(Path, _path)
    return converter


Hook = Callable[[Any, Any], Any]


def attrs_hook(converter: Converter, kind: type[Any], **field_hooks: Hook) -> Hook:
    """Structures a table into the attrs class ``kind``, fields named in ``field_hooks`` by those hooks."""
    attrs.resolve_types(kind)
    overrides: dict[str, Any] = {
        field.name: override(struct_hook=_bounded(field, field_hooks.get(field.name, converter.structure)))
        for field in attrs.fields(kind)
        if field.init
    }
    from_table = make_dict_structure_fn(
        kind,
        converter,
        _cattrs_forbid_extra_keys=True,
        _cattrs_detailed_validation=True,
        **overrides,
    )

    def structure(raw: Any, _: Any) -> Any:
        if isinstance(raw, kind):
            return raw
        if not isinstance(raw, Mapping):
            raise RejectedValueError("must be a table")
        return from_table(raw, kind)

    return structure


def _bounded(field: attrs.Attribute[Any], hook: Hook) -> Hook:
    def structure(raw: Any, annotation: Any) -> Any:
        value = hook(raw, annotation)
        complaint = out_of_bounds(field, value)
        if complaint is not None:
            raise RejectedValueError(complaint)
        return value

    return structure


def _exactly(kind: type[Any]) -> Hook:
    def structure(raw: Any, _: Any) -> Any:
        if isinstance(raw, kind):
            return raw
        raise RejectedValueError(f"must be {in_words(kind)}{_unquoted(raw)}")

    return structure


def _whole_number(raw: Any, _: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    near = f", such as {round(raw)}" if isinstance(raw, float) and abs(raw) < 1e15 else ""
    raise RejectedValueError(f"must be a whole number{near}{_unquoted(raw)}")


def _number(raw: Any, _: Any) -> float:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return float(raw)
    raise RejectedValueError(f"must be a number{_unquoted(raw)}")


def _path(raw: Any, _: Any) -> Path:
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


def _union_hook(converter: Converter, annotation: Any) -> Hook:
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


def _sequence_hook(converter: Converter, annotation: Any) -> Hook:
    container: Callable[[list[Any]], Any] = list if (get_origin(annotation) or annotation) is list else tuple
    arguments = get_args(annotation)
    is_fixed = container is tuple and bool(arguments) and Ellipsis not in arguments and get_origin(annotation) is tuple

    def structure(raw: Any, _: Any) -> Any:
        if not isinstance(raw, (list, tuple)):
            raise RejectedValueError("must be a list")
        if is_fixed and len(raw) != len(arguments):
            raise RejectedValueError(f"must be a list of {len(arguments)} values")
        kinds = arguments if is_fixed else (arguments[0] if arguments else Any,) * len(raw)
        return container(_items(converter, zip(range(len(raw)), raw, kinds, strict=True)))

    return structure


def _mapping_hook(converter: Converter, annotation: Any) -> Hook:
    value_kind = get_args(annotation)[1] if get_args(annotation) else Any

    def structure(raw: Any, _: Any) -> Any:
        if not isinstance(raw, Mapping):
            raise RejectedValueError("must be a table")
        items = _items(converter, ((key, value, value_kind) for key, value in raw.items()))
        return dict(zip(raw, items, strict=True))

    return structure


def _items(converter: Converter, items: Iterator[tuple[int | str, Any, Any]]) -> list[Any]:
    structured: list[Any] = []
    errors: list[Exception] = []
    for key, raw, kind in items:
        try:
            structured.append(converter.structure(raw, kind))
        except Exception as error:
            error.add_note(IterableValidationNote("in a list or table", key, kind))
            errors.append(error)
    if errors:
        raise IterableValidationError("in a list or table", errors, list)
    return structured


def _literal_hook(annotation: Any) -> Hook:
    def structure(raw: Any, _: Any) -> Any:
        for choice in get_args(annotation):
            if raw == choice and type(raw) is type(choice):
                return choice
        raise RejectedValueError(f"must be {in_words(annotation)}")

    return structure


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
            yield Complaint(inner_path, str(inner))


def _purpose(error: BaseValidationError, path: KeyPath) -> str:
    fields = attrs.fields_dict(error.cl) if path and attrs.has(error.cl) else {}
    field = fields.get(str(path[-1])) if path else None
    purpose = field.metadata.get("help") if field is not None else None
    return f" ({purpose})" if purpose else ""
