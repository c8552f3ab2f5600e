"""TOML documents as trees of values that remember where they were written.

``tomllib`` reads the values but keeps no lines; a scanner of the same text finds them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias, final

import attrs
from attrs import frozen

from audiogan.errors import Problem, SpecError, suggest

KeyPath: TypeAlias = tuple[str | int, ...]
"""Table keys and list indices from the root of a document; element ``i`` of an array of tables is ``(…, i)``."""

_DEEPEST = 32
"""Tables and lists within one another; no option needs more, and deeper ones would exhaust the interpreter's stack."""
_TOO_DEEP = "lists or tables are nested too deeply"
_LONGEST_INTEGER = 4_300
"""Digits beyond which Python refuses to read an integer."""
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY_PART = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


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
        return Origin(self.source, join(self.key, key), self.line)


@final
@frozen
class Node:
    """A value with its origin; tables and lists hold nodes in turn."""

    value: Any
    origin: Origin
    text: str | None = None
    """A scalar as it was typed behind ``--set``, where the shell has eaten the quotes that would make it a string."""

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
        """The deepest node on the way to ``path``, and the rest of the path, empty where the node is ``path``.

        A table stands for a list of itself alone, as a single loss does for a list of losses.
        """
        node = self
        for depth, part in enumerate(path):
            inner = node.value
            if part == 0 and isinstance(inner, dict):
                continue
            if isinstance(inner, list):
                inner = dict(enumerate(inner))
            if not isinstance(inner, dict) or part not in inner:
                return node, path[depth:]
            node = inner[part]
        return node, ()


Table: TypeAlias = dict[str, Node]


def grow_at(value: Any, origin: Origin) -> Node:
    """Nodes for a value that was written at one place, each with its own key below that of ``origin``."""
    if isinstance(value, Node):
        return attrs.evolve(grow_at(value.value, origin), text=value.text)
    if isinstance(value, Mapping):
        return Node({key: grow_at(item, _inside(origin, key)) for key, item in value.items()}, origin)
    if isinstance(value, (list, tuple)):
        return Node([grow_at(item, _inside(origin, index)) for index, item in enumerate(value)], origin)
    return Node(value, origin)


def _inside(origin: Origin, part: str | int) -> Origin:
    return attrs.evolve(origin, key=join(origin.key, part))


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


def read_document(path: Path) -> Node:
    """The tables of a TOML file, every value with its line. A byte order mark at its start is passed over.

    :raises SpecError: the file cannot be read, is not UTF-8, or is not TOML; the problem has the line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise _refusal(path, 0, f"no such file{_neighbours(path)}") from None
    except OSError as error:
        raise _refusal(path, 0, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise _refusal(path, 0, f"byte {error.start} is not UTF-8; save the file as UTF-8 text") from None
    try:
        document = tomllib.loads(text)
        lines = locate_keys(text)
    except tomllib.TOMLDecodeError as error:
        raise _refusal(path, *_syntax_error(text, str(error))) from None
    except RecursionError:
        raise _refusal(path, 0, _TOO_DEEP) from None
    except TooDeepError as error:
        raise _refusal(path, error.line, _TOO_DEEP) from None
    except ValueError:
        raise _refusal(path, _line_of_long_integer(text), _too_long()) from None
    return _grow(document, lines, str(path), (), "")


def parse_value(text: str) -> Any:
    """The value of TOML text.

    :raises ValueError: it is none; the text says why.
    """
    try:
        parsed = tomllib.loads(f"value = {text}")
        locate_keys(f"value = {text}")
    except tomllib.TOMLDecodeError:
        raise
    except (RecursionError, TooDeepError):
        raise ValueError(_TOO_DEEP) from None
    except ValueError:
        raise ValueError(_too_long()) from None
    if len(parsed) != 1:
        raise ValueError("one value at a time")
    return parsed["value"]


def parse_key(text: str) -> tuple[str, ...]:
    """The parts of a dotted key.

    :raises ValueError: it is no key.
    """
    table: Any = tomllib.loads(f"{text} = 0")
    path: list[str] = []
    while isinstance(table, dict):
        if len(table) != 1:
            raise ValueError("one key at a time")
        ((part, table),) = table.items()
        path.append(part)
    if len(path) > _DEEPEST:
        raise ValueError(_TOO_DEEP)
    return tuple(path)


def locate_keys(document: str) -> dict[KeyPath, int]:
    """The line, counted from 1, on which each key, table and list element of a valid TOML document first appears.

    :raises TooDeepError: tables or lists lie too deeply within one another.
    """
    return _Scanner(document).scan()


@final
class TooDeepError(Exception):
    """Tables or lists lie too deeply within one another."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line
        """Where the deepest begins, counted from 1."""


def _refusal(path: Path, line: int, message: str, excerpt: str = "") -> SpecError:
    problem = Problem(str(path), line, "", "", message)
    return SpecError(f"{problem}{excerpt}", (problem,))


def _syntax_error(text: str, fault: str) -> tuple[int, str, str]:
    position = _POSITION.search(fault)
    fault = _POSITION.sub("", fault)
    lines = text.split("\n")
    if position is None or position[1] is None:
        return len(lines), f"not valid TOML: {fault} (at the end of the file)", ""
    line, column = int(position[1]), int(position[2])
    return line, f"not valid TOML: {fault} (column {column})", f"\n  {lines[line - 1].strip()}"


def _line_of_long_integer(text: str) -> int:
    found = re.search(rf"[0-9_]{{{_LONGEST_INTEGER},}}", text)
    return 0 if found is None else text.count("\n", 0, found.start()) + 1


def _too_long() -> str:
    return f"an integer has more than {_LONGEST_INTEGER:,} digits"


def _neighbours(path: Path) -> str:
    nearby = [str(other) for other in path.parent.glob("*.toml")] if path.parent.is_dir() else []
    return suggest(str(path), nearby, label=f"files in {path.parent}") if nearby else ""


def _grow(value: Any, lines: Mapping[KeyPath, int], file: str, path: KeyPath, key: str) -> Node:
    origin = Origin(file, key, lines.get(path, 1))
    if isinstance(value, dict):
        grown = {part: _grow(item, lines, file, (*path, part), join(key, part)) for part, item in value.items()}
        return Node(grown, origin)
    if isinstance(value, list):
        return Node([_grow(item, lines, file, (*path, i), join(key, i)) for i, item in enumerate(value)], origin)
    return Node(value, origin)


@final
class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._line = 1
        self._lines: dict[KeyPath, int] = {}
        self._list_lengths: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._take(_BLANK)
        while self._position < len(self._text):
            if self._sees("["):
                table = self._header()
            else:
                self._key_value(table)
            self._take(_BLANK)
        return self._lines

    def _header(self) -> KeyPath:
        brackets = 2 if self._sees("[[") else 1
        self._position += brackets
        *parents, name = self._key()
        self._position += brackets
        table = (*self._in_last_elements(tuple(parents)), name)
        if brackets == 2:
            index = self._list_lengths.get(table, 0)
            self._list_lengths[table] = index + 1
            table = (*table, index)
        else:
            table = self._in_last_elements((*parents, name))
        self._record(table)
        return table

    def _in_last_elements(self, key: tuple[str, ...]) -> KeyPath:
        path: KeyPath = ()
        for part in key:
            path = (*path, part)
            if path in self._list_lengths:
                path = (*path, self._list_lengths[path] - 1)
        return path

    def _key_value(self, table: KeyPath) -> None:
        path = (*table, *self._key())
        self._record(path)
        self._position += 1
        self._take(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._sees("["):
            self._sequence(path, "]")
        elif self._sees("{"):
            self._sequence(path, "}")
        elif self._sees('"') or self._sees("'"):
            self._take(_STRING)
        else:
            self._take(_SCALAR)

    def _sequence(self, path: KeyPath, end: str) -> None:
        self._position += 1
        index = 0
        self._take(_BLANK)
        while not self._sees(end):
            if end == "}":
                self._key_value(path)
            else:
                self._record((*path, index))
                self._value((*path, index))
                index += 1
            self._take(_BLANK)
            if self._sees(","):
                self._position += 1
                self._take(_BLANK)
        self._position += 1

    def _key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            self._take(_SPACE)
            written = self._take(_KEY_PART)
            parts.extend(tomllib.loads(f"{written} = 0") if written[0] in "\"'" else [written])
            self._take(_SPACE)
            if not self._sees("."):
                if len(parts) > _DEEPEST:
                    raise TooDeepError(self._line)
                return tuple(parts)
            self._position += 1

    def _record(self, path: KeyPath) -> None:
        if len(path) > _DEEPEST:
            raise TooDeepError(self._line)
        while path and path not in self._lines:
            self._lines[path] = self._line
            path = path[:-1]

    def _sees(self, token: str) -> bool:
        return self._text.startswith(token, self._position)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._position)
        if match is None:
            raise ValueError(f"line {self._line} is not TOML as tomllib reads it")
        self._line += match.group().count("\n")
        self._position = match.end()
        return match.group()
