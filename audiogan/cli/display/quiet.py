"""Nothing but warnings."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import final

from audiogan.cli.display.wording import PlanEntry
from audiogan.interfaces.records import ScoreRecord, StepRecord


@final
class QuietDisplay:
    """Warnings go to standard error; all else is kept to itself."""

    def __init__(self) -> None:
        self._name = ""

    def tell(self, line: str) -> None:
        """Says nothing."""

    def warn(self, line: str) -> None:
        """Prints the warning."""
        print(f"warning: {line}", file=sys.stderr, flush=True)

    def plan(self, costs: Sequence[PlanEntry]) -> None:
        """Says nothing."""

    def start_experiment(self, name: str, *, number: int, count: int, steps: int | None, done: int) -> None:
        """Remembers which experiment later warnings are about."""
        self._name = name

    def step(self, record: StepRecord) -> None:
        """Says nothing."""

    def score(self, record: ScoreRecord, *, best: bool) -> None:
        """Prints what is wrong with the samples, if anything."""
        for warning in record.warnings:
            self.warn(f"{self._name}: {warning}")

    def end_experiment(self, name: str, *, outcome: str) -> None:
        """Says nothing."""
