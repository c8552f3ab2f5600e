"""Components under test, made of their classes as audiogan makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audiogan.registry.admission import NotAComponentError, check_component
from audiogan.spec.structure import structure_options


def construct(kind: str, component_class: type[Any], options: Any, **context: Any) -> Any:
    """An instance of ``component_class``; ``options`` is a table as in an experiment file, or an options instance.

    :raises AssertionError: the class could not be registered as a component of that kind.
    :raises SpecError: the table does not fit the options class.
    """
    try:
        check_component(kind, "component-under-test", component_class)
    except NotAComponentError as error:
        raise AssertionError(str(error)) from error
    if options is None or isinstance(options, Mapping):
        options = structure_options(component_class.options_class, options or {}, where=component_class.__name__)
    return component_class(options, **context)
