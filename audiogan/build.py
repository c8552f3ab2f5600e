"""From names and options to objects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from audiogan.errors import AudioganError, OptionError, Problem, SpecError
from audiogan.interfaces import DataSpec
from audiogan.registry import Registry, installed
from audiogan.registry.blame import plugin_fault
from audiogan.shortage import memory_shortage
from audiogan.spec.problems import option_error, written
from audiogan.spec.schema import ComponentSpec
from audiogan.spec.structure import structure_options


def create(kind: str, name: str, options: Mapping[str, Any] | None = None, *, data: DataSpec | None = None) -> Any:
    """An installed component, from Python: ``create("generator", "wavegan", {"dim": 4}, data=data)``.

    ``kind`` is one of ``audiogan.interfaces.KINDS``; representations, generators and discriminators are built for
    ``data``, the others without.

    :raises PluginError: no component of that kind and name is installed.
    :raises SpecError: an option is unknown, missing, or of a wrong type or value.
    """
    registry = installed()
    structured = structure_options(registry.options_class(kind, name), options or {}, where=f"{kind} '{name}'")
    return build(kind, ComponentSpec(name, structured), registry, data)


def build(kind: str, spec: ComponentSpec, registry: Registry, data: DataSpec | None = None) -> Any:
    """The component that ``spec``, with its options already structured, describes.

    :raises PluginError: no component of that kind and name is installed.
    :raises SpecError: the options do not go together, or not with ``data``, or ask for more memory than there is.
    :raises PluginError: its constructor fails in another way.
    """
    component_class: Any = registry.find(kind, spec.type).component_class
    try:
        return component_class(spec.options) if data is None else component_class(spec.options, data)
    except OptionError as error:
        value = reduce(lambda options, name: getattr(options, name, None), error.option.split("."), spec.options)
        raise option_error(
            [Problem(f"{kind} '{spec.type}'", 0, error.option, written(value), error.message)]
        ) from error
    except AudioganError:
        raise
    except ValueError as error:
        raise SpecError(f"{kind} '{spec.type}': {error}") from error
    except Exception as error:
        shortage = memory_shortage(error)
        if shortage is None:
            raise plugin_fault(registry, error, asked=component_class) from error
        raise SpecError(
            f"{kind} '{spec.type}': does not fit into memory: lower what makes it large, such as dim ({shortage})"
        ) from error
