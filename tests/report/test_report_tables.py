"""The table in its formats, to the letter."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan.report.csv_table import csv_table
from audiogan.report.formatting import format_epoch, one_line
from audiogan.report.latex_table import escape_latex, latex_table
from audiogan.report.markdown_table import escape_markdown, markdown_table
from audiogan.report.notes import caption_of, notes_of
from audiogan.report.rows import Row, row_as_json, rows_of
from audiogan.report.run_folder import read_run_folder
from audiogan.report.table_text import cells_of
from audiogan.report.tables import Tables, tables_of

Change = Callable[[Path, Callable[[Any], object]], None]


def row(**changes: Any) -> Row:
    values: dict[str, Any] = {
        "name": "lstm-conv",
        "title": "LSTM & conv D-net",
        "status": "finished",
        "inception_score_mean": 1.08523,
        "inception_score_std": 0.0169,
        "epoch": 243.0,
        "published": {"inception_score_mean": 1.085, "inception_score_std": 0.017, "epoch": 243},
        "steps": 600,
        "samples": 64,
        "figures": {"inception_score_mean": 1.08523, "inception_score_std": 0.0169, "distance": 3.5},
        "intervals": {"distance": (3.1, 4.25)},
        "error": None,
    }
    return Row(**{**values, **changes})


FAILED: dict[str, Any] = {
    "name": "x_1",
    "title": "WGAN | 50% {#1}",
    "status": "failed",
    "inception_score_mean": None,
    "inception_score_std": None,
    "epoch": None,
    "published": {},
    "steps": 7,
    "samples": None,
    "figures": {},
    "intervals": {},
    "error": "loss is NaN",
}


def notes_in(folder: Path) -> tuple[str, ...]:
    run = read_run_folder(folder)
    rows = rows_of(run)
    return notes_of(run, rows, tables_of(run, rows))


def test_markdown_table_is_exact() -> None:
    assert markdown_table("Scores", Tables((row(), row(**FAILED))), ["64 samples *each*"]) == (
        "**Scores**\n"
        "\n"
        "| experiment | mean | std | epoch | published mean | published std | published epoch |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| LSTM & conv D-net | 1.085 | 0.017 | 243 | 1.085 | 0.017 | 243 |\n"
        "| WGAN \\| 50% {#1} | failed | – | – | – | – | – |\n"
        "\n"
        "- 64 samples \\*each\\*\n"
    )


def test_csv_table_is_exact() -> None:
    assert csv_table([row(title="Bach, Glenn"), row(**FAILED)]) == (
        "name,title,status,inception_score_mean,inception_score_std,epoch,published_inception_score_mean,"
        "published_inception_score_std,published_epoch,steps,samples,"
        "inception_score_mean_low,inception_score_mean_high\r\n"
        'lstm-conv,"Bach, Glenn",finished,1.08523,0.0169,243,1.085,0.017,243,600,64,,\r\n'
        "x_1,WGAN | 50% {#1},failed,,,,,,,7,,,\r\n"
    )


def test_latex_table_is_exact() -> None:
    assert latex_table("Scores ±", Tables((row(), row(**FAILED))), ["50%"]) == (
        "% \\usepackage{booktabs}\n"
        "\\begin{table}\n"
        "  \\centering\n"
        "  \\caption{Scores $\\pm$}\n"
        "  \\begin{tabular}{lrrrrrr}\n"
        "    \\toprule\n"
        "    & \\multicolumn{3}{c}{inception score} & \\multicolumn{3}{c}{published} \\\\\n"
        "    \\cmidrule(lr){2-4} \\cmidrule(lr){5-7}\n"
        "    experiment & mean & std & epoch & mean & std & epoch \\\\\n"
        "    \\midrule\n"
        "    LSTM \\& conv D-net & 1.085 & 0.017 & 243 & 1.085 & 0.017 & 243 \\\\\n"
        "    WGAN \\textbar{} 50\\% \\{\\#1\\} & failed & -- & -- & -- & -- & -- \\\\\n"
        "    \\bottomrule\n"
        "  \\end{tabular}\n"
        "  \\par\\smallskip\\footnotesize 50\\%\n"
        "\\end{table}\n"
    )


def test_json_row_holds_unrounded_figures_and_every_metric() -> None:
    assert row_as_json(row()) == {
        "name": "lstm-conv",
        "title": "LSTM & conv D-net",
        "inception_score_mean": 1.08523,
        "inception_score_std": 0.0169,
        "epoch": 243,
        "published": {"inception_score_mean": 1.085, "inception_score_std": 0.017, "epoch": 243},
        "status": "finished",
        "steps": 600,
        "samples": 64,
        "figures": {"inception_score_mean": 1.08523, "inception_score_std": 0.0169, "distance": 3.5},
        "intervals": {"distance": [3.1, 4.25]},
        "error": None,
    }
    assert isinstance(row_as_json(row())["epoch"], int)
    unbounded = row_as_json(row(intervals={"distance": (-math.inf, 4.0)}))
    assert unbounded["intervals"] == {"distance": [None, 4.0]}
    assert row_as_json(row(figures={"distance": math.inf}))["figures"] == {"distance": None}


def test_rows_without_figures_say_why() -> None:
    nothing: dict[str, Any] = {
        "inception_score_mean": None,
        "inception_score_std": None,
        "epoch": None,
        "published": {},
    }
    assert cells_of(row(status="unfinished", **nothing))[1:] == ("unfinished", "–", "–", "–", "–", "–")
    assert cells_of(row(status="not started", **nothing))[1] == "not started"
    assert cells_of(row(status="finished", **nothing))[1] == "no score"
    assert cells_of(row(status="stopped"))[1] == "stopped"


@pytest.mark.parametrize(
    ("epoch", "text"),
    [(0.0, "0"), (204.0, "204"), (2.9999999999, "3"), (2.04, "2.0"), (52.25, "52.2"), (0.5, "0.5"), (None, "–")],
)
def test_epoch_is_an_integer_where_whole(epoch: float | None, text: str) -> None:
    assert format_epoch(epoch) == text


def test_rows_follow_the_run(run_folder: Path, change_json: Change) -> None:
    change_json(run_folder / "wavegan-wgan" / "result.json", lambda r: r.update(status="failed", error="loss is NaN"))
    change_json(
        run_folder / "lstm-wgan" / "result.json",
        lambda r: r["figures"].update(inception_score_mean=math.nan),
    )
    rows = rows_of(read_run_folder(run_folder))
    assert [(r.name, r.status) for r in rows] == [
        ("specgan", "finished"),
        ("wavegan-wgan", "failed"),
        ("lstm-wgan", "finished"),
        ("lstm-conv-wgan", "unfinished"),
        ("lstm-conv-lsgan", "not started"),
    ]
    assert [(r.inception_score_mean, r.epoch, r.steps, r.samples) for r in rows] == [
        (pytest.approx(1.04), 7.5, 60, 64),
        (None, None, 60, None),
        (None, 7.5, 60, 64),
        (None, None, 35, None),
        (None, None, None, None),
    ]
    assert [cells_of(r)[1] for r in rows] == ["1.040", "failed", "no score", "unfinished", "not started"]


def test_caption_names_the_profile(run_folder: Path, change_json: Change) -> None:
    quick = "quick profile: smaller networks, shorter windows; the figures do not compare with the published ones"
    assert caption_of(read_run_folder(run_folder)) == f"Inception scores ({quick})"
    change_json(run_folder / "run.json", lambda run: run.update(profile="long"))
    assert caption_of(read_run_folder(run_folder)) == (
        "Inception scores (long profile: its settings differ from those that the published figures belong to)"
    )
    change_json(run_folder / "run.json", lambda run: run.update(profile=None))
    assert caption_of(read_run_folder(run_folder)) == "Inception scores"


def test_notes_give_counts_scale_and_missing_rows(run_folder: Path, change_json: Change) -> None:
    change_json(run_folder / "wavegan-wgan" / "result.json", lambda r: r.update(status="failed", error="loss is NaN"))
    assert notes_in(run_folder) == (
        "Mean and standard deviation over 10 splits of 64 generated samples; the epoch is that of the best checkpoint.",
        "The scale of the score: real data 3.817 ± 0.211, noise 1.006 ± 0.001 on 64 samples each. "
        "The classifier tells 3 classes apart (C, C#, …) and is right on 93.4% of held-out windows; scores given by "
        "different classifiers, the published ones included, do not compare.",
        "WaveGAN with WGAN (baseline): failed after step 60, best score so far 1.060 ± 0.008 at epoch 7.5: loss is NaN",
        "LSTM & conv D-net with WGAN: unfinished at step 35, best score so far 1.080 ± 0.008 at epoch 2.5; "
        "the same command again continues it.",
        "LSTM & conv D-net with LSGAN: not started.",
    )


def test_notes_tell_differing_counts_and_scales_apart(run_folder: Path, change_json: Change) -> None:
    change_json(run_folder / "specgan" / "result.json", lambda r: r.update(samples=5000))

    def split(groups: list[dict[str, Any]]) -> None:
        groups.append({**groups[0], "experiments": ["lstm-wgan"], "samples": None, "noise": {}, "protocol": {}})
        groups[0]["experiments"] = ["specgan", "wavegan-wgan"]

    change_json(run_folder / "reference.json", split)
    notes = notes_in(run_folder)
    assert notes[0] == (
        "Mean and standard deviation over 10 splits of the generated samples (5,000 for SpecGAN (baseline), "
        "64 for WaveGAN with WGAN (baseline), 64 for pure LSTM D-net with WGAN); "
        "the epoch is that of the best checkpoint."
    )
    assert notes[1].startswith("SpecGAN (baseline), WaveGAN with WGAN (baseline): The scale of the score: real data")
    assert notes[2] == "pure LSTM D-net with WGAN: The scale of the score: real data 3.817 ± 0.211."


@given(st.text())
def test_any_title_survives_csv_and_json(title: str) -> None:
    (record,) = csv.DictReader(io.StringIO(csv_table([row(title=title)]), newline=""))
    assert record["title"] == title
    assert json.loads(json.dumps(row_as_json(row(title=title))))["title"] == title


@given(st.text())
def test_any_title_keeps_the_markdown_table_whole(title: str) -> None:
    line = markdown_table("Scores", Tables((row(title=title),)), []).split("\n")[4]
    cells = re.split(r"(?<!\\)(?:\\\\)*\|", line)
    assert len(cells) == 9
    assert re.sub(r"\\(.)", r"\1", escape_markdown(one_line(title))) == one_line(title)


def test_markdown_and_latex_defuse_what_is_active() -> None:
    assert escape_markdown("1. <b>a_b</b> `x` \\ $y$ &amp; A & B") == (
        "1\\. \\<b\\>a\\_b\\</b\\> \\`x\\` \\\\ \\$y\\$ \\&amp; A & B"
    )
    assert escape_latex("\\{}&%$#_~^<>|–") == (
        "\\textbackslash{}\\{\\}\\&\\%\\$\\#\\_\\textasciitilde{}\\textasciicircum{}"
        "\\textless{}\\textgreater{}\\textbar{}--"
    )


@given(st.text())
def test_titles_become_one_line(title: str) -> None:
    assert len(one_line(title).splitlines()) <= 1
