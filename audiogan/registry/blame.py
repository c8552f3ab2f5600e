"""Which plugin a fault lies in: the one through whose code an exception passed."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

from audiogan.errors import PluginError
from audiogan.registry.registry import LOCAL_MODULE, Entry, Registry

_NO_PLUGINS = frozenset({"audiogan", "torch", *sys.stdlib_module_names})


def plugin_fault(
    registry: Registry, error: BaseException, *, asked: type[Any] | None = None, doing: str = ""
) -> PluginError:
    """The error that names the component, plugin and version, file and line behind ``error``.

    It is the innermost code of a plugin that ``error`` passed through. Where it passed through none, it is ``asked``,
    the class that was called, if that is known. ``doing`` says what it failed at.
    """
    steps = list(traceback.walk_tb(error.__traceback__))
    for depth in reversed(range(len(steps))):
        frame, line = steps[depth]
        file = frame.f_code.co_filename
        from_file = [entry for entry in _entries(registry) if _holds(entry.component_class, file)]
        if from_file:
            entry = _at_work([frame for frame, _ in steps[: depth + 1]], registry) or from_file[0]
            return _fault(_title(entry), f"{file}, line {line}", error, doing)
    if asked is None:
        # such as an error in autograd, which knows the operation but not whose it is
        frame, line = steps[-1]
        return _fault("one of the components", f"{frame.f_code.co_filename}, line {line}", error, doing)
    return _fault(_title(_entry_of(registry, asked)) or asked.__name__, class_place(asked), error, doing)


def broken_contract(registry: Registry, component_class: type[Any], text: str) -> PluginError:
    """The error of a component that breaks its interface as ``text`` says: names it, plugin and version, file, line."""
    title = _title(_entry_of(registry, component_class)) or component_class.__name__
    return PluginError(f"{title} breaks its interface: {text} ({class_place(component_class)})")


def class_place(component_class: type[Any]) -> str:
    """File and line of a class as far as they are known."""
    try:
        return f"{inspect.getsourcefile(component_class)}, line {inspect.getsourcelines(component_class)[1]}"
    except (OSError, TypeError):
        return f"class {component_class.__name__} of {component_class.__module__}"


def _fault(title: str, place: str, error: BaseException, doing: str) -> PluginError:
    fails = f"fails {doing}" if doing else "fails"
    return PluginError(
        f"{title} {fails}: {type(error).__name__}: {error} ({place}); repair the plugin, or leave it out"
    )


def _title(entry: Entry | None) -> str:
    return "" if entry is None else f"{entry.kind} '{entry.name}' of {entry.plugin}"


def _entries(registry: Registry) -> Iterator[Entry]:
    for by_name in registry.entries.values():
        yield from by_name.values()


def _entry_of(registry: Registry, component_class: type[Any]) -> Entry | None:
    return next((entry for entry in _entries(registry) if entry.component_class is component_class), None)


def _at_work(frames: Iterable[FrameType], registry: Registry) -> Entry | None:
    """The component whose method is the innermost of ``frames`` that is a method of a component."""
    for frame in reversed(list(frames)):
        entry = _entry_of(registry, type(frame.f_locals.get("self")))
        if entry is not None:
            return entry
    return None


def _holds(component_class: type[Any], file: str) -> bool:
    files, folders = _sources(component_class)
    return file in files or any(folder in Path(file).parents for folder in folders)


def _sources(component_class: type[Any]) -> tuple[frozenset[str], frozenset[Path]]:
    """The files in which a component's methods stand, and the packages that these belong to."""
    files: set[str] = set()
    folders: set[Path] = set()
    for each in component_class.__mro__:
        package = each.__module__.partition(".")[0]
        is_local = each.__module__.startswith(LOCAL_MODULE)
        if package in _NO_PLUGINS and not is_local:
            continue
        # a class of a notebook has no file, but its methods know where they were written
        files |= {member.__code__.co_filename for member in vars(each).values() if isinstance(member, FunctionType)}
        folders |= {Path(folder) for folder in getattr(sys.modules.get(package), "__path__", ()) if not is_local}
    return frozenset(files), frozenset(folders)
