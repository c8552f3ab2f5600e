"""Where the experiments of a file were written, for mistakes that show only when they are built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from attrs import field, frozen

from audiogan.spec.locator import KeyPath
from audiogan.spec.merge import DEFAULT
from audiogan.spec.problems import Problem, problem_at
from audiogan.spec.tree import Node, Origin, dotted


@final
@frozen
class Sources:
    """The merged tables of every experiment by its name, and what they were read from."""

    subject: str = "the experiments"
    experiments: Mapping[str, Node] = field(factory=dict)

    def problem(self, experiment: str, path: KeyPath, message: str) -> Problem:
        """A mistake at a key path of an experiment, such as ``("evaluation", "metrics", 0, "splits")``."""
        node = self.experiments.get(experiment)
        if node is None:
            return Problem(Origin(f"experiment '{experiment}'", dotted(path)), message)
        return located(node, path, message)


def located(experiment: Node, path: KeyPath, message: str) -> Problem:
    """A mistake at a key path of a merged ``[[experiment]]`` table, where it or the table that lacks it was written."""
    node, rest = experiment.nearest(path)
    if not rest or not node.is_table:
        return problem_at(node, message)
    if node.origin == DEFAULT:
        return Problem(experiment.origin.under(dotted(path)), message)
    return Problem(node.origin.under(dotted(rest)), message)
