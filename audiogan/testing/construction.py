"""Components under test, made of their classes as audiogan makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from audiogan.interfaces import DataSpec
from audiogan.interfaces.contracts import ContractError
from audiogan.registry.registry import NotAComponentError, check_component
from audiogan.spec.structure import structure_options


def waveform_data(
    length: int, *, channels: int = 1, sample_rate: int = 16_000, class_names: tuple[str, ...] = ()
) -> DataSpec:
    """Windows of ``length`` samples, as a network on waveforms sees them."""
    return DataSpec((channels, length), sample_rate, channels, length, class_names)


@contextmanager
def broken_contracts() -> Iterator[None]:
    """What breaks an interface inside is an ``AssertionError``, as tests expect it."""
    try:
        yield
    except ContractError as error:
        raise AssertionError(str(error)) from error


def construct(kind: str, component_class: type[Any], options: Any, data: DataSpec | None = None) -> Any:
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
    return component_class(options) if data is None else component_class(options, data)
