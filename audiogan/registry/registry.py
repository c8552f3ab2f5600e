"""What is installed: component classes by kind and name, and the distribution each came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from audiogan.errors import PluginError, suggest
from audiogan.interfaces.component import Component


@frozen
class Entry:
    """A registered component."""

    kind: str
    name: str
    component_class: type[Component]
    distribution: str
    """Name and version of the distribution it came from, such as ``audiogan 0.1.0``."""


@frozen
class BrokenPlugin:
    """A plugin that could not be loaded; everything else still works."""

    name: str
    distribution: str
    error: str


@frozen
class Registry:
    """Looks components up by kind and name."""

    entries: Mapping[str, Mapping[str, Entry]]
    broken: tuple[BrokenPlugin, ...] = field(default=())

    def names(self, kind: str) -> tuple[str, ...]:
        """The installed names of a kind, sorted."""
        return tuple(sorted(self.entries[kind]))

    def find(self, kind: str, name: str) -> Entry:
        """The component of that kind and name.

        :raises PluginError: there is none; the text suggests the nearest name and mentions plugins that failed to load.
        """
        entry = self.entries[kind].get(name)
        if entry is None:
            raise PluginError(f"unknown {kind} '{name}'{suggest(name, self.entries[kind])}{self._broken_note()}")
        return entry

    def options_class(self, kind: str, name: str) -> type[Any]:
        """The attrs class of that component's options.

        :raises PluginError: as :meth:`find`.
        """
        return self.find(kind, name).component_class.options_class

    def _broken_note(self) -> str:
        return "".join(
            f"\n  note: plugin '{plugin.name}' of {plugin.distribution} could not be loaded: {plugin.error}"
            for plugin in self.broken
        )
