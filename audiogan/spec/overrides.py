"""``--set key=value``: one key of the experiment file, replaced from the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, final

from attrs import field, frozen

from audiogan.errors import suggest
from audiogan.spec.merge import SECTIONS, merge_sections, with_types_spelled_out
from audiogan.spec.problems import Problem, as_error
from audiogan.spec.tree import Node, Origin, Table, dotted, grow_at

_FLAG = "--set"


@final
@frozen
class Change:
    """What ``--set`` changes in the sections of an experiment."""

    sections: Table = field(factory=dict)
    retyped: frozenset[str] = frozenset()
    """The sections whose component is exchanged by its type alone, as in ``dataset.type=tfrecord``."""

    def then(self, path: tuple[str, ...], sections: Table) -> Change:
        """Both this change and a later one, of the key ``path`` within the sections."""
        retyped = self.retyped - {path[0]} if len(path) == 1 else self.retyped
        if path[1:] == ("type",):
            retyped |= {path[0]}
        return Change(merge_sections(self.sections, sections), retyped)


@final
@frozen
class Overrides:
    """What ``--set`` changes in every experiment, what in single ones by name, and what cannot be understood."""

    shared: Change = field(factory=Change)
    by_experiment: Mapping[str, Change] = field(factory=dict)
    problems: tuple[Problem, ...] = ()


def read_overrides(arguments: Sequence[str]) -> Overrides:
    """Overrides of the form ``section.key=value`` or ``experiment.<name>.section.key=value``, later ones winning."""
    shared = Change()
    by_experiment: dict[str, Change] = {}
    problems: list[Problem] = []
    for argument in arguments:
        origin = Origin(_FLAG, argument)
        try:
            path, value = parse_assignment(argument)
        except ValueError as error:
            problems.append(Problem(origin, str(error)))
            continue
        scope, target = ((), path) if path[0] != "experiment" else (path[:2], path[2:])
        if not target or target[0] not in SECTIONS:
            name = target[0] if target else ""
            known = SECTIONS if scope else (*SECTIONS, "experiment.<name>")
            problems.append(Problem(origin, f"unknown section '{name}'{suggest(name, known, label='sections')}"))
            continue
        node = grow_at(value, Origin(_FLAG, dotted(path)))
        for length in range(1, len(target)):
            node = Node({path[-length]: node}, Origin(_FLAG, dotted(path[:-length])))
        sections = with_types_spelled_out({target[0]: node})
        if scope:
            by_experiment[scope[1]] = by_experiment.get(scope[1], Change()).then(target, sections)
        else:
            shared = shared.then(target, sections)
    return Overrides(shared, by_experiment, tuple(problems))


def parse_assignment(argument: str) -> tuple[tuple[str, ...], Any]:
    """The dotted key and the value of ``key=value``; what is not TOML, such as a bare word or a path, is a string.

    >>> parse_assignment("training.batch_size=16"), parse_assignment("dataset.paths=clips/*.tfrecord")
    ((('training', 'batch_size'), 16), (('dataset', 'paths'), 'clips/*.tfrecord'))

    :raises ValueError: there is no key, no value, or quotes and brackets do not close.
    """
    key, equals, text = argument.partition("=")
    text = text.strip()
    if not equals or not text:
        raise ValueError("must have the form key=value, such as training.batch_size=16")
    try:
        table = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        raise ValueError(f"'{key}' is not a key; write section.key=value, such as training.batch_size=16") from None
    return _only_path(table), _parse_value(text)


def _parse_value(text: str) -> Any:
    try:
        parsed = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError as error:
        if text[0] in "\"'[{":
            raise ValueError(f"the value is not valid TOML: {error}") from None
        return text
    return parsed["value"] if len(parsed) == 1 else text


def _only_path(table: dict[str, Any]) -> tuple[str, ...]:
    path: list[str] = []
    value: Any = table
    while isinstance(value, dict):
        if len(value) != 1:
            raise ValueError("one key at a time")
        ((part, value),) = value.items()
        path.append(part)
    return tuple(path)


def read_options(arguments: Sequence[str]) -> dict[str, Any]:
    """Options of a single component from arguments such as ``dim=8`` or ``classifier.steps=100``.

    :raises SpecError: an argument has not the form ``key=value``.
    """
    options: dict[str, Any] = {}
    problems: list[Problem] = []
    for argument in arguments:
        try:
            path, value = parse_assignment(argument)
        except ValueError as error:
            problems.append(Problem(Origin(_FLAG, argument), str(error)))
            continue
        table = options
        for part in path[:-1]:
            below = table.setdefault(part, {})
            if not isinstance(below, dict):
                below = table[part] = {}
            table = below
        table[path[-1]] = value
    if problems:
        raise as_error(problems, subject="the options")
    return options
