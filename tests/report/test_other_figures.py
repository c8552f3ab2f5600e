"""The figures of metrics other than the inception score, in every format of the report."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from audiogan.errors import DataError
from audiogan.report import plain_table, write_report
from audiogan.report.classifier_notes import classifier_sentences
from audiogan.report.csv_table import csv_table
from audiogan.report.figure_table import Cell, Column, FigureTable, Line
from audiogan.report.latex_table import latex_table
from audiogan.report.markdown_table import markdown_table
from audiogan.report.notes import notes_of
from audiogan.report.rows import row_as_json, rows_of
from audiogan.report.run_folder import read_run_folder
from audiogan.report.tables import Tables, tables_of
from tests.report.conftest import score_line, step_line, write_json, write_log

DISTANCE = {"distance": 12.3456, "nearest_self": 8.0, "count": 41.0}
Change = Callable[[Path, Callable[[Any], object]], None]


def result(name: str, figures: Mapping[str, float | None], **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "status": "finished",
        "steps": 60,
        "best_step": 40,
        "best_epoch": 5.0,
        "figures": figures,
        "samples": 100,
        "protocol": {},
        **changes,
    }


@pytest.fixture
def distances(tmp_path: Path) -> Path:
    """Three experiments without an inception score: two finished, of which one lacks a metric, and one under way."""
    folder = tmp_path / "run"
    experiments = [
        {"name": "cnn", "title": "CNN", "best_by": "distance", "published": {"distance": 9.5, "epoch": 7}},
        {"name": "lstm", "title": "LSTM", "best_by": "distance", "published": {}},
        {"name": "late", "title": "Late", "best_by": "distance", "published": {}},
    ]
    write_json(folder / "run.json", {"title": "Drums", "profile": None, "experiments": experiments})
    write_json(
        folder / "reference.json",
        [
            {
                "experiments": ["cnn", "lstm", "late"],
                "real": {"distance": 1.25, "nearest_self": 9.0, "count": 5.0},
                "noise": {"distance": 99.0, "nearest_self": 0.125, "count": 100.0},
                "intervals": {"real": {"distance": [1.0, 1.5]}, "noise": {}},
                "lower_is_better": ["distance"],
                "samples": 50,
                "protocol": {"distance-metric": {"classifier": "c0ffee", "classifier_held_out_accuracy": 0.934}},
            }
        ],
    )
    intervals = {"distance": [11.5, 13.25], "nearest_self": [None, 9.0]}
    write_json(folder / "cnn" / "result.json", result("cnn", DISTANCE, intervals=intervals))
    write_json(folder / "lstm" / "result.json", result("lstm", {"distance": None, "extra": -0.5}))
    for name in ("cnn", "late"):
        scores = [
            {**score_line(step, 0.0, 0.0), "figures": {"distance": distance}}
            for step, distance in ((20, 30.0), (40, 20.0), (56, 25.0))
        ]
        write_log(folder / name / "metrics.jsonl", [step_line(step) for step in range(1, 57)] + scores)
    return folder


def tables_in(folder: Path) -> Tables:
    run = read_run_folder(folder)
    return tables_of(run, rows_of(run))


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    # drawing takes longer than all else here
    monkeypatch.setattr("audiogan.report.write._FIGURES", {})


def test_a_run_without_inception_scores_has_its_figures_alone(distances: Path) -> None:
    report = write_report(distances)
    assert report.tables.scores == ()
    markdown = report.paths["table.md"].read_text(encoding="utf-8")
    assert markdown.splitlines()[:18] == [
        "**Drums**",
        "",
        "| experiment | epoch | published epoch | distance | published distance |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| CNN | 5 | 7 | 12.35 (11.5 to 13.25) | 9.5 |",
        "| LSTM | 5 | – | not finite | – |",
        "| Late | unfinished | – | – | – |",
        "| real data | – | – | 1.25 (1 to 1.5) | – |",
        "| noise | – | – | 99 | – |",
        "",
        "| experiment | nearest self | count | extra |",
        "| --- | ---: | ---: | ---: |",
        "| CNN | 8 | 41 | – |",
        "| LSTM | – | – | \\-0.5 |",
        "| real data | 9 | 5 | – |",
        "| noise | 0.125 | 100 | – |",
        "",
        "- Figures of 100 generated samples, or of as many as a metric takes; "
        "the epoch is that of the best checkpoint, chosen by distance.",
    ]
    assert "no score" not in plain_table(report)


def test_terminal_shows_intervals_below_their_figures(distances: Path) -> None:
    lines = plain_table(write_report(distances)).splitlines()
    assert lines[2:13] == [
        "                              published                 published",
        "experiment             epoch      epoch       distance   distance",
        "─────────────────────────────────────────────────────────────────",
        "CNN                        5          7          12.35        9.5",
        "                                         11.5 to 13.25",
        "LSTM                       5          –     not finite          –",
        "Late              unfinished          –              –          –",
        "real data                  –          –           1.25          –",
        "                                              1 to 1.5",
        "noise                      –          –             99          –",
        "",
    ]


def test_long_titles_and_many_figures_fit_eighty_columns(distances: Path, change_json: Change) -> None:
    change_json(distances / "run.json", lambda run: run["experiments"][0].update(title="[b]long[/b] " * 9))
    figures = {f"checkerboard_modulation_db_of_{n}": -0.01234567 * n for n in range(1, 9)}
    bounds = {name: [value - 0.001, value + 0.002] for name, value in figures.items()}
    change_json(distances / "cnn" / "result.json", lambda r: r.update(figures=figures, intervals=bounds))
    lines = plain_table(write_report(distances)).splitlines()
    assert max(map(len, lines)) <= 80
    text = " ".join(lines)
    assert text.count("[b]long[/b] [b]long[/b]") > 3
    for value in figures.values():
        assert f" {value:.4g} " in text
        assert f" {value - 0.001:.4g} to {value + 0.002:.4g} " in text


def test_latex_sets_intervals_in_lines_of_their_own(distances: Path) -> None:
    text = latex_table("Drums", tables_in(distances), [])
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 2
    assert "inception" not in text
    assert (
        "    CNN & 5 & 7 & 12.35 & 9.5 \\\\\n"
        "    &  &  & \\footnotesize 11.5 to 13.25 &  \\\\\n"
        "    LSTM & 5 & -- & not finite"
    ) in text
    assert r"LSTM & -- & -- & $-$0.5 \\" in text


def test_notes_tell_counts_intervals_scale_classifier_and_the_best_so_far(distances: Path) -> None:
    run = read_run_folder(distances)
    rows = rows_of(run)
    assert notes_of(run, rows, tables_of(run, rows)) == (
        "Figures of 100 generated samples, or of as many as a metric takes; the epoch is that of the best checkpoint, "
        "chosen by distance.",
        "The ranges are 95% intervals of drawing the windows again; training again varies more.",
        "Real data and noise: 50 windows each. "
        "The classifier of distance-metric is right on 93.4% of held-out windows; "
        "figures by different classifiers do not compare.",
        "Late: unfinished at step 56, best distance so far 20 at epoch 5; the same command again continues it.",
    )


def test_notes_tell_which_figures_are_missing_and_why(distances: Path, change_json: Change) -> None:
    left_out = {"real": {"ndb": "metric 'ndb' needs\n500 windows"}, "noise": {}}
    change_json(distances / "reference.json", lambda groups: groups[0].update(left_out=left_out))
    change_json(distances / "cnn" / "result.json", lambda result: result.update(left_out={"checkerboard": "no sound"}))
    report = write_report(distances)
    assert "real data: no figures by ndb: metric 'ndb' needs 500 windows." in report.notes
    assert "CNN: no figures by checkerboard: no sound." in report.notes
    change_json(distances / "cnn" / "result.json", lambda result: result.update(left_out={"checkerboard": 3}))
    with pytest.raises(DataError, match=r"cnn/result\.json: 'left_out\.checkerboard' should be text, not 3"):
        write_report(distances)


def test_notes_tell_that_experiments_choose_by_different_figures(distances: Path, change_json: Change) -> None:
    change_json(distances / "run.json", lambda run: run["experiments"][2].update(best_by="count"))
    run = read_run_folder(distances)
    rows = rows_of(run)
    notes = notes_of(run, rows, tables_of(run, rows))
    assert notes[0].endswith("the epoch is that of the best checkpoint, chosen by each experiment's best_by.")
    assert notes[-1] == "Late: unfinished at step 56; the same command again continues it."


def test_each_classifier_is_told_of_once() -> None:
    scoring = {"classifier": "a1", "classifier_held_out_accuracy": 0.5, "classifier_classes": ["C", "D"]}
    own: dict[str, Any] = {"classifier": "a1", "classifier_held_out_accuracy": 0.5}
    (shared,) = classifier_sentences({**scoring, "frechet-distance": own, "ndb": own})
    assert shared.startswith("The classifier tells 2 classes apart (C, D, …) and is right on 50.0%")
    other = {"classifier": "b2", "classifier_held_out_accuracy": None}
    assert classifier_sentences(
        {"frechet-distance": own, "ndb": own, "kernel-distance": other, "checkerboard": {}}
    ) == [
        "The classifier of frechet-distance, ndb is right on 50.0% of held-out windows; "
        "figures by different classifiers do not compare.",
        "The classifier of kernel-distance is of unknown accuracy; figures by different classifiers do not compare.",
    ]
    assert classifier_sentences({**scoring, "classifier_classes": ["C"]}) == []


def test_a_run_of_no_experiments_has_no_rows(distances: Path, change_json: Change) -> None:
    change_json(distances / "run.json", lambda run: run.update(experiments=[]))
    report = write_report(distances)
    assert report.paths["table.csv"].read_text(encoding="utf-8").count("\n") == 1
    assert "CNN" not in plain_table(report)


def test_csv_holds_every_figure_with_its_interval(distances: Path) -> None:
    report = write_report(distances)
    with report.paths["table.csv"].open(encoding="utf-8", newline="") as file:
        cnn, lstm, late = csv.DictReader(file)
    assert (cnn["distance"], cnn["distance_low"], cnn["distance_high"]) == ("12.3456", "11.5", "13.25")
    assert (cnn["nearest_self"], cnn["nearest_self_low"], cnn["nearest_self_high"]) == ("8.0", "", "9.0")
    assert (cnn["published_distance"], cnn["published_epoch"], cnn["epoch"]) == ("9.5", "7", "5")
    assert (lstm["distance"], lstm["extra"], lstm["count"]) == ("", "-0.5", "")
    assert (late["status"], late["distance"], late["published_distance"]) == ("unfinished", "", "")


def test_csv_columns_of_its_own_are_not_mistaken_for_figures(distances: Path, change_json: Change) -> None:
    change_json(distances / "cnn" / "result.json", lambda r: r["figures"].update(title=1.5, samples=2.5))
    rows = rows_of(read_run_folder(distances))
    header, cnn, *_ = csv.reader(io.StringIO(csv_table(rows, ["title", "samples"]), newline=""))
    assert len(header) == len(set(header)) == len(cnn)
    record = dict(zip(header, cnn, strict=True))
    assert (record["title"], record["samples"]) == ("CNN", "100")
    assert (record["figure_title"], record["figure_samples"]) == ("1.5", "2.5")


def test_page_shows_figures_with_their_intervals_and_scale(distances: Path) -> None:
    page = write_report(distances).paths["report.html"].read_text(encoding="utf-8")
    assert '<td>12.35<small>11.5 to 13.25</small></td><td class="published">9.5</td>' in page
    assert '<tr class="scale"><th scope="row">noise</th>' in page
    assert '<td class="status">unfinished</td>' in page
    assert "<dt>distance</dt><dd>12.35 (11.5 to 13.25)</dd>" in page
    assert "nception score" not in page


def test_inception_scores_keep_their_table_and_others_follow(run_folder: Path, change_json: Change) -> None:
    alone = markdown_table("Scores", tables_in(run_folder), [])
    assert tables_in(run_folder).figures is None
    change_json(run_folder / "specgan" / "result.json", lambda r: r["figures"].update(distance=3.5))
    both = tables_in(run_folder)
    assert markdown_table("Scores", both, []) == (
        f"{alone}\n"
        "| experiment | distance |\n"
        "| --- | ---: |\n"
        "| SpecGAN (baseline) | 3.5 |\n"
        "| WaveGAN with WGAN (baseline) | – |\n"
        "| pure LSTM D-net with WGAN | – |\n"
        "| LSTM & conv D-net with WGAN | unfinished |\n"
        "| LSTM & conv D-net with LSGAN | not started |\n"
        "| real data | – |\n"
        "| noise | – |\n"
    )
    assert latex_table("Scores", both, []).count(r"\begin{tabular}") == 2


def test_the_first_table_stands_where_a_score_is_awaited_or_published(distances: Path, change_json: Change) -> None:
    def experiment(**changes: object) -> Callable[[Any], None]:
        return lambda run: run["experiments"][2].update(changes)

    assert not tables_in(distances).scores
    change_json(distances / "run.json", experiment(published={"inception_score_mean": 1.1}))
    assert len(tables_in(distances).scores) == 3
    change_json(distances / "run.json", experiment(published={}, best_by="inception_score_mean"))
    assert len(tables_in(distances).scores) == 3
    figures = tables_in(distances).figures
    assert figures is not None
    assert figures.columns[0].name == "distance"


def test_before_anything_is_scored_every_row_says_where_it_stands(distances: Path) -> None:
    for path in (*distances.glob("*/result.json"), *distances.glob("*/metrics.jsonl"), distances / "reference.json"):
        path.unlink()
    report = write_report(distances)
    table = (
        "| CNN | not started | 7 | – | 9.5 |\n| LSTM | not started | – | – | – |\n| Late | not started | – | – | – |"
    )
    assert table in report.paths["table.md"].read_text(encoding="utf-8")
    assert report.notes == ("CNN: not started.", "LSTM: not started.", "Late: not started.")
    assert "scores.svg" not in report.paths


def test_experiments_with_scales_of_their_own_stand_beside_them(distances: Path, change_json: Change) -> None:
    def split(groups: list[dict[str, Any]]) -> None:
        groups.append({**groups[0], "experiments": ["cnn"], "real": {"distance": 2.5}, "noise": {}, "intervals": None})
        groups[0]["experiments"] = ["lstm"]

    change_json(distances / "reference.json", split)
    table = tables_in(distances).figures
    assert table is not None
    distance = [(column.name, column.published) for column in table.columns].index(("distance", False))
    assert [[(line.title, line.cells[distance].text) for line in group] for group in table.groups] == [
        [("LSTM", "not finite"), ("real data", "1.25"), ("noise", "99")],
        [("CNN", "12.35"), ("real data", "2.5")],
        [("Late", "–")],
    ]


def test_levels_are_left_to_the_files_that_have_room(distances: Path, change_json: Change) -> None:
    levels = {"artifact_db": 3.0, "artifact_db_level_1": 4.0, "artifact_db_level_2": 2.0, "lone_level_3": 7.0}
    change_json(distances / "cnn" / "result.json", lambda r: r.update(figures=levels, intervals={}))
    report = write_report(distances)
    table = report.tables.figures
    assert table is not None
    assert {"artifact_db", "lone_level_3"} <= {column.name for column in table.columns}
    assert not {"artifact_db_level_1", "artifact_db_level_2"} & {column.name for column in table.columns}
    assert "Figures by level are in table.csv, table.json and report.html." in report.notes
    assert "<dt>artifact db level 2</dt><dd>2</dd>" in report.paths["report.html"].read_text(encoding="utf-8")
    assert ",artifact_db_level_1,artifact_db_level_1_low," in report.paths["table.csv"].read_text(encoding="utf-8")


def test_figures_that_are_published_alone_have_no_empty_column(distances: Path, change_json: Change) -> None:
    change_json(distances / "run.json", lambda run: run["experiments"][0]["published"].update(opinion=4.5))
    table = tables_in(distances).figures
    assert table is not None
    assert [column.published for column in table.columns if column.name == "opinion"] == [True]


def test_odd_names_are_escaped_everywhere(distances: Path, change_json: Change) -> None:
    odd = "a|b_<i>%{\n#}"
    change_json(distances / "run.json", lambda run: [e.update(best_by=odd) for e in run["experiments"]])
    change_json(distances / "cnn" / "result.json", lambda r: r.update(figures={odd: 1.5}, intervals={odd: [1.0, 2.0]}))
    report = write_report(distances)
    texts = {name: path.read_text(encoding="utf-8") for name, path in report.paths.items() if path.suffix != ".png"}
    assert "| a\\|b \\<i\\>%{ #} |" in texts["table.md"]
    assert r"a\textbar{}b \textless{}i\textgreater{}\%\{ \#\}" in texts["table.tex"]
    assert "<i>" not in texts["report.html"]
    assert "a|b &lt;i&gt;%{ #}" in texts["report.html"]
    (header, *_) = csv.reader(io.StringIO(texts["table.csv"], newline=""))
    assert odd in header


def test_infinite_figures_are_told_apart_from_absent_ones(distances: Path, change_json: Change) -> None:
    change_json(distances / "cnn" / "result.json", lambda r: r["figures"].update(distance=math.inf))
    rows = rows_of(read_run_folder(distances))
    assert row_as_json(rows[0])["figures"]["distance"] is None
    assert "| CNN | 5 | 7 | not finite (11.5 to 13.25) | 9.5 |" in markdown_table("Drums", tables_in(distances), [])


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=50)
TABLES = st.lists(NAMES, min_size=1, max_size=14, unique=True).flatmap(
    lambda names: st.builds(
        lambda title, cells: FigureTable(
            tuple(Column(name, published=False) for name in names), ((Line(title, tuple(cells)),),)
        ),
        NAMES,
        st.lists(
            st.builds(Cell, st.sampled_from(["–", "0.9875", "-1.235e-05"]), st.sampled_from([None, "-1.5 to 2.25"])),
            min_size=len(names),
            max_size=len(names),
        ),
    )
)


@given(TABLES)
def test_any_table_is_parted_without_loss_to_fit_eighty_columns(table: FigureTable) -> None:
    parts = table.blocks(80)
    assert tuple(column for part in parts for column in part.columns) == table.columns
    assert tuple(cell for part in parts for cell in part.lines[0].cells) == table.lines[0].cells
    for part in parts:
        widths = [
            max(cell_len(text) for text in (*column.heading_lines, cell.text, cell.interval or ""))
            for column, cell in zip(part.columns, part.lines[0].cells, strict=True)
        ]
        assert min(28, max(16, cell_len(table.lines[0].title))) + sum(width + 1 for width in widths) <= 80
    lines = markdown_table("Drums", Tables((), table), []).splitlines()[2:]
    cells = [len(re.split(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines if line]
    assert cells == [len(part.columns) + 3 for part in parts for _ in range(3)]
