"""A live display for terminals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import final

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from audiogan.cli.display.rate import StepRate
from audiogan.cli.display.wording import PlanEntry, figures, plan_lines, score_line, step_rate, time_left
from audiogan.interfaces.records import ScoreRecord, StepRecord


@final
class LiveDisplay:
    """Scores and warnings scroll by; under them stands where the current experiment is."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
        )
        self._task: TaskID | None = None
        self._rate = StepRate()
        self._name = ""
        self._steps: int | None = None
        self._record: StepRecord | None = None
        self._last: ScoreRecord | None = None
        self._best: ScoreRecord | None = None
        self._live = Live(console=console, get_renderable=self._render, refresh_per_second=4, transient=True)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """The display is on the screen while inside, and gone without a trace after."""
        with self._live:
            yield

    def tell(self, line: str) -> None:
        """Scrolls the line by."""
        self._console.print(Text(line))

    def warn(self, line: str) -> None:
        """Scrolls the warning by."""
        self._console.print(Text(f"warning: {line}", style="yellow"))

    def plan(self, costs: Sequence[PlanEntry]) -> None:
        """Prints what is ahead."""
        for line in plan_lines(costs):
            self.tell(line)

    def start_experiment(self, name: str, *, number: int, count: int, steps: int | None, done: int) -> None:
        """Shows which experiment runs."""
        self.tell(f"[{number}/{count}] {name}")
        self._name, self._steps, self._rate = name, steps, StepRate()
        self._record = self._last = self._best = None
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(f"{number} of {count}  {name}", total=steps, completed=done, left="")

    def step(self, record: StepRecord) -> None:
        """Moves the bar."""
        self._rate.count()
        self._record = record
        if self._task is not None:
            self._bar.update(self._task, completed=record.step, left=self._left(record))

    def score(self, record: ScoreRecord, *, best: bool) -> None:
        """Scrolls the score by and keeps it on show."""
        self._rate.go_on()
        self._last = record
        if best:
            self._best = record
        self.tell(f"  {self._name}: {score_line(record, best=best)}")
        for warning in record.warnings:
            self.warn(f"{self._name}: {warning}")

    def end_experiment(self, name: str, *, outcome: str) -> None:
        """Says how it ended."""
        self.tell(f"  {name}: {outcome}")
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._record = None

    def _left(self, record: StepRecord) -> str:
        return time_left(None if self._steps is None else self._steps - record.step, self._rate.per_second())

    def _render(self) -> Group:
        if self._record is None:
            return Group(self._bar)
        record = self._record
        facts = Table.grid(padding=(0, 2))
        facts.add_row("epoch", f"{record.epoch:.2f}", "rate", step_rate(self._rate.per_second()))
        facts.add_row(
            "discriminator loss", f"{record.discriminator_loss:.4g}", "generator loss", f"{record.generator_loss:.4g}"
        )
        # rows of their own, since several figures do not fit into a quarter of 80 columns
        scores = Table.grid(padding=(0, 2))
        scores.add_row("last score", _shown(self._last))
        scores.add_row("best score", _shown(self._best))
        return Group(self._bar, facts, scores)


def _shown(record: ScoreRecord | None) -> str:
    return "none yet" if record is None else f"{figures(record.values)} (epoch {record.epoch:.1f})"
