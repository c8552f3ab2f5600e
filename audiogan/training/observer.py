"""Who watches a training: the command line's progress display, or a test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from audiogan.interfaces.records import ScoreRecord, StepRecord
from audiogan.training.measure import StepCost


class Observer(Protocol):
    """Receives what happens, in the order in which it happens. Nothing that it does changes the training."""

    def info(self, line: str) -> None:
        """A line of information."""

    def warning(self, line: str) -> None:
        """Something that the user should look into."""

    def plan(self, costs: Sequence[tuple[str, StepCost, int | None]]) -> None:
        """What is ahead: for each unfinished experiment its name, cost of a step, and steps still to do if known."""

    def start_experiment(self, name: str, *, number: int, count: int, steps: int | None, done: int) -> None:
        """Experiment ``number`` of ``count`` starts, with ``done`` of ``steps`` behind it."""

    def step(self, record: StepRecord) -> None:
        """A step was taken."""

    def score(self, record: ScoreRecord, *, best: bool) -> None:
        """A scoring was made; ``best`` says whether it is the best so far."""

    def end_experiment(self, name: str, *, outcome: str) -> None:
        """The experiment ended: ``finished``, ``stopped`` or ``failed``."""
