"""Docstrings and tables as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence

from audiogan.cli.text_table import TextTable

_ROLE = re.compile(r":[a-z]+:`~?([^`]+)`")
_RAISES = re.compile(r"^:raises ([\w, ]+):", re.MULTILINE)


def documentation(thing: object) -> str:
    """The docstring of a class or function; every one of them has one."""
    text = inspect.getdoc(thing)
    if not text:
        raise ValueError(f"{thing!r} has no docstring")
    return as_markdown(text)


def first_sentence(thing: object) -> str:
    """The docstring up to its first full stop or empty line."""
    paragraph = documentation(thing).partition("\n\n")[0].replace("\n", " ")
    return re.split(r"(?<=\.)\s", paragraph, maxsplit=1)[0]


def as_markdown(docstring: str) -> str:
    """A docstring's roles as code, its ``:raises:`` as a paragraph of its own."""
    text = _ROLE.sub(lambda role: f"`{role[1].rpartition('.')[2]}`", docstring)
    return _RAISES.sub(r"\n*Raises* `\1`:", text)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Text as code, nothing where there is none."""
    return f"`{text}`" if text else ""


def options_table(described: TextTable) -> str:
    """What ``audiogan describe`` prints about options."""
    if not described.rows:
        return "No options."
    rows = [
        (code(option), code(kind), code(default), unit, purpose)
        for option, kind, default, unit, purpose in described.rows
    ]
    return table(described.columns, rows)


def indented(text: str) -> str:
    """Text that continues an item of a list."""
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
