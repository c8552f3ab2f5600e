"""A line now and then, for logs and pipes."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import final

from audiogan.cli.display.rate import StepRate
from audiogan.cli.display.wording import PlanEntry, plan_lines, score_line, step_rate, time_left
from audiogan.interfaces.records import ScoreRecord, StepRecord

_EVERY_S = 30.0


@final
class PlainDisplay:
    """Prints every event but steps, and a step every half minute."""

    def __init__(self) -> None:
        self._name = ""
        self._steps: int | None = None
        self._rate = StepRate()
        self._printed_at = time.monotonic()

    def tell(self, line: str) -> None:
        """Prints the line."""
        print(line, flush=True)

    def warn(self, line: str) -> None:
        """Prints the warning to standard error."""
        print(f"warning: {line}", file=sys.stderr, flush=True)

    def plan(self, costs: Sequence[PlanEntry]) -> None:
        """Prints what is ahead."""
        for line in plan_lines(costs):
            self.tell(line)

    def start_experiment(self, name: str, *, number: int, count: int, steps: int | None, done: int) -> None:
        """Prints which experiment starts."""
        self._name, self._steps, self._rate = name, steps, StepRate()
        ahead = "" if steps is None else f", {max(0, steps - done):,} steps to go"
        self.tell(f"[{number}/{count}] {name}{ahead}")

    def step(self, record: StepRecord) -> None:
        """Prints the step if the last one printed is half a minute old."""
        self._rate.count()
        if time.monotonic() - self._printed_at < _EVERY_S:
            return
        self._printed_at = time.monotonic()
        per_second = self._rate.per_second()
        left = time_left(None if self._steps is None else self._steps - record.step, per_second)
        self.tell(
            f"  {self._name}: step {record.step}, epoch {record.epoch:.2f}, {step_rate(per_second)}, "
            f"discriminator {record.discriminator_loss:.4g}, generator {record.generator_loss:.4g}"
            + (f", {left}" if left else "")
        )

    def score(self, record: ScoreRecord, *, best: bool) -> None:
        """Prints the score."""
        self._rate.go_on()
        self.tell(f"  {self._name}: {score_line(record, best=best)}")
        for warning in record.warnings:
            self.warn(f"{self._name}: {warning}")

    def end_experiment(self, name: str, *, outcome: str) -> None:
        """Prints how it ended."""
        self.tell(f"  {name}: {outcome}")
