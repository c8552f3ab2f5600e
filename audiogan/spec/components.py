"""Experiment tables into specs, each component's options into the class that its plugin gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cattrs import Converter, IterableValidationError
from cattrs.errors import IterableValidationNote

from audiogan.errors import PluginError
from audiogan.options import not_finite
from audiogan.spec.catalog import Catalog
from audiogan.spec.merge import COMPONENT_SECTIONS
from audiogan.spec.schema import ComponentSpec, ExperimentSpec, OptimizerSpec
from audiogan.spec.strict_hooks import Hook, RejectedValueError, structured_items
from audiogan.spec.structure import attrs_hook, strict_converter


def experiment_converter(catalog: Catalog) -> Converter:
    """A strict converter for :class:`ExperimentSpec`, with components looked up in ``catalog``."""
    converter = strict_converter()
    converter.register_structure_hook(ComponentSpec, _component_hook(converter, catalog, "metric"))
    converter.register_structure_hook(OptimizerSpec, _optimizer)
    components = {kind: _component_hook(converter, catalog, kind) for kind in COMPONENT_SECTIONS}
    components["loss"] = _one_or_several(components["loss"])
    components["callbacks"] = _list_hook(_component_hook(converter, catalog, "callback"))
    converter.register_structure_hook(ExperimentSpec, attrs_hook(converter, ExperimentSpec, **components))
    return converter


def _component_hook(converter: Converter, catalog: Catalog, kind: str) -> Hook:
    def structure(raw: Any, _: Any) -> ComponentSpec:
        name, options = _type_and_rest(raw, f"one of {', '.join(catalog.names(kind)) or 'none (nothing is installed)'}")
        try:
            options_class = catalog.options_class(kind, name)
        except PluginError as error:
            raise _under({"type": RejectedValueError(str(error))}) from error
        return ComponentSpec(name, converter.structure(options, options_class))

    return structure


def _one_or_several(component: Hook) -> Hook:
    several = _list_hook(component)

    def structure(raw: Any, annotation: Any) -> tuple[ComponentSpec, ...]:
        if not isinstance(raw, (list, tuple)):
            return (component(raw, annotation),)
        if not raw:
            raise RejectedValueError("must name at least one loss")
        losses: tuple[ComponentSpec, ...] = several(raw, annotation)
        return losses

    return structure


def _list_hook(component: Hook) -> Hook:
    def structure(raw: Any, _: Any) -> tuple[ComponentSpec, ...]:
        if not isinstance(raw, (list, tuple)):
            raise RejectedValueError("must be a list")
        return tuple(structured_items((index, item, component) for index, item in enumerate(raw)))

    return structure


def _optimizer(raw: Any, _: Any) -> OptimizerSpec:
    name, arguments = _type_and_rest(raw, 'a class of torch.optim, such as "Adam"')
    complaints = {key: not_finite(value) for key, value in arguments.items()}
    if any(complaints.values()):
        raise _under({key: RejectedValueError(complaint) for key, complaint in complaints.items() if complaint})
    return OptimizerSpec(name, arguments)


def _type_and_rest(raw: Any, types: str) -> tuple[str, dict[str, Any]]:
    if isinstance(raw, str):
        return raw, {}
    if not isinstance(raw, Mapping):
        raise RejectedValueError("must be a name in quotes or a table with type")
    rest = dict(raw)
    if "type" not in rest:
        raise _under({"type": RejectedValueError(f"missing; it is {types}")})
    name = rest.pop("type")
    if not isinstance(name, str):
        raise _under({"type": RejectedValueError(f"must be a name in quotes, {types}")})
    return name, rest


def _under(errors: Mapping[str, Exception]) -> IterableValidationError:
    for key, error in errors.items():
        error.add_note(IterableValidationNote("in a table", key, Any))
    return IterableValidationError("in a table", list(errors.values()), dict)
