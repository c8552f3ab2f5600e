"""The plots: what chooses the best checkpoints over epochs, and the losses over steps."""

from __future__ import annotations

import io
import math
import re
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import final

import matplotlib as mpl
import numpy as np
from attrs import frozen
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from audiogan.report.formatting import format_score, format_value, one_line, spread_of, words_of
from audiogan.report.records import INCEPTION_SCORE_MEAN, Experiment, ReferenceGroup, Run

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

# Okabe and Ito's palette (2008), distinct with any colour vision; its yellow is left out as too faint on white.
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f5539")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_INK, _FAINT, _GRID, _PAPER = "#24292f", "#6e7781", "#d8dee4", "#ffffff"
_SETTINGS = {
    "font.size": 10.0,
    "text.parse_math": False,
    "text.color": _INK,
    "axes.edgecolor": _FAINT,
    "axes.labelcolor": _INK,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": _GRID,
    "grid.linewidth": 0.6,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "figure.facecolor": _PAPER,
    "legend.frameon": False,
    "legend.labelcolor": _INK,
    "svg.fonttype": "path",
    "svg.hashsalt": "audiogan",
}
_POINTS = 300


@contextmanager
def plot_style() -> Iterator[None]:
    """Matplotlib's defaults with the settings above, whatever the user's own settings are; they return afterwards.

    A title may hold characters that the font lacks: they are drawn as boxes without a warning each.
    """
    with style.context(["default", _SETTINGS]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def png_bytes(figure: Figure) -> bytes:
    """The plot as PNG, 160 dots an inch."""
    image = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(image, format="png", dpi=160, metadata={"Software": None})
    return image.getvalue()


def svg_text(figure: Figure) -> str:
    """The plot as SVG without a date, its text as outlines so that it looks alike everywhere."""
    drawing = io.StringIO()
    FigureCanvasSVG(figure)
    figure.savefig(drawing, format="svg", metadata={"Date": None, "Creator": f"matplotlib {mpl.__version__}"})
    return drawing.getvalue()


def inline_svg(svg: str, *, name: str, description: str) -> str:
    """An ``svg`` element for a page: it fills its column, and takes its colours from the page's style sheet.

    ``name`` sets its ids apart from those of other plots on the page; ``description`` is read out in its place.
    """
    text = svg[svg.index("<svg ") :]
    text = re.sub(r"\s*<(style|metadata)\b.*?</\1>", "", text, flags=re.DOTALL)
    size = r'(<svg [^>]*?)width="[\d.]+pt" height="[\d.]+pt"'
    text = re.sub(size, rf'\1role="img" aria-label="{escape(description)}"', text, count=1)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", text)
    text = re.sub(r"<path (?![^>]*\bd=)", '<path d="" ', text)
    text = text.replace("xlink:href", "href").replace(_PAPER, "none")
    variables = {_INK: "ink", _FAINT: "faint", _GRID: "grid"}
    variables |= {colour: f"series-{position}" for position, colour in enumerate(SERIES, start=1)}
    for colour, variable in variables.items():
        text = text.replace(colour, f"var(--{variable})")
    return text.strip()


@final
@frozen
class Curve:
    """One experiment's scorings: epochs, values and standard deviations, zero where there is none, each ``[scorings]``.

    ``position`` is the experiment's place in the run.
    """

    experiment: Experiment
    position: int
    epochs: Floats
    values: Floats
    stds: Floats


@final
@frozen
class Panel:
    """Curves of one value on one scale, which real data and noise mark where they were scored."""

    name: str
    curves: tuple[Curve, ...]
    reference: ReferenceGroup | None


def panels_of(run: Run) -> tuple[Panel, ...]:
    """Experiments whose checkpoints the same value chooses, scored against the same real data, share a panel.

    Scorings whose value is not finite are left out, and so are experiments without any.
    """
    curves = [_curve(position, experiment) for position, experiment in enumerate(run.experiments)]
    waiting = {curve.experiment.entry.name: curve for curve in curves if curve.values.size}
    members: list[tuple[list[Curve], ReferenceGroup | None]] = [
        ([waiting.pop(name) for name in group.experiments if name in waiting], group) for group in run.references
    ]
    members.append((list(waiting.values()), None))
    return tuple(
        Panel(name, tuple(curve for curve in each if curve.experiment.entry.best_by == name), group)
        for each, group in members
        for name in dict.fromkeys(curve.experiment.entry.best_by for curve in each)
    )


def _curve(position: int, experiment: Experiment) -> Curve:
    name = experiment.entry.best_by
    scores = [score for score in experiment.scores if math.isfinite(score.values.get(name, math.nan))]
    stds = [score.values.get(spread_of(name) or "", 0.0) for score in scores]
    return Curve(
        experiment=experiment,
        position=position,
        epochs=np.array([score.epoch for score in scores], dtype=np.float64),
        values=np.array([score.values[name] for score in scores], dtype=np.float64),
        stds=np.nan_to_num(np.array(stds, dtype=np.float64)),
    )


def score_heading(run: Run) -> str:
    """What the plot of all curves shows."""
    names = {panel.name for panel in panels_of(run)}
    words = words_of(names.pop()) if len(names) == 1 else "values that choose the best checkpoint"
    return f"{words[:1].upper()}{words[1:]} over epochs"


def score_caption(run: Run) -> str:
    """What the bands are; empty where there are none."""
    panels = panels_of(run)
    if any(panel.name == INCEPTION_SCORE_MEAN for panel in panels):
        return "The band is one standard deviation over the splits."
    return "The band is one standard deviation." if any(c.stds.any() for p in panels for c in p.curves) else ""


def score_plot(run: Run) -> Figure | None:
    """One line for each experiment, with a band of one standard deviation where the value is a mean that has one.

    As figure 3 of the study shows the inception score. ``None`` before the first scoring. Published values are drawn
    only where no profile has changed what is trained. To be called, and its result saved, within :func:`plot_style`.
    """
    panels = panels_of(run)
    if not panels:
        return None
    figure = Figure(figsize=(9.6, 4.6 * len(panels)), layout=_layout())
    grid = figure.subplots(len(panels), squeeze=False)
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        _draw_scores(axes, panel, published=run.profile is None)
    grid[-1, 0].set_xlabel("epoch")
    profile = f" ({one_line(run.profile)} profile)" if run.profile is not None else ""
    figure.suptitle(_wrapped(run.title + profile, width=90), x=0.012, horizontalalignment="left", fontsize=12)
    return figure


def _draw_scores(axes: Axes, panel: Panel, *, published: bool) -> None:
    handles, labels = [], []
    for item in panel.curves:
        colour = SERIES[item.position % len(SERIES)]
        if item.values.size == 1:
            axes.errorbar(item.epochs, item.values, item.stds, color=colour, capsize=3, linewidth=1.0)
        low, high = item.values - item.stds, item.values + item.stds
        axes.fill_between(item.epochs, low, high, color=colour, alpha=0.13, linewidth=0)
        (line,) = axes.plot(
            item.epochs,
            item.values,
            color=colour,
            marker=_MARKERS[(item.position + item.position // len(SERIES)) % len(_MARKERS)],
            markersize=4.5,
            # more markers than this hide the line they mark
            markevery=max(1, math.ceil(item.values.size / 25)),
            linewidth=1.8,
        )
        handles.append(line)
        labels.append(_wrapped(item.experiment.entry.title, width=30))
        level = item.experiment.entry.published.get(panel.name)
        if published and level is not None:
            axes.axhline(level, color=colour, linestyle=(0, (5, 3)), linewidth=1.0)
    if published and any(panel.name in item.experiment.entry.published for item in panel.curves):
        handles.append(Line2D([], [], color=_FAINT, linestyle=(0, (5, 3)), linewidth=1.0))
        what = "mean" if spread_of(panel.name) else "value"
        labels.append(f"published {what},\nin the colour of its experiment")
    axes.set_ylabel(_wrapped(words_of(panel.name), width=40))
    axes.margins(x=0.03, y=0.08)
    axes.set_xlim(left=0.0)
    if panel.reference is not None:
        _draw_scale(axes, panel.name, panel.reference, handles, labels)
    axes.legend(handles, labels, loc="upper left", bbox_to_anchor=(1.01, 1.02), borderaxespad=0.0, labelspacing=0.8)


def _draw_scale(axes: Axes, name: str, reference: ReferenceGroup, handles: list[Line2D], labels: list[str]) -> None:
    worded = format_score if name == INCEPTION_SCORE_MEAN else format_value
    low, high = axes.get_ylim()
    beyond = []
    sides = (("real data", reference.real, (0, (1, 1.5))), ("noise", reference.noise, (0, (4, 2, 1, 2))))
    for what, side, dots in sides:
        value = side.values.get(name, math.nan)
        if not math.isfinite(value):
            continue
        # a line far off would flatten the curves that the plot is about
        if low - 1.5 * (high - low) <= value <= high + 1.5 * (high - low):
            handles.append(axes.axhline(value, color=_FAINT, linestyle=dots, linewidth=1.6))
            labels.append(f"{what} ({worded(value)})")
        else:
            arrow, where = ("↑", "above") if value > high else ("↓", "below")
            beyond.append(f"{arrow} {what} at {worded(value)}, {where} this scale")
    axes.autoscale_view(scalex=False)
    axes.set_title("     ".join(beyond), loc="right", fontsize=9.5, color=_FAINT, pad=8)


def loss_plot(run: Run) -> Figure | None:
    """Losses of each experiment and, where a network's loss has several terms, each of these; ``None`` before step 1.

    A small panel for each experiment, since every loss has a scale of its own. Of more than 300 steps the mean of
    neighbouring ones is drawn, in a band from their smallest to their largest. To be called, and its result saved,
    within :func:`plot_style`.
    """
    experiments = [experiment for experiment in run.experiments if experiment.steps]
    if not experiments:
        return None
    columns = min(2, len(experiments))
    rows = -(-len(experiments) // columns)
    figure = Figure(figsize=(9.6, 0.9 + 2.4 * rows), layout=_layout())
    grid = figure.subplots(rows, columns, squeeze=False)
    colours: dict[str, int] = {}
    for axes, experiment in zip(grid.flat, experiments, strict=False):
        for label, losses in losses_of(experiment).items():
            _draw_loss(axes, losses, label, colours.setdefault(label, len(colours)))
        axes.axhline(0.0, color=_FAINT, linewidth=0.8, zorder=1)
        title = one_line(experiment.entry.title)
        axes.set_title(title if len(title) <= 52 else f"{title[:51]}…", loc="left", fontsize=10, color=_INK)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 2.5, 5, 10]))
        axes.xaxis.set_major_formatter(lambda value, _position: f"{value:,.0f}")
    for axes in grid.flat[len(experiments) :]:
        axes.remove()
    figure.supxlabel("step", fontsize="medium")
    drawn = (axes.get_legend_handles_labels() for axes in grid.flat[: len(experiments)])
    handles = {label: handle for pairs in drawn for handle, label in zip(*pairs, strict=True)}
    figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=min(3, len(handles)))
    return figure


def losses_of(experiment: Experiment) -> dict[str, list[tuple[int, float]]]:
    """By label, steps and losses: the sums of both networks, and the terms of a network that has more than one."""
    steps = experiment.steps
    losses = {
        "discriminator loss": [(step.step, step.discriminator_loss) for step in steps],
        "generator loss": [(step.step, step.generator_loss) for step in steps],
    }
    names = dict.fromkeys(name for step in steps for name in step.terms)
    for network in ("discriminator/", "generator/"):
        terms = [name for name in names if name.startswith(network)]
        if len(terms) > 1:
            for name in terms:
                label = name.replace("/", ": ").replace("_", " ")
                losses[label] = [(step.step, step.terms[name]) for step in steps if name in step.terms]
    return losses


def thinned(steps: Floats, values: Floats, points: int) -> tuple[Floats, Floats, Floats, Floats]:
    """At most ``points`` groups of neighbouring values: middle step, mean, smallest and largest of each.

    Values that are not finite are left out; a group of nothing else is NaN, a gap in the line. All ``[groups]``.
    """
    size = -(-len(values) // points)
    edges = range(0, len(values), size)
    finite = [group[np.isfinite(group)] for group in (values[start : start + size] for start in edges)]
    return (
        np.array([steps[start : start + size].mean() for start in edges]),
        np.array([group.mean() if group.size else np.nan for group in finite]),
        np.array([group.min() if group.size else np.nan for group in finite]),
        np.array([group.max() if group.size else np.nan for group in finite]),
    )


def _draw_loss(axes: Axes, losses: list[tuple[int, float]], label: str, number: int) -> None:
    steps, values = np.array(losses, dtype=np.float64).T
    middle, mean, low, high = thinned(steps, values, points=_POINTS)
    colour, dashes = SERIES[number % len(SERIES)], "-" if number < len(SERIES) else "--"
    axes.fill_between(middle, low, high, color=colour, alpha=0.2, linewidth=0)
    marker = "o" if len(middle) == 1 else ""
    axes.plot(middle, mean, color=colour, linestyle=dashes, linewidth=1.3, label=label, marker=marker)


def _layout() -> ConstrainedLayoutEngine:
    # every text inside the plot, and off its edge
    return ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)


def _wrapped(title: str, width: int) -> str:
    return "\n".join(textwrap.wrap(one_line(title), width, max_lines=3, placeholder=" …"))
