"""What a long command shows while it works: a live bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import math
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import final

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from audiogan.durations import duration
from audiogan.interfaces.records import ScoreRecord, StepRecord
from audiogan.training.measure import StepCost

_LINE_EVERY_S = 30.0
_STEPS_OF_RATE = 20


@contextmanager
def choose_display(*, quiet: bool = False) -> Iterator[Display]:
    """The display for standard output as it is now; ``quiet`` shows warnings only. A terminal is left as it was."""
    display = Display(Console(highlight=False), quiet=quiet)
    with display.shown():
        yield display


@final
class Display:
    """Watches a training, or any other long work. Lines and warnings scroll by; a bar stands under them.

    Where ``console`` is no terminal, there is no bar, but a line every half minute, and warnings go to standard error.
    """

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console, self._quiet, self._is_live = console, quiet, console.is_terminal and not quiet
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._task: TaskID | None = None
        self._printed_at = time.monotonic()
        self._name = ""
        self._steps: int | None = None
        self._state: list[str] = []
        self._best: ScoreRecord | None = None
        self._times: deque[float] = deque(maxlen=_STEPS_OF_RATE + 1)
        self._live = Live(console=console, get_renderable=self._render, refresh_per_second=4, transient=True)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """The bar is on the screen while inside, and gone without a trace after."""
        if not self._is_live:
            yield
            return
        with self._live:
            yield

    def info(self, line: str) -> None:
        """Prints the line."""
        if self._is_live:
            self._console.print(Text(line))
        elif not self._quiet:
            print(line, flush=True)

    def warning(self, line: str) -> None:
        """Prints the warning."""
        if self._is_live:
            self._console.print(Text(f"warning: {line}", style="yellow"))
        else:
            print(f"warning: {line}", file=sys.stderr, flush=True)

    def progress(self, activity: str, done: int, total: int | None) -> None:
        """``done`` of ``total`` units of ``activity`` ("reading windows", "epoch 3 of 60") are behind it."""
        if self._is_live:
            if self._task is None:
                self._task = self._bar.add_task(activity, total=total)
            self._bar.update(self._task, description=activity, completed=done, total=total)
        elif self._is_time():
            self.info(f"  {activity}: {done:,}" + ("" if total is None else f" of {total:,}"))

    def plan(self, costs: Sequence[tuple[str, StepCost, int | None]]) -> None:
        """Prints what is ahead."""
        for line in plan_lines(costs):
            self.info(line)

    def start_experiment(self, name: str, *, number: int, count: int, steps: int | None, done: int) -> None:
        """Prints which experiment starts."""
        ahead = "" if steps is None else f", {max(0, steps - done):,} steps to go"
        self.info(f"[{number}/{count}] {name}{ahead}")
        self._clear()
        self._name, self._steps = f"{number} of {count}  {name}" if self._is_live else name, steps
        if self._is_live:
            self.progress(self._name, done, steps)

    def step(self, record: StepRecord) -> None:
        """Moves the bar, or prints the step if the last line printed is half a minute old."""
        self._times.append(time.monotonic())
        rate = self._rate()
        state = (
            f"epoch {record.epoch:.2f}, {'?' if rate is None else f'{rate:.2f}'} steps/s, "
            f"discriminator {record.discriminator_loss:.4g}, generator {record.generator_loss:.4g}"
        )
        if self._steps is not None and rate is not None:
            state += f", {duration(max(0, self._steps - record.step) / rate)} left"
        if self._is_live:
            self._state[:1] = [state]
            self.progress(self._name, record.step, self._steps)
        elif self._is_time():
            self.info(f"  {self._name}: step {record.step}, {state}")

    def score(self, record: ScoreRecord, *, best: bool) -> None:
        """Prints the score and what is wrong with the samples, and keeps the best on show."""
        self._times.clear()
        self._times.append(time.monotonic())
        if best:
            self._best = record
        name = self._name.rpartition("  ")[2]
        self.info(f"  {name}: {score_line(record)}{' (best so far)' if best else ''}")
        for line in record.warnings:
            self.warning(f"{name}: {line}")

    def end_experiment(self, name: str, *, outcome: str) -> None:
        """Prints how it ended."""
        self.info(f"  {name}: {outcome}")
        self._clear()

    def _clear(self) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task, self._best, self._state = None, None, []
        self._times.clear()

    def _is_time(self) -> bool:
        now = time.monotonic()
        if now - self._printed_at < _LINE_EVERY_S:
            return False
        self._printed_at = now
        return True

    def _rate(self) -> float | None:
        """Steps a second over the last few; before the first and during scorings nothing counts."""
        if len(self._times) < 2 or self._times[-1] == self._times[0]:
            return None
        return (len(self._times) - 1) / (self._times[-1] - self._times[0])

    def _render(self) -> Group:
        best = [] if self._best is None else [f"best: {score_line(self._best)}"]
        return Group(self._bar, *(Text(line) for line in (*self._state, *best)))


def plan_lines(costs: Sequence[tuple[str, StepCost, int | None]]) -> list[str]:
    """What is ahead, a line for each experiment and one for the sum; scoring comes on top of it."""
    width = max(len(name) for name, _, _ in costs)
    lines = []
    for name, cost, steps in costs:
        a_step = f"{cost.seconds * 1000:.0f} ms" if cost.seconds < 1 else f"{cost.seconds:.1f} s"
        lines.append(
            f"{name:<{width}}  {a_step} a step, {cost.memory_mib:,.0f} MiB, parameters: "
            f"generator {count(cost.generator_parameters)}, discriminator {count(cost.discriminator_parameters)}; "
            + ("steps unknown" if steps is None else f"{steps:,} steps: {duration(steps * cost.seconds)}")
        )
    total = sum(steps * cost.seconds for _, cost, steps in costs if steps is not None)
    lines.append(f"training will take about {duration(total)} at the rate measured here, scoring not counted")
    return lines


def count(number: int) -> str:
    """A number of parameters.

    >>> count(512), count(19_089_793)
    ('512', '19.1 M')
    """
    if number < 1000:
        return str(number)
    # from here on thousands would be rounded to 1000 k
    return f"{number / 1e3:.0f} k" if number < 999_500 else f"{number / 1e6:.1f} M"


def values_line(values: Mapping[str, float]) -> str:
    """Values in a line, mean and std of one thing joined.

    >>> values_line({"inception_score_mean": 1.0931, "inception_score_std": 0.012, "other": 3.0})
    'inception_score 1.093 ± 0.012, other 3.000'
    """
    parts = []
    for name, value in values.items():
        root = name.removesuffix("_mean")
        if name.endswith("_std") and name.removesuffix("_std") + "_mean" in values:
            continue
        spread = values.get(f"{root}_std", math.nan) if name.endswith("_mean") else math.nan
        parts.append(f"{root} {value:.3f}" + ("" if math.isnan(spread) else f" ± {spread:.3f}"))
    return ", ".join(parts)


def score_line(record: ScoreRecord) -> str:
    """A scoring in a line."""
    return f"step {record.step}, epoch {record.epoch:.1f}: {values_line(record.values)}"
