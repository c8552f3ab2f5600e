"""An observer that remembers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from audiogan.interfaces.records import ScoreRecord, StepRecord
from audiogan.training.measure import StepCost


class Witness:
    """Remembers what it receives; ``on_step`` and ``on_info`` may act on it."""

    def __init__(
        self,
        on_step: Callable[[StepRecord], None] = lambda record: None,
        on_info: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.events: list[tuple[Any, ...]] = []
        self._on_step, self._on_info = on_step, on_info

    def of(self, kind: str) -> list[tuple[Any, ...]]:
        """What came after the name of every event of a kind."""
        return [event[1:] for event in self.events if event[0] == kind]

    def info(self, line: str) -> None:
        self.events.append(("info", line))
        self._on_info(line)

    def warning(self, line: str) -> None:
        self.events.append(("warning", line))

    def plan(self, costs: Sequence[tuple[str, StepCost, int | None]]) -> None:
        self.events.append(("plan", list(costs)))

    def start_experiment(self, name: str, *, number: int, count: int, steps: int | None, done: int) -> None:
        self.events.append(("start", name, number, count, steps, done))

    def step(self, record: StepRecord) -> None:
        self.events.append(("step", record.step))
        self._on_step(record)

    def score(self, record: ScoreRecord, *, best: bool) -> None:
        self.events.append(("score", record.step, best))

    def end_experiment(self, name: str, *, outcome: str) -> None:
        self.events.append(("end", name, outcome))
