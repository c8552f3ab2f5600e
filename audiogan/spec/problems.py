"""What is wrong with an experiment file, gathered so that every mistake is told at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

import tomli_w
from attrs import frozen

from audiogan.errors import SpecError
from audiogan.spec.tree import Node, Origin

_LONGEST_VALUE = 60


@final
@frozen
class Problem:
    """One mistake: where it was written, the value as written (empty for a table), and what to do about it."""

    origin: Origin
    message: str
    value: str = ""

    def __str__(self) -> str:
        assignment = f"{self.origin.key} = {self.value}" if self.value else self.origin.key
        return ": ".join(part for part in (self.origin.place, assignment, self.message) if part)


def problem_at(node: Node, message: str) -> Problem:
    """A mistake in the value of ``node``, or something amiss in the table that it is."""
    return Problem(node.origin, message, "" if node.is_table else written(node.plain()))


def written(value: Any) -> str:
    """A value as an experiment file would hold it, shortened to a line.

    >>> written(64.9), written("false"), written([1, 2])
    ('64.9', '"false"', '[1, 2]')
    """
    try:
        text = tomli_w.dumps({"v": value}, indent=0).removeprefix("v = ").strip()
    except (TypeError, ValueError):
        text = repr(value)
    text = " ".join(text.split()).replace("[ ", "[").replace(", ]", "]")
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def as_error(problems: Iterable[Problem], *, subject: str) -> SpecError:
    """One error that lists every distinct problem: those with lines in their order, then those of the command line."""
    by_line = sorted(problems, key=lambda problem: (problem.origin.line == 0, problem.origin.line))
    lines = list(dict.fromkeys(map(str, by_line)))
    count = "1 mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
    return SpecError("\n".join([f"{count} in {subject}", *(f"  {line}" for line in lines)]))
