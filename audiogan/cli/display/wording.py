"""The words in which both displays tell of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from audiogan.durations import duration
from audiogan.interfaces.records import ScoreRecord
from audiogan.training.measure import StepCost

PlanEntry = tuple[str, StepCost, int | None]


def time_left(steps: int | None, per_second: float | None) -> str:
    """How long ``steps`` more will take, scoring not counted; empty where their number or their rate is not known.

    >>> time_left(90, 0.5), time_left(-3, 0.5), time_left(None, 0.5)
    ('3 min 0 s left', '0 s left', '')
    """
    return "" if steps is None or per_second is None else f"{duration(max(0, steps) / per_second)} left"


def step_rate(per_second: float | None) -> str:
    """The rate of steps.

    >>> step_rate(2.345), step_rate(None)
    ('2.35 steps/s', '? steps/s')
    """
    return "? steps/s" if per_second is None else f"{per_second:.2f} steps/s"


def step_time(seconds: float) -> str:
    """The length of a step.

    >>> step_time(0.0314), step_time(12.34)
    ('31 ms', '12.3 s')
    """
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def count(number: int) -> str:
    """A number of parameters.

    >>> count(512), count(19_089_793)
    ('512', '19.1 M')
    """
    if number < 1000:
        return str(number)
    # from here on thousands would be rounded to 1000 k
    return f"{number / 1e3:.0f} k" if number < 999_500 else f"{number / 1e6:.1f} M"


def plan_lines(costs: Sequence[PlanEntry]) -> list[str]:
    """What is ahead, a line for each experiment and one for the sum; scoring comes on top of it."""
    width = max(len(name) for name, _, _ in costs)
    lines = [
        f"{name:<{width}}  {step_time(cost.seconds)} a step, {cost.memory_mib:,.0f} MiB, parameters: "
        f"generator {count(cost.generator_parameters)}, discriminator {count(cost.discriminator_parameters)}; "
        + ("steps unknown" if steps is None else f"{steps:,} steps: {duration(steps * cost.seconds)}")
        for name, cost, steps in costs
    ]
    total = sum(steps * cost.seconds for _, cost, steps in costs if steps is not None)
    lines.append(f"training will take about {duration(total)} at the rate measured here, scoring not counted")
    return lines


def figures(values: Mapping[str, float]) -> str:
    """Figures in a line, mean and std of one thing joined.

    >>> figures({"inception_score_mean": 1.0931, "inception_score_std": 0.012, "other": 3.0})
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


def score_line(record: ScoreRecord, *, best: bool) -> str:
    """A scoring in a line."""
    return f"step {record.step}, epoch {record.epoch:.1f}: {figures(record.values)}" + (
        " (best so far)" if best else ""
    )
