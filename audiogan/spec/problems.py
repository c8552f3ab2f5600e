"""What is wrong with an experiment file, gathered so that every mistake is said at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, final

import tomli_w
from attrs import field, frozen

from audiogan.errors import Problem, SpecError
from audiogan.spec.toml import KeyPath, Node, Origin, dotted

_LONGEST_VALUE = 60
_MOST_LINES = 100


def problem(origin: Origin, message: str) -> Problem:
    """Something that is missing at ``origin``, or wrong with the table there."""
    return Problem(origin.source, origin.line, origin.key, "", message)


def problem_at(node: Node, message: str) -> Problem:
    """A mistake in the value of ``node``, or something amiss in the table that it is."""
    value = "" if node.is_table else node.text or written(node.plain())
    return Problem(node.origin.source, node.origin.line, node.origin.key, value, message)


def located(experiment: Node, path: KeyPath, message: str) -> Problem:
    """A mistake at a key path of a merged ``[[experiment]]`` table, where it or the table that lacks it was written."""
    node, rest = experiment.nearest(path)
    if not rest or not node.is_table:
        return problem_at(node, message)
    return problem(node.origin.under(dotted(rest)), message)


@final
@frozen
class Sources:
    """The merged tables of every experiment by its name, for mistakes that show only when they are built."""

    subject: str = "the experiments"
    """What they were read from."""
    experiments: Mapping[str, Node] = field(factory=dict)

    def problem(self, experiment: str, path: KeyPath, message: str) -> Problem:
        """A mistake at a key path of an experiment, such as ``("evaluation", "metrics", 0, "splits")``."""
        node = self.experiments.get(experiment)
        if node is None:
            return Problem(f"experiment '{experiment}'", 0, dotted(path), "", message)
        return located(node, path, message)


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
    """One error that holds every distinct problem: those with lines in their order, then those of the command line."""
    ordered = sorted(dict.fromkeys(problems), key=lambda each: (each.line == 0, each.line))
    count = "1 mistake" if len(ordered) == 1 else f"{len(ordered):,} mistakes"
    lines = [f"{count} in {subject}", *(f"  {each}" for each in ordered[:_MOST_LINES])]
    if len(ordered) > _MOST_LINES:
        lines.append(f"  … and {len(ordered) - _MOST_LINES:,} more")
    return SpecError("\n".join(lines), ordered)


def option_error(problems: Sequence[Problem]) -> SpecError:
    """One error about the options of a single component, which every problem names as its file."""
    if len(problems) == 1:
        return SpecError(str(problems[0]), problems)
    lines = [str(each._replace(file="")) for each in problems]
    return SpecError("\n  ".join([f"{problems[0].file}:", *lines]), problems)
