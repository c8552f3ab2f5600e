"""What is installed: component classes by kind and name, and the distribution each came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

from attrs import field, frozen

from audiogan.errors import PluginError, suggest
from audiogan.interfaces.component import KINDS, Component


@final
@frozen
class Entry:
    """A registered component."""

    kind: str
    name: str
    component_class: type[Component]
    distribution: str
    """Name and version of the distribution it came from, such as ``audiogan 0.1.0``."""


@final
@frozen
class BrokenPlugin:
    """A plugin that could not be loaded; everything else still works."""

    name: str
    distribution: str
    error: str

    def __str__(self) -> str:
        return f"plugin '{self.name}' of {self.distribution} could not be loaded: {self.error}"


@final
@frozen
class Registry:
    """Looks components up by kind and name."""

    entries: Mapping[str, Mapping[str, Entry]]
    broken: tuple[BrokenPlugin, ...] = field(default=())
    contested: Mapping[tuple[str, str], tuple[str, ...]] = field(factory=dict)
    """The distributions behind each (kind, name) that more than one of them claims; such a name cannot be used."""

    def names(self, kind: str) -> tuple[str, ...]:
        """The installed names of a kind, sorted.

        :raises PluginError: there is no such kind.
        """
        if kind not in self.entries:
            raise PluginError(f"unknown kind of component '{kind}'{suggest(kind, KINDS, label='kinds')}")
        return tuple(sorted(self.entries[kind]))

    def find(self, kind: str, name: str) -> Entry:
        """The component of that kind and name.

        :raises PluginError: there is none; the text suggests the nearest name and mentions plugins that failed to load.
            Or several distributions claim the name.
        """
        known = self.names(kind)
        if (kind, name) in self.contested:
            claimants = " and by ".join(self.contested[kind, name])
            raise PluginError(f"{kind} '{name}' is registered by {claimants}; uninstall one of them")
        if name not in known:
            notes = "".join(f"\n    note: {plugin}" for plugin in self.broken)
            raise PluginError(f"unknown {kind} '{name}'{suggest(name, known)}{notes}")
        return self.entries[kind][name]

    def options_class(self, kind: str, name: str) -> type[Any]:
        """The attrs class of that component's options.

        :raises PluginError: as :meth:`find`.
        """
        return self.find(kind, name).component_class.options_class

    def recommended_optimizer(self, loss: str) -> Mapping[str, Any]:
        """The optimiser used with that loss where an experiment names none, as a table with ``type``.

        :raises PluginError: as :meth:`find`.
        """
        component_class: Any = self.find("loss", loss).component_class
        recommended: Mapping[str, Any] = component_class.recommended_optimizer
        return recommended
