"""The commands of plugins: named by entry points, so that help lists them with nothing imported.

A distribution names each command in the entry point group ``audiogan.commands``, with the plugin that registers it
through the hook ``register_commands``:

.. code-block:: toml

    [project.entry-points."audiogan.commands"]
    "data inspect" = "audiogan_data_tools"

Of these, only the plugins behind the command that is asked for are imported. A command that a plugin registers without
naming it there works too; help does not list it, and finding it means to import every plugin.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, final

from audiogan.errors import PluginError, suggest

GROUP = "audiogan.commands"


def announced() -> dict[str, list[EntryPoint]]:
    """The entry points of commands by their first words, in alphabetical order."""
    found: dict[str, list[EntryPoint]] = defaultdict(list)
    # the same project can be on the path twice, installed and as a source tree
    for entry_point in sorted(set(entry_points(group=GROUP)), key=lambda entry_point: entry_point.name):
        if all(entry_point.name != other.name for other in found[entry_point.name.split()[0]]):
            found[entry_point.name.split()[0]].append(entry_point)
    return dict(found)


def list_commands(subparsers: Any) -> None:
    """Adds a line of help for each first word, without importing what is behind it."""
    for word, named in announced().items():
        rest = [entry_point.name.removeprefix(word).strip() for entry_point in named]
        subparsers.add_parser(word, help=f"commands: {', '.join(rest)}" if any(rest) else f"of {named[0].value}")


def add_commands(subparsers: Any, arguments: Sequence[str], core: Iterable[str]) -> None:
    """Adds the parsers of all commands of plugins that begin with the first of ``arguments``.

    :raises PluginError: there is no such command, or the plugin that should have it cannot be loaded.
    """
    word = arguments[0]
    named = announced()
    classes, faults = _named_commands(named.get(word, ()))
    if word not in named:
        classes = _registered_commands(word)
    for words, fault in faults.items():
        if not classes or tuple(words.split()) == tuple(arguments[: len(words.split())]):
            raise PluginError(f"command '{words}': {fault}")
    if not classes:
        raise PluginError(f"unknown command '{word}'{suggest(word, [*core, *named], label='commands')}")
    if not _names_one(arguments, classes):
        asked = " ".join(arguments[:2])
        raise PluginError(f"unknown command '{asked}'{suggest(asked, classes, label='commands')}")
    _Tree(subparsers).add(classes)


def _names_one(arguments: Sequence[str], known: Iterable[str]) -> bool:
    """Whether the arguments begin as a known command does, as far as they are words."""
    heads = [name.split()[:2] for name in known]
    is_group = all(len(head) == 2 for head in heads)
    return not is_group or len(arguments) < 2 or arguments[1].startswith("-") or list(arguments[:2]) in heads


@final
class _Tree:
    """Parsers of commands of several words, each word's within that of the words before it."""

    def __init__(self, subparsers: Any) -> None:
        self._subparsers: dict[tuple[str, ...], Any] = {(): subparsers}

    def add(self, classes: dict[str, type[Any]]) -> None:
        for name, command_class in classes.items():
            *group, last = name.split()
            parser = self._of(tuple(group)).add_parser(last, help=command_class.help, description=command_class.help)
            command = command_class()
            command.add_arguments(parser)
            parser.set_defaults(plugin_command=command)

    def _of(self, group: tuple[str, ...]) -> Any:
        if group not in self._subparsers:
            parser: ArgumentParser = self._of(group[:-1]).add_parser(group[-1])
            self._subparsers[group] = parser.add_subparsers(metavar="COMMAND", required=True, dest="_".join(group))
        return self._subparsers[group]


def _named_commands(named: Iterable[EntryPoint]) -> tuple[dict[str, type[Any]], dict[str, str]]:
    """Command classes, and what is wrong with those that could not be had, by their words."""
    from audiogan.registry import BrokenPlugin, load_plugin

    classes, faults = {}, {}
    for entry_point in named:
        assert entry_point.dist is not None
        loaded = load_plugin(entry_point, entry_point.dist)
        if isinstance(loaded, BrokenPlugin):
            faults[entry_point.name] = str(loaded)
            continue
        found = [entry for entry in loaded if (entry.kind, entry.name) == ("command", entry_point.name)]
        if found:
            classes[entry_point.name] = found[0].component_class
        else:
            faults[entry_point.name] = f"plugin '{entry_point.value}' does not register it; reinstall its distribution"
    return classes, faults


def _registered_commands(word: str) -> dict[str, type[Any]]:
    from audiogan.registry import installed

    registry = installed()
    names = (name for name in registry.names("command") if name.split()[0] == word)
    return {name: registry.find("command", name).component_class for name in names}
