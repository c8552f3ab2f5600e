"""What is installed: component classes by kind and name, and the plugin that each came from."""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, final

import attrs
from attrs import field, frozen

from audiogan import interfaces
from audiogan.errors import PluginError, suggest
from audiogan.interfaces.component import KINDS, Component

LOCAL_MODULE = "audiogan.registry.file_"
"""How the names of modules begin that were loaded from a Python file of one's own."""
WITHOUT_OPTIONS = ("optimizer", "command")
"""The kinds whose classes have no ``options_class``."""
_NAMES = {
    "optimizer": re.compile(r"[A-Za-z][A-Za-z0-9]*"),
    "command": re.compile(r"[a-z0-9]+(?:[- ][a-z0-9]+)*"),
}
_NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")


@final
@frozen
class Plugin:
    """Where components come from: a distribution's package, a Python file of one's own, or the running session."""

    name: str
    distribution: str = ""
    """Empty where nothing was installed."""
    version: str = ""
    path: Path | None = None
    """The package's folder or the single file; ``None`` for what was registered by hand."""
    is_editable: bool = False
    """Whether the sources lie outside the place where distributions are installed, to be worked on."""
    file_hash: str = ""
    """SHA-256 of a Python file of one's own, as it was when it was loaded."""

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}" if self.distribution else self.name

    def source_hash(self) -> str:
        """SHA-256 of the sources: of the file, or of every ``.py`` file of the package with its name."""
        return self.file_hash or ("" if self.path is None else _hash_of(self.path))


@final
@frozen
class Entry:
    """A registered component."""

    kind: str
    name: str
    component_class: type[Component]
    plugin: Plugin

    @property
    def file(self) -> Path | None:
        """The file of the class, where it has one."""
        module = sys.modules.get(self.component_class.__module__)
        found = getattr(module, "__file__", None)
        return None if found is None else Path(found)

    def source_hash(self) -> str:
        """SHA-256 of the plugin's sources, or of the class alone where it was registered by hand."""
        if self.plugin.path is not None:
            return self.plugin.source_hash()
        try:
            return hashlib.sha256(inspect.getsource(self.component_class).encode()).hexdigest()
        except (OSError, TypeError):
            return ""


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

    claims: tuple[Entry, ...]
    """Everything that was registered, names that several plugins claim included."""
    broken: tuple[BrokenPlugin, ...] = ()
    entries: Mapping[str, Mapping[str, Entry]] = field(init=False)
    """What can be used, by kind and name."""
    contested: Mapping[tuple[str, str], tuple[Plugin, ...]] = field(init=False)
    """The plugins behind each (kind, name) that more than one of them claims; such a name cannot be used."""

    def __attrs_post_init__(self) -> None:
        claimants: dict[tuple[str, str], dict[type[Any], Entry]] = {}
        for entry in self.claims:
            # one class that two modules of a package hand on is one component
            claimants.setdefault((entry.kind, entry.name), {}).setdefault(entry.component_class, entry)
        entries: dict[str, dict[str, Entry]] = {kind: {} for kind in KINDS}
        contested: dict[tuple[str, str], tuple[Plugin, ...]] = {}
        for (kind, name), by_class in claimants.items():
            first, *others = by_class.values()
            if others:
                contested[kind, name] = tuple(entry.plugin for entry in by_class.values())
            else:
                entries[kind][name] = first
        object.__setattr__(self, "entries", entries)
        object.__setattr__(self, "contested", contested)

    @property
    def files(self) -> tuple[Path, ...]:
        """The Python files of one's own among the plugins."""
        paths = (entry.plugin.path for entry in self.claims if not entry.plugin.distribution)
        return tuple(dict.fromkeys(path for path in paths if path is not None))

    def including(self, file: Path) -> Registry:
        """What is here, with what a Python file of one's own registers.

        :raises PluginError: it cannot be loaded, registers nothing, or lies in a run folder.
        """
        from audiogan.registry.loading import load_file  # imported here because that module makes registries

        return attrs.evolve(self, claims=(*self.claims, *load_file(file)))

    def replacing(self, entries: Iterable[Entry]) -> Registry:
        """What is here, with ``entries`` in the place of others of their kind and name."""
        added = {(entry.kind, entry.name): entry for entry in entries}
        kept = [entry for entry in self.claims if (entry.kind, entry.name) not in added]
        return attrs.evolve(self, claims=(*kept, *added.values()))

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
            Or several plugins claim the name.
        """
        known = self.names(kind)
        if (kind, name) in self.contested:
            claimants = " and by ".join(map(str, self.contested[kind, name]))
            raise PluginError(f"{kind} '{name}' is registered by {claimants}; rename or uninstall one of them")
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


@final
class NotAComponentError(Exception):
    """What a plugin registered is no component; the text says what it lacks."""


def _interface_of(kind: str) -> type[Any]:
    interface: type[Any]
    if kind == "optimizer":
        from torch.optim import Optimizer

        interface = Optimizer
    else:
        interface = getattr(interfaces, kind.capitalize())
    return interface


def check_component(kind: str, name: object, component_class: object) -> None:
    """Passes for a concrete subclass of the kind's interface that has a class of options.

    :raises NotAComponentError: for anything else.
    """
    if kind not in KINDS:
        raise NotAComponentError(f"unknown kind of component '{kind}'{suggest(kind, KINDS, label='kinds')}")
    if not isinstance(name, str) or not _NAMES.get(kind, _NAME).fullmatch(name):
        raise NotAComponentError(f"{name!r} is no name for a {kind}; use lower-case letters, digits and dashes")
    subject = f"{kind} '{name}'"
    interface = _interface_of(kind)
    if not inspect.isclass(component_class):
        raise NotAComponentError(f"{subject} must be registered as a class, not as {component_class!r}")
    if not issubclass(component_class, interface):
        package = "torch.optim" if kind == "optimizer" else "audiogan"
        raise NotAComponentError(
            f"{subject}: {component_class.__name__} must derive from {package}.{interface.__name__}"
        )
    missing = sorted(getattr(component_class, "__abstractmethods__", ()))
    if missing:
        raise NotAComponentError(f"{subject}: {component_class.__name__} lacks the methods {', '.join(missing)}")
    if kind not in WITHOUT_OPTIONS:
        _check_options_class(subject, component_class)


def _check_options_class(subject: str, component_class: type[Any]) -> None:
    options_class = getattr(component_class, "options_class", None)
    if not inspect.isclass(options_class) or not attrs.has(options_class):
        raise NotAComponentError(f"{subject}: {component_class.__name__} needs an attrs class as its options_class")
    try:
        attrs.resolve_types(options_class)
    except NameError as error:
        raise NotAComponentError(f"{subject}: a type in {options_class.__name__} cannot be read: {error}") from error
    if any(option.name == "type" for option in attrs.fields(options_class)):
        raise NotAComponentError(f"{subject}: an option cannot be called 'type', which names the component")


@cache
def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    for file in files:
        if path.is_dir():
            digest.update(f"{file.relative_to(path).as_posix()}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
