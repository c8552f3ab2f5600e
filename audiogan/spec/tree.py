"""TOML values that remember where they were written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, final

import attrs
from attrs import frozen

from audiogan.spec.locator import KeyPath


@final
@frozen
class Origin:
    """Where a value was written: ``source`` (a file, or a flag such as "--set"), the full key there, and the line.

    The line counts from 1; it is 0 where the source has no lines.
    """

    source: str
    key: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """The source with its line, as editors open it: "configs/table1.toml:12"."""
        return f"{self.source}:{self.line}" if self.line else self.source

    def under(self, key: str) -> Origin:
        """The origin of something that is missing here, at ``key`` inside this."""
        return Origin(self.source, f"{self.key}.{key}" if self.key else key, self.line)


@final
@frozen
class Node:
    """A value with its origin; tables and lists hold nodes in turn."""

    value: Any
    origin: Origin

    @property
    def is_table(self) -> bool:
        """Whether this is a table."""
        return isinstance(self.value, dict)

    def plain(self) -> Any:
        """The value without origins, as ``tomllib`` would give it."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def nearest(self, path: KeyPath) -> tuple[Node, KeyPath]:
        """The deepest node on the way to ``path``, and the rest of the path, empty where the node is ``path``."""
        node = self
        for depth, part in enumerate(path):
            inner = node.value
            if isinstance(inner, list):
                inner = dict(enumerate(inner))
            if part == 0 and isinstance(node.value, dict):
                continue  # a single component stands for a list of one
            if not isinstance(inner, dict) or part not in inner:
                return node, path[depth:]
            node = inner[part]
        return node, ()


Table: TypeAlias = dict[str, Node]


def grow(value: Any, lines: Mapping[KeyPath, int], *, file: str, path: KeyPath = ()) -> Node:
    """Nodes for a document read by ``tomllib``, with the lines that ``locate_keys`` found in it."""
    origin = Origin(file, dotted(path), lines.get(path, 1))
    if isinstance(value, dict):
        return Node({key: grow(item, lines, file=file, path=(*path, key)) for key, item in value.items()}, origin)
    if isinstance(value, list):
        return Node([grow(item, lines, file=file, path=(*path, i)) for i, item in enumerate(value)], origin)
    return Node(value, origin)


def grow_at(value: Any, origin: Origin) -> Node:
    """Nodes that all share one origin, but for its key where it has one: each has its own below that."""
    if isinstance(value, Mapping):
        return Node({key: grow_at(item, _inside(origin, key)) for key, item in value.items()}, origin)
    if isinstance(value, (list, tuple)):
        return Node([grow_at(item, _inside(origin, index)) for index, item in enumerate(value)], origin)
    return Node(value, origin)


def _inside(origin: Origin, part: str | int) -> Origin:
    return attrs.evolve(origin, key=join(origin.key, part)) if origin.key else origin


def dotted(path: KeyPath) -> str:
    """A path as one writes it.

    >>> dotted(("evaluation", "metrics", 0, "splits"))
    'evaluation.metrics[0].splits'
    """
    written = ""
    for part in path:
        written = join(written, part)
    return written


def join(key: str, part: str | int) -> str:
    """One part more behind a key that may be empty.

    >>> join("", "training"), join("training", "steps"), join("metrics", 0)
    ('training', 'training.steps', 'metrics[0]')
    """
    return f"{key}[{part}]" if isinstance(part, int) else f"{key}.{part}" if key else part
