"""Raw TOML values into frozen attrs classes, strictly, every mistake at once.

A value is taken only for what it is: 64.9 is no integer, "false" no boolean.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from inspect import isclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, final, get_args, get_origin

import attrs

from audiogan.errors import OptionError, PluginError, Problem, suggest
from audiogan.options import not_finite, out_of_bounds
from audiogan.registry import Registry, installed
from audiogan.spec.problems import located, option_error, problem, problem_at
from audiogan.spec.schema import ComponentSpec, OptimizerSpec
from audiogan.spec.toml import Node, Origin, grow_at

T = TypeVar("T")

_LARGEST = 2**63 - 1
"""What TOML promises to hold, and all that torch and numpy can."""
_MANY_KEYS = 20
_WORDS: dict[Any, str] = {
    int: "an integer",
    float: "a number",
    str: "a string",
    bool: "true or false",
    Path: "a path, as a string",
}


@final
class Invalid:
    """What a mistaken value becomes; the mistake is among the problems."""


INVALID: Final = Invalid()


def structure_options(
    options_class: type[T], raw: Mapping[str, Any], *, where: str, registry: Registry | None = None
) -> T:
    """An instance of ``options_class`` made of ``raw``.

    :raises SpecError: an option is unknown, missing, or of a wrong type or value; ``where`` opens the message, which
        lists every mistake.
    """
    structurer = Structurer(registry or installed())
    made: T | Invalid = structurer.table(grow_at(dict(raw), Origin(where)), options_class)
    if isinstance(made, Invalid):
        raise option_error(structurer.problems)
    return made


@final
class Structurer:
    """Makes typed values of nodes; what is wrong with them is gathered in :attr:`problems`."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.problems: list[Problem] = []

    def value(self, node: Node, annotation: Any) -> Any:
        """The node's value as ``annotation`` has it, or :data:`INVALID`."""
        members = members_of(annotation)
        if node.value is None and NoneType in members:
            return None
        for member in members:
            if _is_for(node.value, member):
                return self._as(node, member)
        if node.text is not None and (str in members or Path in members):
            return node.text if str in members else Path(node.text)
        return self.refuse(node, _what_it_must_be(node.value, annotation))

    def table(self, node: Node, options_class: Any) -> Any:
        """An instance of an attrs class made of a table, or :data:`INVALID`."""
        if isinstance(node.value, options_class):
            return node.value
        if not node.is_table:
            return self.refuse(node, "must be a table")
        attrs.resolve_types(options_class)
        fields = {field.name: field for field in attrs.fields(options_class) if field.init}
        given = {name: self._field(node, field) for name, field in fields.items()}
        has_unknown = self.refuse_unknown_keys(node.value, fields)
        if has_unknown or any(value is INVALID for value in given.values()):
            return INVALID
        arguments = {fields[name].alias: value for name, value in given.items() if value is not _ABSENT}
        try:
            return options_class(**arguments)
        except OptionError as error:
            self.problems.append(located(node, tuple(error.option.split(".")), error.message))
        except (TypeError, ValueError) as error:
            self.refuse(node, str(error))
        return INVALID

    def component(self, node: Node, kind: str) -> Any:
        """A component by its name or by a table with ``type`` and options, or :data:`INVALID`."""
        if isinstance(node.value, ComponentSpec):
            return node.value
        name, rest = self._type_and_rest(node, f"one of {self._installed(kind)}")
        if rest is None:
            return INVALID
        try:
            options_class = self.registry.options_class(kind, name)
        except PluginError as error:
            return self.refuse(node.value["type"] if node.is_table else node, str(error))
        options = self.table(rest, options_class)
        return INVALID if options is INVALID else ComponentSpec(name, options)

    def components(self, node: Node, kind: str) -> Any:
        """A list of components, or a single one, as a tuple, or :data:`INVALID`."""
        items = node.value if isinstance(node.value, list) else [node]
        if not items and kind == "loss":
            return self.refuse(node, "must name at least one loss")
        return _all_or_invalid([self.component(item, kind) for item in items])

    def optimizer(self, node: Node) -> Any:
        """An optimiser by its name or by a table with ``type`` and arguments, or :data:`INVALID`."""
        name, rest = self._type_and_rest(node, 'the name of an optimiser, such as "Adam"')
        if rest is None:
            return INVALID
        complaints = {key: not_finite(item.plain()) for key, item in rest.value.items()}
        for key, complaint in complaints.items():
            if complaint is not None:
                self.refuse(rest.value[key], complaint)
        return INVALID if any(complaints.values()) else OptimizerSpec(name, rest.plain())

    def refuse(self, node: Node, message: str) -> Invalid:
        """Notes what is wrong with a node."""
        self.problems.append(problem_at(node, message))
        return INVALID

    def refuse_unknown_keys(self, table: Mapping[str, Node], known: Mapping[str, Any] | Sequence[str]) -> bool:
        """Notes the keys of a table that are not known; whether there are any."""
        unknown = [node for key, node in table.items() if key not in known]
        if len(unknown) > _MANY_KEYS:
            others = f"{len(unknown) - 1:,} more here"
            self.refuse(unknown[0], f"unknown key, as are {others}{suggest('', known, label='known')}")
            return True
        for key in sorted(key for key in table if key not in known):
            self.refuse(table[key], f"unknown key{suggest(key, known, label='known')}")
        return bool(unknown)

    def _field(self, table: Node, field: attrs.Attribute[Any]) -> Any:
        node = table.value.get(field.name)
        kind = field.metadata.get("component")
        if node is None:
            if field.default is not attrs.NOTHING:
                return _ABSENT
            purpose = field.metadata.get("help")
            message = f"missing; installed: {self._installed(kind)}" if kind else f"missing ({purpose})"
            self.problems.append(problem(table.origin.under(field.name), message if purpose else "missing"))
            return INVALID
        if kind is None:
            value = self.value(node, field.type)
        elif any(is_sequence(member) for member in members_of(field.type)):
            value = self.components(node, kind)
        else:
            value = self.component(node, kind)
        complaint = None if value is INVALID else out_of_bounds(field, value)
        return value if complaint is None else self.refuse(node, complaint)

    def _installed(self, kind: str) -> str:
        return ", ".join(self.registry.names(kind)) or "none"

    def _as(self, node: Node, member: Any) -> Any:
        kind = get_origin(member) or member
        if kind is Any:
            return node.plain()
        if kind in (float, Path):
            return kind(node.value)
        if kind is OptimizerSpec:
            return self.optimizer(node)
        if is_sequence(member):
            return self._sequence(node, member)
        if kind in _MAPPINGS:
            value_type = (*get_args(member), Any, Any)[1]
            items = {key: self.value(item, value_type) for key, item in node.value.items()}
            return INVALID if any(item is INVALID for item in items.values()) else items
        return self.table(node, member) if attrs.has(kind) else node.value

    def _sequence(self, node: Node, member: Any) -> Any:
        arguments = get_args(member) or (Any, Ellipsis)
        is_fixed = get_origin(member) is tuple and Ellipsis not in arguments
        nodes: list[Node] = node.value
        if is_fixed and len(nodes) != len(arguments):
            return self.refuse(node, f"must be a list of {len(arguments)} values")
        types = arguments if is_fixed else arguments[:1] * len(nodes)
        items = _all_or_invalid([self.value(item, each) for item, each in zip(nodes, types, strict=True)])
        return list(items) if items is not INVALID and (get_origin(member) or member) is list else items

    def _type_and_rest(self, node: Node, types: str) -> tuple[str, Node | None]:
        if isinstance(node.value, str):
            return node.value, Node({}, node.origin)
        if not node.is_table:
            self.refuse(node, "must be a name, as a string, or a table with type")
        elif "type" not in node.value:
            self.problems.append(problem(node.origin.under("type"), f"missing; it is {types}"))
        elif not isinstance(node.value["type"].value, str):
            self.refuse(node.value["type"], f"must be a name, as a string: {types}")
        else:
            rest = {key: item for key, item in node.value.items() if key != "type"}
            return node.value["type"].value, Node(rest, node.origin)
        return "", None


_ABSENT: Final = object()
_MAPPINGS = (dict, Mapping)


def members_of(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of a union, or the annotation alone."""
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def is_sequence(annotation: Any) -> bool:
    """Whether the annotation is a list, tuple or ``Sequence``, bare or with element types."""
    return (get_origin(annotation) or annotation) in (list, tuple, Sequence)


def in_words(annotation: Any) -> str:
    """The values that an annotation admits, in words; ``None`` is left out, since TOML cannot say it.

    >>> in_words(int | None), in_words(str | tuple[str, ...])
    ('an integer', 'a string or a list')
    """
    return " or ".join(_one_in_words(member) for member in members_of(annotation) if member is not NoneType)


def _one_in_words(annotation: Any) -> str:
    if annotation in _WORDS:
        return _WORDS[annotation]
    if get_origin(annotation) is Literal:
        return f"one of {', '.join(map(repr, get_args(annotation)))}"
    return "a list" if is_sequence(annotation) else "a table"


def _all_or_invalid(items: list[Any]) -> Any:
    return INVALID if any(item is INVALID for item in items) else tuple(items)


def _is_for(value: Any, member: Any) -> bool:
    """Whether ``value`` is what ``member`` asks for as far as TOML tells values apart."""
    kind = get_origin(member) or member
    if isinstance(value, bool) and kind in (int, float):
        return False
    if kind is Literal:
        return any(value == choice and type(value) is type(choice) for choice in get_args(member))
    if kind in (int, float) and isinstance(value, int):
        return abs(value) <= _LARGEST
    if kind is float:
        return isinstance(value, float) and not math.isnan(value)
    if kind is Path:
        return isinstance(value, (str, Path))
    if kind is OptimizerSpec:
        return True
    if is_sequence(member):
        return isinstance(value, (list, tuple))
    if kind is Any:
        return True
    if isclass(kind) and attrs.has(kind):
        return isinstance(value, (dict, kind))
    return isinstance(value, kind)


def _what_it_must_be(value: Any, annotation: Any) -> str:
    members = [member for member in members_of(annotation) if member is not NoneType]
    (member,) = members if len(members) == 1 else (None,)
    if isinstance(value, int) and abs(value) > _LARGEST and (int in members or float in members):
        return f"must be at most {_LARGEST} in magnitude"
    if member is float and isinstance(value, float):
        return "must be a finite number"
    if member is int and isinstance(value, bool):
        return "must be an integer, such as 1; true and false are none"
    if member is int and isinstance(value, float) and abs(value) < 1e15:
        return f"must be an integer, such as {round(value)}"
    unquoted = member in (int, float, bool) and _reads_as_a_scalar(value)
    return f"must be {in_words(annotation)}" + (f"; write it without quotes: {value}" if unquoted else "")


def _reads_as_a_scalar(raw: Any) -> bool:
    if not isinstance(raw, str):
        return False
    try:
        float(raw)
    except ValueError:
        return raw in ("true", "false")
    return True
