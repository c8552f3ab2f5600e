"""Curves of whichever figure chooses the best checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audiogan.report.figure_style import figure_style
from audiogan.report.run_folder import Run, read_run_folder
from audiogan.report.score_curves import curves_caption, curves_heading, panels_of
from audiogan.report.score_figure import score_figure
from audiogan.report.write import write_report
from tests.report.conftest import score_line, write_log

Change = Callable[[Path, Callable[[Any], object]], None]
NAMES = ("specgan", "wavegan-wgan", "lstm-wgan")


@pytest.fixture
def chosen_by_distance(run_folder: Path, change_json: Change) -> Path:
    """The first three experiments choose by the mean of a distance, the others by the inception score."""

    def alter(run: dict[str, Any]) -> None:
        run["profile"] = None
        for experiment in run["experiments"][:3]:
            experiment.update(best_by="distance_mean", published={"distance_mean": 4.0})

    change_json(run_folder / "run.json", alter)
    change_json(
        run_folder / "reference.json",
        lambda groups: (groups[0]["real"].update(distance_mean=3.0), groups[0]["noise"].update(distance_mean=400.0)),
    )
    for position, name in enumerate(NAMES):
        figures = [{"distance_mean": 9.0 - position - step / 10, "distance_std": 0.5} for step in (20, 40)]
        unfinished = {"distance_mean": None}
        scores = zip((20, 40, 60), [*figures, unfinished], strict=True)
        lines = [{**score_line(step, 1.5, 0.1), "figures": figures} for step, figures in scores]
        write_log(run_folder / name / "metrics.jsonl", lines)
    return run_folder


def drawn(run: Run) -> list[Any]:
    with figure_style():
        figure = score_figure(run)
    assert figure is not None
    return figure.axes


def test_each_figure_has_a_panel_of_its_own(chosen_by_distance: Path) -> None:
    run = read_run_folder(chosen_by_distance)
    distance, score = panels_of(run)
    assert [curve.experiment.name for curve in distance.curves] == list(NAMES)
    assert [curve.experiment.name for curve in score.curves] == ["lstm-conv-wgan"]
    assert (distance.figure, score.figure) == ("distance_mean", "inception_score_mean")
    np.testing.assert_array_equal(distance.curves[1].epochs, [2.5, 5.0])
    np.testing.assert_array_equal(distance.curves[1].values, [6.0, 4.0])
    np.testing.assert_array_equal(distance.curves[1].stds, [0.5, 0.5])
    assert [axes.get_ylabel() for axes in drawn(run)] == ["distance mean", "inception score"]


def test_a_panel_marks_published_figures_and_the_scale(chosen_by_distance: Path) -> None:
    axes, _ = drawn(read_run_folder(chosen_by_distance))
    levels = [float(line.get_ydata()[0]) for line in axes.lines if len(set(line.get_ydata())) == 1]
    assert levels == [4.0, 4.0, 4.0, 3.0]
    assert [text.get_text() for text in axes.get_legend().get_texts()][3:] == [
        "published mean,\nin the colour of its experiment",
        "real data (3)",
    ]
    assert axes.get_title(loc="right") == "↑ noise at 400, above this scale"


def test_heading_and_caption_name_what_is_drawn(
    chosen_by_distance: Path, run_folder: Path, change_json: Change
) -> None:
    run = read_run_folder(chosen_by_distance)
    assert curves_heading(run) == "Figures that choose the best checkpoint over epochs"
    assert curves_caption(run) == "The band is one standard deviation over the splits."
    (chosen_by_distance / "lstm-conv-wgan" / "metrics.jsonl").unlink()
    run = read_run_folder(chosen_by_distance)
    assert curves_heading(run) == "Distance mean over epochs"
    assert curves_caption(run) == "The band is one standard deviation."
    page = write_report(chosen_by_distance).paths["report.html"].read_text(encoding="utf-8")
    assert "<h2>Distance mean over epochs</h2>" in page
    assert 'aria-label="Distance mean over epochs, a line for each experiment"' in page
    change_json(
        chosen_by_distance / "run.json", lambda run: [e.update(best_by="distance_std") for e in run["experiments"]]
    )
    run = read_run_folder(chosen_by_distance)
    assert curves_caption(run) == ""
    assert panels_of(run)[0].curves[0].stds.tolist() == [0.0, 0.0]
