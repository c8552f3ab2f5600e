"""Finds plugins through entry points and asks each for its components."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path
from typing import Any, final

import pluggy

from audiogan.interfaces.component import KINDS, Component
from audiogan.registry import hookspecs
from audiogan.registry.admission import NotAComponentError, check_component
from audiogan.registry.registry import BrokenPlugin, Entry, Registry

ENTRY_POINT_GROUP = "audiogan"
_HOOK_OF_KIND = {kind: f"register_{'losses' if kind == 'loss' else kind + 's'}" for kind in KINDS}


@cache
def installed() -> Registry:
    """The registry of everything installed, read once a process.

    A plugin that cannot be imported or that registers nonsense is set aside in ``broken`` with its distribution; a
    name that two distributions claim is set aside in ``contested``.
    """
    return load_plugins(distributions())


def load_plugins(candidates: Iterable[Distribution]) -> Registry:
    """The registry of the plugins in some distributions; the first of those that share a name counts."""
    entries: list[Entry] = []
    broken: list[BrokenPlugin] = []
    seen: set[str] = set()
    for distribution in candidates:
        # the same project can be on the path twice, installed and as a source tree
        name = _normalised(distribution)
        if name in seen:
            continue
        seen.add(name)
        for entry_point in distribution.entry_points.select(group=ENTRY_POINT_GROUP):
            origin = f"{name} {distribution.version}"
            try:
                entries += _components_of(entry_point, origin)
            except (Exception, SystemExit) as error:  # whatever a stranger's module does must not take the others down
                broken.append(BrokenPlugin(entry_point.name, origin, _in_words(error)))
    return _without_contested(entries, tuple(broken))


def _normalised(distribution: Distribution) -> str:
    name: str | None = distribution.metadata["Name"]
    return (name or "unnamed").lower().replace("_", "-").replace(".", "-")


def _components_of(entry_point: EntryPoint, origin: str) -> list[Entry]:
    # a manager to each plugin: one that fails half-way leaves nothing behind
    manager = pluggy.PluginManager("audiogan")
    manager.add_hookspecs(hookspecs)
    plugin = entry_point.load()
    manager.register(plugin, name=entry_point.name)
    _check_hook_names(manager, plugin)
    entries: list[Entry] = []
    for kind, hook in _HOOK_OF_KIND.items():
        getattr(manager.hook, hook)(register=_Registration(entries, kind, origin))
    return entries


def _check_hook_names(manager: pluggy.PluginManager, plugin: object) -> None:
    known = _HOOK_OF_KIND.values()
    for name in dir(plugin):
        is_marked = manager.parse_hookimpl_opts(plugin, name) is not None
        if is_marked and name not in known:
            close = get_close_matches(name, known, n=1)
            guess = f"; did you mean '{close[0]}'?" if close else ""
            raise NotAComponentError(f"there is no hook '{name}'{guess} hooks: {', '.join(known)}")
        if name in known and not is_marked:
            raise NotAComponentError(f"'{name}' is not marked as a hook; decorate it with @audiogan.hookimpl")


@final
class _Registration:
    def __init__(self, entries: list[Entry], kind: str, origin: str) -> None:
        self._entries, self._kind, self._origin = entries, kind, origin

    def __call__(self, name: str, component_class: type[Component]) -> None:
        check_component(self._kind, name, component_class)
        if any((entry.kind, entry.name) == (self._kind, name) for entry in self._entries):
            raise NotAComponentError(f"{self._kind} '{name}' is registered twice")
        self._entries.append(Entry(self._kind, name, component_class, self._origin))


def _in_words(error: BaseException) -> str:
    if isinstance(error, NotAComponentError):
        return str(error)
    if isinstance(error, SyntaxError) and error.filename is not None:
        # its text ends with file and line, while the frames are those of the import system
        return f"{type(error).__name__}: {error}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<frozen ")]
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


def _without_contested(entries: list[Entry], broken: tuple[BrokenPlugin, ...]) -> Registry:
    claims: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        claims.setdefault((entry.kind, entry.name), []).append(entry)
    by_kind: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    contested: dict[tuple[str, str], tuple[str, ...]] = {}
    for (kind, name), claimants in claims.items():
        if len(claimants) == 1:
            by_kind[kind][name] = claimants[0]
        else:
            contested[kind, name] = tuple(entry.distribution for entry in claimants)
    return Registry(by_kind, broken, contested)
