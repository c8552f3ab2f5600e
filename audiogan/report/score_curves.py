"""The curves of the figures that choose the best checkpoints, over epochs, before any drawing."""

from __future__ import annotations

import math
from typing import final

import numpy as np
from attrs import frozen

from audiogan.report.figure_names import INCEPTION_SCORE_MEAN, spread_of, words_of
from audiogan.report.run_folder import Experiment, ReferenceScale, Run

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


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
    """Curves of one figure on one scale, which real data and noise mark where they were scored."""

    figure: str
    curves: tuple[Curve, ...]
    reference: ReferenceScale | None


def panels_of(run: Run) -> tuple[Panel, ...]:
    """Experiments whose checkpoints the same figure chooses, scored against the same real data, share a panel.

    Scorings whose figure is not finite are left out, and so are experiments without any.
    """
    waiting = {curve.experiment.name: curve for curve in map(_curve, range(len(run.experiments)), run.experiments)}
    waiting = {name: curve for name, curve in waiting.items() if curve.values.size}
    panels: list[Panel] = []
    for reference in run.references:
        members = [waiting.pop(name) for name in reference.experiments if name in waiting]
        panels += _panels_by_figure(members, reference)
    return (*panels, *_panels_by_figure(list(waiting.values()), None))


def curves_heading(run: Run) -> str:
    """What the figure of all curves shows."""
    figures = {panel.figure for panel in panels_of(run)}
    name = words_of(figures.pop()) if len(figures) == 1 else "figures that choose the best checkpoint"
    return f"{name[:1].upper()}{name[1:]} over epochs"


def curves_caption(run: Run) -> str:
    """What the bands are; empty where there are none."""
    panels = panels_of(run)
    if any(panel.figure == INCEPTION_SCORE_MEAN for panel in panels):
        return "The band is one standard deviation over the splits."
    banded = any(curve.stds.any() for panel in panels for curve in panel.curves)
    return "The band is one standard deviation." if banded else ""


def _panels_by_figure(curves: list[Curve], reference: ReferenceScale | None) -> list[Panel]:
    figures = dict.fromkeys(curve.experiment.best_by for curve in curves)
    return [
        Panel(figure, tuple(curve for curve in curves if curve.experiment.best_by == figure), reference)
        for figure in figures
    ]


def _curve(position: int, experiment: Experiment) -> Curve:
    figure = experiment.best_by
    spread = spread_of(figure) or ""
    scores = [score for score in experiment.log.scores if math.isfinite(score.figures.get(figure, math.nan))]
    return Curve(
        experiment=experiment,
        position=position,
        epochs=np.array([score.epoch for score in scores], dtype=np.float64),
        values=np.array([score.figures[figure] for score in scores], dtype=np.float64),
        stds=np.nan_to_num(np.array([score.figures.get(spread, 0.0) for score in scores], dtype=np.float64)),
    )
