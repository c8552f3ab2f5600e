"""The plots: curves of whichever value chooses the best checkpoint, and losses by their terms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audiogan.report import write_report
from audiogan.report.plots import losses_of, panels_of, plot_style, score_caption, score_heading, score_plot, thinned
from audiogan.report.records import Run, read_run
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
        lambda record: (
            record["groups"][0]["real"]["values"].update(distance_mean=3.0),
            record["groups"][0]["noise"]["values"].update(distance_mean=400.0),
        ),
    )
    for position, name in enumerate(NAMES):
        values = [{"distance_mean": 9.0 - position - step / 10, "distance_std": 0.5} for step in (20, 40)]
        unfinished = {"distance_mean": None}
        scores = zip((20, 40, 60), [*values, unfinished], strict=True)
        lines = [{**score_line(step, 1.5, 0.1), "values": scored} for step, scored in scores]
        write_log(run_folder / name / "metrics.jsonl", lines)
    return run_folder


def drawn(run: Run) -> list[Any]:
    with plot_style():
        figure = score_plot(run)
    assert figure is not None
    return figure.axes


def test_each_value_has_a_panel_of_its_own(chosen_by_distance: Path) -> None:
    run = read_run(chosen_by_distance)
    distance, score = panels_of(run)
    assert [curve.experiment.entry.name for curve in distance.curves] == list(NAMES)
    assert [curve.experiment.entry.name for curve in score.curves] == ["lstm-conv-wgan"]
    assert (distance.name, score.name) == ("distance_mean", "inception_score_mean")
    np.testing.assert_array_equal(distance.curves[1].epochs, [2.5, 5.0])
    np.testing.assert_array_equal(distance.curves[1].values, [6.0, 4.0])
    np.testing.assert_array_equal(distance.curves[1].stds, [0.5, 0.5])
    assert [axes.get_ylabel() for axes in drawn(run)] == ["distance mean", "inception score"]


def test_a_panel_marks_published_values_and_the_scale(chosen_by_distance: Path) -> None:
    axes, _ = drawn(read_run(chosen_by_distance))
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
    run = read_run(chosen_by_distance)
    assert score_heading(run) == "Values that choose the best checkpoint over epochs"
    assert score_caption(run) == "The band is one standard deviation over the splits."
    (chosen_by_distance / "lstm-conv-wgan" / "metrics.jsonl").unlink()
    run = read_run(chosen_by_distance)
    assert score_heading(run) == "Distance mean over epochs"
    assert score_caption(run) == "The band is one standard deviation."
    page = write_report(chosen_by_distance).paths["report.html"].read_text(encoding="utf-8")
    assert "<h2>Distance mean over epochs</h2>" in page
    assert 'aria-label="Distance mean over epochs, a line for each experiment"' in page
    change_json(
        chosen_by_distance / "run.json", lambda run: [e.update(best_by="distance_std") for e in run["experiments"]]
    )
    run = read_run(chosen_by_distance)
    assert score_caption(run) == ""
    assert panels_of(run)[0].curves[0].stds.tolist() == [0.0, 0.0]


def test_published_means_are_drawn_only_without_a_profile(run_folder: Path, change_json: Change) -> None:
    def levels() -> set[float]:
        (axes,) = drawn(read_run(run_folder))
        flat = [np.asarray(line.get_ydata()) for line in axes.lines]
        return {float(y[0]) for y in flat if len(y) == 2 and y[0] == y[1]}

    assert levels() == {1.0061}
    change_json(run_folder / "run.json", lambda run: run.update(profile=None))
    assert levels() == {1.0061, 1.028, 1.076, 1.093, 1.084}


def test_scores_on_different_scales_have_panels_of_their_own(run_folder: Path, change_json: Change) -> None:
    change_json(
        run_folder / "reference.json",
        lambda record: record["groups"][0].update(experiments=["specgan", "lstm-wgan"]),
    )
    legends = [axes.get_legend() for axes in drawn(read_run(run_folder))]
    assert [[text.get_text() for text in legend.get_texts()] for legend in legends] == [
        ["SpecGAN (baseline)", "pure LSTM D-net with WGAN", "noise (1.006)"],
        ["WaveGAN with WGAN (baseline)", "LSTM & conv D-net with WGAN"],
    ]


def test_terms_of_a_loss_are_drawn_where_there_are_several(run_folder: Path) -> None:
    experiments = {each.entry.name: each for each in read_run(run_folder).experiments}
    assert list(losses_of(experiments["specgan"])) == ["discriminator loss", "generator loss"]
    losses = losses_of(experiments["lstm-wgan"])
    sums = ["discriminator loss", "generator loss"]
    assert list(losses) == [*sums, "discriminator: adversarial", "discriminator: gradient penalty"]
    assert losses["discriminator: gradient penalty"][-1] == (60, 0.1)


def test_thinning_keeps_extremes_and_leaves_gaps() -> None:
    steps = np.arange(1.0, 8.0)
    values = np.array([1.0, 3.0, np.nan, 5.0, np.inf, np.nan, -2.0])
    middle, mean, low, high = thinned(steps, values, points=4)
    np.testing.assert_array_equal(middle, [1.5, 3.5, 5.5, 7.0])
    np.testing.assert_array_equal(mean, [2.0, 5.0, np.nan, -2.0])
    np.testing.assert_array_equal(low, [1.0, 5.0, np.nan, -2.0])
    np.testing.assert_array_equal(high, [3.0, 5.0, np.nan, -2.0])
    np.testing.assert_array_equal(thinned(steps, values, points=7)[1][[0, 6]], [1.0, -2.0])
