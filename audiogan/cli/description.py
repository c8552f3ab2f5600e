"""What ``audiogan describe`` prints: the registry, options and layers as tables."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import attrs
import torch

from audiogan.build import build, create
from audiogan.cli.text_table import TextTable
from audiogan.errors import AudioganError, PluginError, suggest
from audiogan.interfaces import DataSpec, LayerRow
from audiogan.registry import Entry, Registry
from audiogan.registry.registry import WITHOUT_OPTIONS
from audiogan.spec import (
    ComponentSpec,
    EvaluationSpec,
    OptimizerSpec,
    TrainingSpec,
    as_plain,
    structure_options,
    written,
)
from audiogan.spec.structure import members_of

_SECTION_CLASSES: Mapping[str, type[Any]] = {"training": TrainingSpec, "evaluation": EvaluationSpec}
_SAMPLE_RATE = 16_000


def overview(registry: Registry, kinds: Sequence[str]) -> list[TextTable]:
    """Every component of the given kinds with its plugin, and what could not be loaded."""
    entries = [registry.find(kind, name) for kind in kinds for name in registry.names(kind)]
    rows = [(entry.kind, entry.name, str(entry.plugin), _first_line(entry.component_class)) for entry in entries]
    notes = [str(plugin) for plugin in registry.broken]
    notes += [
        f"{kind} '{name}' cannot be used: registered by {' and by '.join(map(str, claimants))}"
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

    ``window`` is (channels, length) of the waveform, ``sample_shape`` the shape of what the network sees of it; without
    one, it sees what the first representation whose samples it takes makes of the window.

    :raises SpecError: the options are wrong, or do not go with the shape.
    """
    title = f"{entry.kind} '{entry.name}' from {entry.plugin}\n{_first_line(entry.component_class)}".rstrip()
    if entry.kind in WITHOUT_OPTIONS:
        return [TextTable(title)]
    options_class = entry.component_class.options_class
    tables = [_options_table(title, options_class)]
    if entry.kind == "loss":
        optimizer = dict(registry.recommended_optimizer(entry.name))
        arguments = ", ".join(f"{key} = {written(value)}" for key, value in optimizer.items())
        tables.append(TextTable(f"Recommended optimiser: {arguments}"))
    if entry.kind in ("generator", "discriminator"):
        structured = structure_options(options_class, options, where=f"{entry.kind} '{entry.name}'", registry=registry)
        component = ComponentSpec(entry.name, structured)
        shapes = iter([sample_shape]) if sample_shape is not None else _shapes(registry, window)
        tables += _layer_table(registry, entry.kind, component, shapes)
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
        members = [] if field.metadata.get("component") else members_of(field.type)
        nested = [each for each in members if inspect.isclass(each) and attrs.has(each) and each is not OptimizerSpec]
        unit, purpose = (field.metadata.get(key) or "" for key in ("unit", "help"))
        yield name, "table" if nested else _type(field), "" if nested else _default(field), unit, purpose
        for member in nested:
            yield from _option_rows(member, f"{name}.")


def _type(field: attrs.Attribute[Any]) -> str:
    choices = field.metadata.get("choices")
    if choices:
        return " | ".join(map(repr, choices))
    kind = field.metadata.get("component") or ""
    return as_code(field.type).replace(OptimizerSpec.__name__, "name or table").replace(ComponentSpec.__name__, kind)


def as_code(annotation: Any) -> str:
    """The annotation as a programmer writes it, without module names.

    >>> as_code(tuple[int, ...] | None), as_code(Literal["zeros", "nearest"])
    ('tuple[int, ...] | None', "'zeros' | 'nearest'")
    """
    members = members_of(annotation)
    if len(members) > 1:
        return " | ".join(map(as_code, members))
    if get_origin(annotation) is Literal:
        return " | ".join(map(repr, get_args(annotation)))
    if annotation is Ellipsis or annotation is NoneType:
        return "..." if annotation is Ellipsis else "None"
    origin = get_origin(annotation)
    if origin is not None:
        return f"{origin.__name__}[{', '.join(map(as_code, get_args(annotation)))}]"
    return str(getattr(annotation, "__name__", annotation))


def _default(field: attrs.Attribute[Any]) -> str:
    if field.default is attrs.NOTHING:
        return "required"
    value: Any = field.default
    factory = getattr(value, "factory", None)
    if factory is not None:
        value = factory()
    if isinstance(value, (list, tuple)):
        value = [each.type if isinstance(each, ComponentSpec) and each.options is None else each for each in value]
    return "none" if value is None else written(as_plain(value))


def _first_line(component_class: type[Any]) -> str:
    return (inspect.getdoc(component_class) or "").partition("\n")[0].replace("``", "")


def _layer_table(
    registry: Registry, kind: str, component: ComponentSpec, shapes: Iterator[tuple[int, ...]]
) -> list[TextTable]:
    refusal: AudioganError | None = None
    for shape in shapes:
        try:
            network = _without_memory(kind, component, registry, shape)
        except AudioganError as error:
            refusal = refusal or error
            continue
        rows: tuple[LayerRow, ...] = network.layer_rows()
        parameters = sum(parameter.numel() for parameter in network.parameters())
        title = f"Layers for samples of shape {_in_brackets(shape)}, {parameters:,} parameters (n = batch)"
        return [TextTable(title, ("operation", "kernel", "output"), [_cells(row) for row in rows])] if rows else []
    raise refusal or AudioganError("no representation is installed; give --sample-shape")


def _shapes(registry: Registry, window: tuple[int, int]) -> Iterator[tuple[int, ...]]:
    yield window
    for name in registry.names("representation"):
        try:
            representation: Any = create("representation", name, data=_data(window))
        except AudioganError:
            continue
        yield representation.sample_shape


def _without_memory(kind: str, component: ComponentSpec, registry: Registry, shape: tuple[int, ...]) -> Any:
    try:
        with torch.device("meta"):
            return build(kind, component, registry, _data(shape))
    except RuntimeError:
        # some initial weights can only be computed on real memory
        return build(kind, component, registry, _data(shape))


def _data(shape: tuple[int, ...]) -> DataSpec:
    return DataSpec(shape, _SAMPLE_RATE, shape[0], shape[-1])


def _cells(row: LayerRow) -> tuple[str, str, str]:
    return row.operation, _in_brackets(row.kernel) if row.kernel else "", _in_brackets(("n", *row.output))


def _in_brackets(sizes: tuple[object, ...]) -> str:
    return f"({', '.join(map(str, sizes))})"
