"""Raw TOML values into frozen attrs classes, strictly, every mistake at once.

cattrs takes 64.9 for the integer 64, "32" for 32 and "false" for True; its hooks are replaced by strict ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs
from cattrs import BaseValidationError, Converter
from cattrs.gen import make_dict_structure_fn, override

from audiogan.errors import SpecError
from audiogan.options import out_of_bounds
from audiogan.spec.annotations import is_literal, is_mapping, is_sequence, is_union
from audiogan.spec.complaints import Complaint, complaints_of
from audiogan.spec.problems import written
from audiogan.spec.strict_hooks import (
    Hook,
    RejectedValueError,
    exactly,
    literal_hook,
    mapping_hook,
    number,
    path,
    sequence_hook,
    union_hook,
    whole_number,
)
from audiogan.spec.tree import dotted

T = TypeVar("T")


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
    converter.register_structure_hook_factory(is_union, lambda kind: union_hook(converter, kind))
    converter.register_structure_hook_factory(is_sequence, lambda kind: sequence_hook(converter, kind))
    converter.register_structure_hook_factory(is_mapping, lambda kind: mapping_hook(converter, kind))
    converter.register_structure_hook_factory(is_literal, literal_hook)
    converter.register_structure_hook(bool, exactly(bool))
    converter.register_structure_hook(int, whole_number)
    converter.register_structure_hook(float, number)
    converter.register_structure_hook(str, exactly(str))
    converter.register_structure_hook(Path, path)
    return converter


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
