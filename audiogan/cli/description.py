"""What ``audiogan describe`` tells: the registry, options and layers as tables."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from audiogan.cli.layer_tables import layer_table
from audiogan.cli.text_table import TextTable
from audiogan.errors import PluginError, suggest
from audiogan.registry import Entry, Registry
from audiogan.spec.annotations import as_code, members_of
from audiogan.spec.problems import written
from audiogan.spec.schema import ComponentSpec, EvaluationSpec, OptimizerSpec, TrainingSpec
from audiogan.spec.structure import structure_options

_SECTION_CLASSES: Mapping[str, type[Any]] = {"training": TrainingSpec, "evaluation": EvaluationSpec}


def overview(registry: Registry, kinds: Sequence[str]) -> list[TextTable]:
    """Every component of the given kinds with its distribution, and what could not be loaded."""
    rows = [
        (kind, name, registry.find(kind, name).distribution, _first_line(registry.find(kind, name).component_class))
        for kind in kinds
        for name in registry.names(kind)
    ]
    notes = [str(plugin) for plugin in registry.broken]
    notes += [
        f"{kind} '{name}' cannot be used: registered by {' and by '.join(claimants)}"
        for (kind, name), claimants in registry.contested.items()
    ]
    return [TextTable("Installed components", ("kind", "name", "from", "what it is"), rows, notes)]


def find_entries(registry: Registry, name: str, kind: str | None) -> list[Entry]:
    """The components of that name, one of each kind that has it.

    :raises PluginError: there is none; the text suggests the nearest name.
    """
    if kind is not None:
        return [registry.find(kind, name)]
    found = [registry.find(kind, name) for kind in registry.entries if name in registry.names(kind)]
    if not found:
        for contested_kind, contested_name in registry.contested:
            if contested_name == name:
                registry.find(contested_kind, name)
        known = {known for kind in registry.entries for known in registry.names(kind)} | _SECTION_CLASSES.keys()
        notes = "".join(f"\n  note: {plugin}" for plugin in registry.broken)
        raise PluginError(f"nothing called '{name}' is installed{suggest(name, known)}{notes}")
    return found


def describe_section(name: str) -> TextTable:
    """The keys of the section ``training`` or ``evaluation`` of an experiment file."""
    return _options_table(f"[{name}] of an experiment file", _SECTION_CLASSES[name])


def describe_component(
    registry: Registry,
    entry: Entry,
    options: Mapping[str, Any],
    *,
    window: tuple[int, int],
    sample_shape: tuple[int, ...] | None,
) -> list[TextTable]:
    """A component's options and, for a network, its layers with ``options`` set.

    ``window`` is (channels, length) of the waveform, ``sample_shape`` the shape of what the network sees of it.

    :raises SpecError: the options are wrong, or do not go with the shape.
    """
    title = f"{entry.kind} '{entry.name}' from {entry.distribution}"
    options_class = entry.component_class.options_class
    tables = [_options_table(f"{title}\n{_first_line(entry.component_class)}".rstrip(), options_class)]
    if entry.kind == "loss":
        optimizer = dict(registry.recommended_optimizer(entry.name))
        arguments = ", ".join(f"{key} = {written(value)}" for key, value in optimizer.items())
        tables.append(TextTable(f"Recommended optimiser: {arguments}"))
    if entry.kind in ("generator", "discriminator"):
        structured = structure_options(options_class, options, where=f"{entry.kind} '{entry.name}'")
        component = ComponentSpec(entry.name, structured)
        tables += layer_table(registry, entry.kind, component, window=window, sample_shape=sample_shape)
    return tables


def _options_table(title: str, options_class: type[Any]) -> TextTable:
    rows = list(_option_rows(options_class))
    notes = () if rows else ("no options",)
    return TextTable(title, ("option", "type", "default", "unit", "description"), rows, notes)


def _option_rows(options_class: type[Any], prefix: str = "") -> Iterator[tuple[str, str, str, str, str]]:
    attrs.resolve_types(options_class)
    for field in attrs.fields(options_class):
        if not field.init:
            continue
        name = f"{prefix}{field.name}"
        nested = [member for member in members_of(field.type) if _is_options_class(member)]
        unit, purpose = (field.metadata.get(key) or "" for key in ("unit", "help"))
        yield name, "table" if nested else _type(field), "" if nested else _default(field), unit, purpose
        for member in nested:
            yield from _option_rows(member, f"{name}.")


def _is_options_class(annotation: Any) -> bool:
    return inspect.isclass(annotation) and attrs.has(annotation) and annotation not in (ComponentSpec, OptimizerSpec)


def _type(field: attrs.Attribute[Any]) -> str:
    choices = field.metadata.get("choices")
    if choices:
        return " | ".join(map(repr, choices))
    return (
        as_code(field.type).replace(OptimizerSpec.__name__, "name or table").replace(ComponentSpec.__name__, "metric")
    )


def _default(field: attrs.Attribute[Any]) -> str:
    if field.default is attrs.NOTHING:
        return "required"
    value: Any = field.default
    factory = getattr(value, "factory", None)
    if factory is not None:
        value = factory()
    return "none" if value is None else written(_as_toml(value))


def _as_toml(value: Any) -> Any:
    if isinstance(value, ComponentSpec):
        return value.type
    if isinstance(value, OptimizerSpec):
        return {"type": value.type, **value.arguments}
    if isinstance(value, (list, tuple)):
        return [_as_toml(item) for item in value]
    return value


def _first_line(component_class: type[Any]) -> str:
    return (inspect.getdoc(component_class) or "").partition("\n")[0].replace("``", "")
