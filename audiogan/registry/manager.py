"""Finds plugins through entry points and asks each for its components."""

from __future__ import annotations

from functools import cache
from importlib.metadata import Distribution, EntryPoint, distributions

import pluggy

from audiogan.errors import PluginError
from audiogan.interfaces.component import KINDS, Component
from audiogan.registry import hookspecs
from audiogan.registry.registry import BrokenPlugin, Entry, Registry

ENTRY_POINT_GROUP = "audiogan"
_HOOK_OF_KIND = {kind: f"register_{'losses' if kind == 'loss' else kind + 's'}" for kind in KINDS}


@cache
def installed() -> Registry:
    """The registry of everything installed, read once a process.

    A plugin that cannot be imported or that registers nonsense is set aside in ``broken`` with its distribution.

    :raises PluginError: two plugins claim the same name.
    """
    manager = pluggy.PluginManager("audiogan")
    manager.add_hookspecs(hookspecs)
    collector = _Collector(manager)
    seen: set[tuple[str, str]] = set()
    for distribution in distributions():
        for entry_point in distribution.entry_points.select(group=ENTRY_POINT_GROUP):
            if (entry_point.name, entry_point.value) not in seen:
                seen.add((entry_point.name, entry_point.value))
                collector.load(entry_point, distribution)
    return collector.registry()


class _Collector:
    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager
        self._entries: dict[str, dict[str, Entry]] = {kind: {} for kind in KINDS}
        self._broken: list[BrokenPlugin] = []

    def load(self, entry_point: EntryPoint, distribution: Distribution) -> None:
        origin = f"{distribution.metadata['Name']} {distribution.version}"
        try:
            plugin = entry_point.load()
            self._manager.register(plugin, name=entry_point.name)
            self._manager.check_pending()
            for kind, hook in _HOOK_OF_KIND.items():
                implementation = getattr(plugin, hook, None)
                if implementation is not None:
                    implementation(register=_Registration(self._entries[kind], kind, origin))
        except PluginError:
            raise
        except Exception as error:  # whatever a stranger's module does at import must not take the others down
            self._broken.append(BrokenPlugin(entry_point.name, origin, f"{type(error).__name__}: {error}"))

    def registry(self) -> Registry:
        return Registry(entries=self._entries, broken=tuple(self._broken))


class _Registration:
    def __init__(self, entries: dict[str, Entry], kind: str, origin: str) -> None:
        self._entries, self._kind, self._origin = entries, kind, origin

    def __call__(self, name: str, component_class: type[Component]) -> None:
        other = self._entries.get(name)
        if other is not None:
            raise PluginError(
                f"{self._kind} '{name}' is registered by {other.distribution} and by {self._origin}; "
                "uninstall one of them"
            )
        self._entries[name] = Entry(self._kind, name, component_class, self._origin)
