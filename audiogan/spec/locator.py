"""Where in a TOML document each key stands, since ``tomllib`` keeps no lines."""

from __future__ import annotations

import re
import tomllib
from typing import TypeAlias, final

KeyPath: TypeAlias = tuple[str | int, ...]
"""Table keys and list indices from the root of a document; element ``i`` of an array of tables is ``(…, i)``."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY_PART = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


def locate_keys(document: str) -> dict[KeyPath, int]:
    """The line, counted from 1, on which each key, table and list element of a valid TOML document first appears."""
    return _Scanner(document).scan()


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
            if self._sees("[["):
                table = self._array_header()
            elif self._sees("["):
                table = self._table_header()
            else:
                self._key_value(table)
            self._take(_BLANK)
        return self._lines

    def _table_header(self) -> KeyPath:
        self._skip(1)
        table = self._in_last_elements(self._key())
        self._skip(1)
        self._record(table)
        return table

    def _array_header(self) -> KeyPath:
        self._skip(2)
        *parents, name = self._key()
        array = (*self._in_last_elements(tuple(parents)), name)
        self._skip(2)
        index = self._list_lengths.get(array, 0)
        self._list_lengths[array] = index + 1
        self._record((*array, index))
        return (*array, index)

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
        self._skip(1)
        self._take(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._sees("["):
            self._array(path)
        elif self._sees("{"):
            self._inline_table(path)
        elif self._sees('"') or self._sees("'"):
            self._take(_STRING)
        else:
            self._take(_SCALAR)

    def _array(self, path: KeyPath) -> None:
        self._skip(1)
        index = 0
        self._take(_BLANK)
        while not self._sees("]"):
            self._record((*path, index))
            self._value((*path, index))
            index += 1
            self._separator()
        self._skip(1)

    def _inline_table(self, path: KeyPath) -> None:
        self._skip(1)
        self._take(_BLANK)
        while not self._sees("}"):
            self._key_value(path)
            self._separator()
        self._skip(1)

    def _separator(self) -> None:
        self._take(_BLANK)
        if self._sees(","):
            self._skip(1)
            self._take(_BLANK)

    def _key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            self._take(_SPACE)
            written = self._take(_KEY_PART)
            parts.extend(tomllib.loads(f"{written} = 0"))
            self._take(_SPACE)
            if not self._sees("."):
                return tuple(parts)
            self._skip(1)

    def _record(self, path: KeyPath) -> None:
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], self._line)

    def _sees(self, token: str) -> bool:
        return self._text.startswith(token, self._position)

    def _skip(self, count: int) -> None:
        self._position += count

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._position)
        if match is None:
            raise ValueError(f"line {self._line} is not TOML as tomllib reads it")
        self._line += match.group().count("\n")
        self._position = match.end()
        return match.group()
