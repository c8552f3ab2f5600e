"""Finds plugins: through entry points, in Python files of one's own, and registered by hand."""

from __future__ import annotations

import hashlib
import importlib
import sys
import traceback
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, EntryPoint, distributions
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, final

import pluggy

from audiogan.errors import PluginError
from audiogan.interfaces.component import KINDS, Component
from audiogan.registry import hookspecs
from audiogan.registry.registry import (
    LOCAL_MODULE,
    BrokenPlugin,
    Entry,
    NotAComponentError,
    Plugin,
    Registry,
    check_component,
)

ENTRY_POINT_GROUP = "audiogan"
_HOOK_OF_KIND = {kind: f"register_{'losses' if kind == 'loss' else kind + 's'}" for kind in KINDS}
_RUN_FOLDER_HOLDS = ("run.json", "spec.toml")
_SESSION = Plugin("this session")
_by_hand: list[Entry] = []
_loading: list[list[Entry]] = []


def installed() -> Registry:
    """The registry of everything installed, and of what was registered by hand in this session.

    A plugin that cannot be imported or that registers nonsense is set aside in ``broken`` with its distribution; a
    name that two plugins claim is set aside in ``contested``.
    """
    return _installed().replacing(_by_hand) if _by_hand else _installed()


def register(kind: str, name: str, component_class: type[Component]) -> None:
    """Adds a component under a name for this session, as in a notebook; a cell may be run again.

    :raises PluginError: the class is no component of that kind, or the name is taken by another.
    """
    try:
        check_component(kind, name, component_class)
    except NotAComponentError as error:
        raise PluginError(str(error)) from None
    if _loading:
        _loading[-1].append(Entry(kind, name, component_class, _SESSION))
        return
    former = next((entry for entry in installed().claims if (entry.kind, entry.name) == (kind, name)), None)
    if former is not None and (former not in _by_hand or _place(former.component_class) != _place(component_class)):
        raise PluginError(f"{kind} '{name}' is registered by {former.plugin}; register yours by another name")
    _by_hand[:] = [entry for entry in _by_hand if entry != former]
    _by_hand.append(Entry(kind, name, component_class, _SESSION))


def load_plugins(candidates: Iterable[Distribution], manager: pluggy.PluginManager | None = None) -> Registry:
    """The registry of the plugins in some distributions; the first of those that share a name counts."""
    manager = manager or _new_manager()
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
            loaded = load_plugin(entry_point, distribution, manager)
            if isinstance(loaded, BrokenPlugin):
                broken.append(loaded)
            else:
                entries += loaded
    return Registry(tuple(entries), tuple(broken))


def load_plugin(
    entry_point: EntryPoint, distribution: Distribution, manager: pluggy.PluginManager | None = None
) -> list[Entry] | BrokenPlugin:
    """What the plugin behind an entry point of a distribution registers."""
    name = _normalised(distribution)
    try:
        module = entry_point.load()
        return _components_of(module, _plugin_of(entry_point, distribution, name), manager or _new_manager())
    except (Exception, SystemExit) as error:  # whatever a stranger's module does must not take the others down
        return BrokenPlugin(entry_point.name, f"{name} {distribution.version}", _in_words(error))


def load_file(path: Path) -> tuple[Entry, ...]:
    """What a Python file registers, through hooks or by calling :func:`register`; it is run once for each content.

    :raises PluginError: it cannot be loaded, registers nothing, or lies in a run folder.
    """
    path = path.resolve()
    for folder in path.parents:
        if all((folder / name).exists() for name in _RUN_FOLDER_HOLDS):
            raise PluginError(f"{path} lies in the run folder {folder}; nothing is loaded from there, move it")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise PluginError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        entries = _load_file(path, digest)
    except (Exception, SystemExit) as error:
        raise PluginError(f"{path} could not be loaded: {_in_words(error)}") from error
    if not entries:
        raise PluginError(
            f"{path} registers nothing; mark hooks with @audiogan.hookimpl or call audiogan.register(kind, name, class)"
        )
    return entries


@cache
def _manager() -> pluggy.PluginManager:
    return _new_manager()


@cache
def _installed() -> Registry:
    return load_plugins(distributions(), _manager())


def _new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("audiogan")
    manager.add_hookspecs(hookspecs)
    return manager


@cache
def _load_file(path: Path, digest: str) -> tuple[Entry, ...]:
    plugin = Plugin(str(path), path=path, file_hash=digest)
    _loading.append([])
    try:
        module = importlib.import_module(f"{LOCAL_MODULE}{digest}_{str(path).encode().hex()}")
    finally:
        by_hand = [Entry(entry.kind, entry.name, entry.component_class, plugin) for entry in _loading.pop()]
    return (*by_hand, *_components_of(module, plugin, _manager()))


def _place(component_class: type[Any]) -> tuple[str, str]:
    return component_class.__module__, component_class.__qualname__


def _normalised(distribution: Distribution) -> str:
    name: str | None = distribution.metadata["Name"]
    return (name or "unnamed").lower().replace("_", "-").replace(".", "-")


def _plugin_of(entry_point: EntryPoint, distribution: Distribution, name: str) -> Plugin:
    package = sys.modules[entry_point.module.partition(".")[0]]
    file = getattr(package, "__file__", None) or getattr(sys.modules[entry_point.module], "__file__", None)
    path = None if file is None else Path(file).resolve()
    if path is not None and path.name == "__init__.py":
        path = path.parent
    site = Path(str(distribution.locate_file(""))).resolve()
    is_editable = path is not None and not path.is_relative_to(site)
    return Plugin(entry_point.name, name, distribution.version, path, is_editable)


def _components_of(module: object, plugin: Plugin, manager: pluggy.PluginManager) -> list[Entry]:
    entries: list[Entry] = []
    if manager.is_registered(module):
        return entries  # by another entry point
    manager.register(module)
    try:
        _check_hook_names(manager, module)
        others = [other for other in manager.get_plugins() if other is not module]
        for kind, hook in _HOOK_OF_KIND.items():
            manager.subset_hook_caller(hook, others)(register=_Registration(entries, kind, plugin))
    except BaseException:
        manager.unregister(module)  # one that fails half-way leaves nothing behind
        raise
    return entries


def _check_hook_names(manager: pluggy.PluginManager, module: object) -> None:
    known = _HOOK_OF_KIND.values()
    for name in dir(module):
        is_marked = manager.parse_hookimpl_opts(module, name) is not None
        if is_marked and name not in known:
            close = get_close_matches(name, known, n=1)
            guess = f"; did you mean '{close[0]}'?" if close else ""
            raise NotAComponentError(f"there is no hook '{name}'{guess} hooks: {', '.join(known)}")
        if name in known and not is_marked:
            raise NotAComponentError(f"'{name}' is not marked as a hook; decorate it with @audiogan.hookimpl")


@final
class _Registration:
    def __init__(self, entries: list[Entry], kind: str, plugin: Plugin) -> None:
        self._entries, self._kind, self._plugin = entries, kind, plugin

    def __call__(self, name: str, component_class: type[Component]) -> None:
        check_component(self._kind, name, component_class)
        if any((entry.kind, entry.name) == (self._kind, name) for entry in self._entries):
            raise NotAComponentError(f"{self._kind} '{name}' is registered twice")
        self._entries.append(Entry(self._kind, name, component_class, self._plugin))


def _in_words(error: BaseException) -> str:
    if isinstance(error, (NotAComponentError, PluginError)):
        return str(error)
    if isinstance(error, SyntaxError) and error.filename is not None:
        # its text ends with file and line, while the frames are those of the import system
        return f"{type(error).__name__}: {error}"
    own = (__file__, importlib.__file__)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<frozen ") and frame.filename not in own
    ]
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


@final
class _LocalFiles(MetaPathFinder, InspectLoader):
    """Imports Python files of one's own by names that say where they lie and what they held.

    So worker processes, which receive no more than the names of classes, find these files, and notice a change.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for the names made here, none for others."""
        return spec_from_loader(fullname, self) if fullname.startswith(LOCAL_MODULE) else None

    def get_source(self, fullname: str) -> str:
        """The file's text.

        :raises ImportError: it is not what it was when the name was made.
        """
        path, digest = _place_and_hash(fullname)
        source = path.read_bytes()
        if hashlib.sha256(source).hexdigest() != digest:
            raise ImportError(f"{path} has changed since it was loaded")
        return source.decode("utf-8-sig")

    def get_code(self, fullname: str) -> CodeType:
        """The file's code, compiled under its own name."""
        path, _ = _place_and_hash(fullname)
        return self.source_to_code(self.get_source(fullname), str(path))

    def exec_module(self, module: ModuleType) -> None:
        """Runs the file's code in the module; what it registers by hand goes to what loads it."""
        path, _ = _place_and_hash(module.__name__)
        module.__file__ = str(path)
        _loading.append([])
        try:
            super().exec_module(module)
        finally:
            registered = _loading.pop()
            if _loading:
                _loading[-1] += registered


def _place_and_hash(module_name: str) -> tuple[Path, str]:
    digest, _, place = module_name.removeprefix(LOCAL_MODULE).partition("_")
    return Path(bytes.fromhex(place).decode()), digest


sys.meta_path.append(_LocalFiles())
