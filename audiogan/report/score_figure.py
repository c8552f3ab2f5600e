"""The inception score over epochs, as figure 3 of the study shows it."""

from __future__ import annotations

import math
import textwrap

import numpy as np
from attrs import frozen
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from audiogan.report.figure_style import FAINT, INK, MARKERS, SERIES, page_layout
from audiogan.report.formatting import format_score, one_line
from audiogan.report.notes import MEAN
from audiogan.report.run_folder import Experiment, ReferenceScale, Run

STD = "inception_score_std"


@frozen
class _Series:
    """One experiment's scores: epochs, means and standard deviations, each ``[scorings]``."""

    experiment: Experiment
    colour: str
    marker: str
    epochs: np.ndarray[tuple[int], np.dtype[np.float64]]
    means: np.ndarray[tuple[int], np.dtype[np.float64]]
    stds: np.ndarray[tuple[int], np.dtype[np.float64]]


@frozen
class _Panel:
    """Experiments on one scale, which real data and noise mark where they were scored."""

    series: tuple[_Series, ...]
    reference: ReferenceScale | None


def score_figure(run: Run) -> Figure | None:
    """One line for each experiment with a band of one standard deviation, ``None`` before the first scoring.

    Experiments that were scored against the same real data share a panel. Published means are drawn only where no
    profile has changed what is trained. To be called, and its result saved, within ``figure_style``.
    """
    panels = _panels(run)
    if not panels:
        return None
    figure = Figure(figsize=(9.6, 4.6 * len(panels)), layout=page_layout())
    grid = figure.subplots(len(panels), squeeze=False)
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        _draw_panel(axes, panel, published=run.profile is None)
    grid[-1, 0].set_xlabel("epoch")
    profile = f" ({one_line(run.profile)} profile)" if run.profile is not None else ""
    title = _wrapped(run.title + profile, width=90)
    figure.suptitle(title, x=0.012, horizontalalignment="left", fontsize=12)
    return figure


def _panels(run: Run) -> list[_Panel]:
    series = [_series(position, experiment) for position, experiment in enumerate(run.experiments)]
    scored = {item.experiment.name: item for item in series if item.means.size}
    panels = []
    for reference in run.references:
        members = tuple(scored.pop(name) for name in reference.experiments if name in scored)
        if members:
            panels.append(_Panel(members, reference))
    if scored:
        panels.append(_Panel(tuple(scored.values()), None))
    return panels


def _series(position: int, experiment: Experiment) -> _Series:
    scores = [score for score in experiment.log.scores if math.isfinite(score.figures.get(MEAN, math.nan))]
    return _Series(
        experiment=experiment,
        colour=SERIES[position % len(SERIES)],
        marker=MARKERS[(position + position // len(SERIES)) % len(MARKERS)],
        epochs=np.array([score.epoch for score in scores], dtype=np.float64),
        means=np.array([score.figures[MEAN] for score in scores], dtype=np.float64),
        stds=np.nan_to_num(np.array([score.figures.get(STD, 0.0) for score in scores], dtype=np.float64)),
    )


def _draw_panel(axes: Axes, panel: _Panel, *, published: bool) -> None:
    handles, labels = [], []
    for item in panel.series:
        # More markers than this hide the line they mark.
        every = max(1, math.ceil(item.means.size / 25))
        if item.means.size == 1:
            axes.errorbar(item.epochs, item.means, item.stds, color=item.colour, capsize=3, linewidth=1.0)
        axes.fill_between(
            item.epochs, item.means - item.stds, item.means + item.stds, color=item.colour, alpha=0.13, linewidth=0
        )
        (line,) = axes.plot(
            item.epochs,
            item.means,
            color=item.colour,
            marker=item.marker,
            markersize=4.5,
            markevery=every,
            linewidth=1.8,
        )
        handles.append(line)
        labels.append(_wrapped(item.experiment.title, width=30))
        mean = item.experiment.published.get(MEAN)
        if published and mean is not None:
            axes.axhline(mean, color=item.colour, linestyle=(0, (5, 3)), linewidth=1.0)
    if published and any(MEAN in item.experiment.published for item in panel.series):
        handles.append(Line2D([], [], color=FAINT, linestyle=(0, (5, 3)), linewidth=1.0))
        labels.append("published mean,\nin the colour of its experiment")
    axes.set_ylabel("inception score")
    axes.margins(x=0.03, y=0.08)
    axes.set_xlim(left=0.0)
    if panel.reference is not None:
        _draw_references(axes, panel.reference, handles, labels)
    legend = axes.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(1.01, 1.02), borderaxespad=0.0, labelspacing=0.8
    )
    for text in legend.get_texts():
        text.set_color(INK)


def _draw_references(axes: Axes, reference: ReferenceScale, handles: list[Line2D], labels: list[str]) -> None:
    low, high = axes.get_ylim()
    beyond = []
    for what, figures, dots in (
        ("real data", reference.real, (0, (1, 1.5))),
        ("noise", reference.noise, (0, (4, 2, 1, 2))),
    ):
        mean = figures.get(MEAN, math.nan)
        if not math.isfinite(mean):
            continue
        # A line far off would flatten the curves that the figure is about.
        if low - 1.5 * (high - low) <= mean <= high + 1.5 * (high - low):
            handles.append(axes.axhline(mean, color=FAINT, linestyle=dots, linewidth=1.6))
            labels.append(f"{what} ({format_score(mean)})")
        else:
            arrow = "↑" if mean > high else "↓"
            beyond.append(f"{arrow} {what} at {format_score(mean)}, {'above' if mean > high else 'below'} this scale")
    axes.autoscale_view(scalex=False)
    axes.set_title("     ".join(beyond), loc="right", fontsize=9.5, color=FAINT, pad=8)


def _wrapped(title: str, width: int) -> str:
    return "\n".join(textwrap.wrap(one_line(title), width, max_lines=3, placeholder=" …"))
