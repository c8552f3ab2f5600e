"""The figure that chooses the best checkpoint over epochs, as figure 3 of the study shows the inception score."""

from __future__ import annotations

import math
import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from audiogan.report.figure_names import INCEPTION_SCORE_MEAN, spread_of, words_of
from audiogan.report.figure_style import FAINT, INK, MARKERS, SERIES, page_layout
from audiogan.report.formatting import format_figure, format_score, one_line
from audiogan.report.run_folder import ReferenceScale, Run
from audiogan.report.score_curves import Panel, panels_of


def score_figure(run: Run) -> Figure | None:
    """One line for each experiment, with a band of one standard deviation where the figure is a mean that has one.

    ``None`` before the first scoring. Published figures are drawn only where no profile has changed what is trained.
    To be called, and its result saved, within ``figure_style``.
    """
    panels = panels_of(run)
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


def _draw_panel(axes: Axes, panel: Panel, *, published: bool) -> None:
    handles, labels = [], []
    for item in panel.curves:
        colour = SERIES[item.position % len(SERIES)]
        # More markers than this hide the line they mark.
        every = max(1, math.ceil(item.values.size / 25))
        if item.values.size == 1:
            axes.errorbar(item.epochs, item.values, item.stds, color=colour, capsize=3, linewidth=1.0)
        axes.fill_between(
            item.epochs, item.values - item.stds, item.values + item.stds, color=colour, alpha=0.13, linewidth=0
        )
        (line,) = axes.plot(
            item.epochs,
            item.values,
            color=colour,
            marker=MARKERS[(item.position + item.position // len(SERIES)) % len(MARKERS)],
            markersize=4.5,
            markevery=every,
            linewidth=1.8,
        )
        handles.append(line)
        labels.append(_wrapped(item.experiment.title, width=30))
        level = item.experiment.published.get(panel.figure)
        if published and level is not None:
            axes.axhline(level, color=colour, linestyle=(0, (5, 3)), linewidth=1.0)
    if published and any(panel.figure in item.experiment.published for item in panel.curves):
        handles.append(Line2D([], [], color=FAINT, linestyle=(0, (5, 3)), linewidth=1.0))
        what = "mean" if spread_of(panel.figure) else "figure"
        labels.append(f"published {what},\nin the colour of its experiment")
    axes.set_ylabel(_wrapped(words_of(panel.figure), width=40))
    axes.margins(x=0.03, y=0.08)
    axes.set_xlim(left=0.0)
    if panel.reference is not None:
        _draw_references(axes, panel.figure, panel.reference, handles, labels)
    legend = axes.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(1.01, 1.02), borderaxespad=0.0, labelspacing=0.8
    )
    for text in legend.get_texts():
        text.set_color(INK)


def _draw_references(
    axes: Axes, figure: str, reference: ReferenceScale, handles: list[Line2D], labels: list[str]
) -> None:
    worded = format_score if figure == INCEPTION_SCORE_MEAN else format_figure
    low, high = axes.get_ylim()
    beyond = []
    for what, scored, dots in (
        ("real data", reference.real, (0, (1, 1.5))),
        ("noise", reference.noise, (0, (4, 2, 1, 2))),
    ):
        mean = scored.figures.get(figure, math.nan)
        if not math.isfinite(mean):
            continue
        # A line far off would flatten the curves that the figure is about.
        if low - 1.5 * (high - low) <= mean <= high + 1.5 * (high - low):
            handles.append(axes.axhline(mean, color=FAINT, linestyle=dots, linewidth=1.6))
            labels.append(f"{what} ({worded(mean)})")
        else:
            arrow = "↑" if mean > high else "↓"
            beyond.append(f"{arrow} {what} at {worded(mean)}, {'above' if mean > high else 'below'} this scale")
    axes.autoscale_view(scalex=False)
    axes.set_title("     ".join(beyond), loc="right", fontsize=9.5, color=FAINT, pad=8)


def _wrapped(title: str, width: int) -> str:
    return "\n".join(textwrap.wrap(one_line(title), width, max_lines=3, placeholder=" …"))
