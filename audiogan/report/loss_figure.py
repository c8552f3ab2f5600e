"""The losses over steps, a small panel for each experiment, since every loss has a scale of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from audiogan.report.figure_style import FAINT, INK, SERIES, mark_whole_numbers, page_layout
from audiogan.report.formatting import one_line
from audiogan.report.run_folder import Experiment, Run

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

_POINTS = 300
_COLUMNS = 2


def loss_figure(run: Run) -> Figure | None:
    """Discriminator loss, generator loss and penalty of each experiment; ``None`` before the first step.

    Of more than 300 steps the mean of neighbouring ones is drawn, in a band from their smallest to their largest. To
    be called, and its result saved, within ``figure_style``.
    """
    experiments = [experiment for experiment in run.experiments if experiment.log.steps]
    if not experiments:
        return None
    columns = min(_COLUMNS, len(experiments))
    lines = -(-len(experiments) // columns)
    figure = Figure(figsize=(9.6, 0.9 + 2.4 * lines), layout=page_layout())
    grid = figure.subplots(lines, columns, squeeze=False)
    for axes, experiment in zip(grid.flat, experiments, strict=False):
        _draw_panel(axes, experiment)
    for axes in grid.flat[len(experiments) :]:
        axes.remove()
    figure.supxlabel("step", fontsize="medium")
    handles = {
        label: handle
        for axes in grid.flat[: len(experiments)]
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=len(handles))
    return figure


def thinned(steps: Floats, values: Floats, points: int) -> tuple[Floats, Floats, Floats, Floats]:
    """At most ``points`` groups of neighbouring values: middle step, mean, smallest and largest of each.

    Values that are not finite are left out; a group of nothing else is NaN, a gap in the line. All ``[groups]``.
    """
    size = -(-len(values) // points)
    edges = range(0, len(values), size)
    groups = [(steps[start : start + size], values[start : start + size]) for start in edges]
    finite = [group[np.isfinite(group)] for _, group in groups]
    return (
        np.array([group.mean() for group, _ in groups]),
        np.array([group.mean() if group.size else np.nan for group in finite]),
        np.array([group.min() if group.size else np.nan for group in finite]),
        np.array([group.max() if group.size else np.nan for group in finite]),
    )


def _draw_panel(axes: Axes, experiment: Experiment) -> None:
    log = experiment.log.steps
    _draw_loss(axes, [line.step for line in log], [line.discriminator_loss for line in log], "discriminator loss", 0)
    _draw_loss(axes, [line.step for line in log], [line.generator_loss for line in log], "generator loss", 1)
    penalised = [line for line in log if line.penalty is not None]
    if penalised:
        penalties = [line.penalty for line in penalised if line.penalty is not None]
        _draw_loss(axes, [line.step for line in penalised], penalties, "penalty", 2)
    axes.axhline(0.0, color=FAINT, linewidth=0.8, zorder=1)
    axes.set_title(_shortened(experiment.title), loc="left", fontsize=10, color=INK)
    mark_whole_numbers(axes)


def _draw_loss(axes: Axes, steps: Sequence[int], values: Sequence[float], label: str, colour: int) -> None:
    middle, mean, low, high = thinned(
        np.array(steps, dtype=np.float64), np.array(values, dtype=np.float64), points=_POINTS
    )
    axes.fill_between(middle, low, high, color=SERIES[colour], alpha=0.2, linewidth=0)
    axes.plot(middle, mean, color=SERIES[colour], linewidth=1.3, label=label, marker="o" if len(middle) == 1 else "")


def _shortened(title: str, width: int = 52) -> str:
    text = one_line(title)
    return text if len(text) <= width else f"{text[: width - 1]}…"
