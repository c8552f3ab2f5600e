"""The tables in their formats, to the letter."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from audiogan.cli.run import report_tables
from audiogan.cli.text_table import plain
from audiogan.report import Report, write_report
from audiogan.report.formatting import format_epoch, one_line
from audiogan.report.notes import caption_of, classifier_sentences, notes_of
from audiogan.report.pages import escape_latex, escape_markdown, render
from audiogan.report.records import Experiment, ExperimentEntry, ResultRecord, Run, read_run
from audiogan.report.rows import csv_table, rows_of
from audiogan.report.tables import Cell, Column, Line, Table, Tables, tables_of, value_names
from tests.report.conftest import score_line, step_line, write_json, write_log

Change = Callable[[Path, Callable[[Any], object]], None]
SCORE = {"inception_score_mean": 1.08523, "inception_score_std": 0.0169}
ENTRIES = (
    ExperimentEntry("lstm-conv", "LSTM & conv D-net", published={**SCORE, "epoch": 243.0}),
    ExperimentEntry("x_1", "WGAN | 50% {#1}"),
)
RUN = Run(
    Path("run"),
    "Scores ±",
    None,
    (
        Experiment(
            ENTRIES[0],
            (),
            (),
            ResultRecord("lstm-conv", "", "finished", steps=600, best_epoch=243.0, samples=64, values=SCORE),
        ),
        Experiment(ENTRIES[1], (), (), ResultRecord("x_1", "", "failed", "loss is NaN", steps=7)),
    ),
    (),
    {},
)


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    # drawing takes longer than all else here
    monkeypatch.setattr("audiogan.report.pages.PLOTS", {})


def tables_in(run: Run | Path) -> Tables:
    run = read_run(run) if isinstance(run, Path) else run
    return tables_of(run, rows_of(run))


def notes_in(folder: Path) -> tuple[str, ...]:
    run = read_run(folder)
    return notes_of(run, rows_of(run), tables_in(run))


def rendered(template: str, tables: Tables, notes: tuple[str, ...] = ()) -> str:
    return render(template, caption="Scores ±", tables=tables.parts(), notes=notes)


def printed(report: Report) -> list[str]:
    return "\n\n".join(map(plain, report_tables(report))).splitlines()


def csv_of(run: Run) -> str:
    rows = rows_of(run)
    return csv_table(rows, value_names(run, rows))


def titled(title: str) -> Run:
    return evolve(RUN, experiments=(evolve(RUN.experiments[0], entry=evolve(ENTRIES[0], title=title)),))


def test_markdown_is_exact() -> None:
    assert rendered("table.md", tables_in(RUN), ("64 samples *each*",)) == (
        "**Scores ±**\n"
        "\n"
        "| experiment | score mean | score std | epoch "
        "| published score mean | published score std | published epoch |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| LSTM & conv D-net | 1.085 | 0.017 | 243 | 1.085 | 0.017 | 243 |\n"
        "| WGAN \\| 50% {#1} | failed | – | – | – | – | – |\n"
        "\n"
        "- 64 samples \\*each\\*\n"
    )


def test_csv_is_exact() -> None:
    assert csv_of(RUN) == (
        "name,title,status,epoch,steps,samples,inception_score_mean,inception_score_mean_low,inception_score_mean_high,"
        "inception_score_std,inception_score_std_low,inception_score_std_high,published_epoch,"
        "published_inception_score_mean,published_inception_score_std\r\n"
        "lstm-conv,LSTM & conv D-net,finished,243,600,64,1.08523,,,0.0169,,,243,1.08523,0.0169\r\n"
        "x_1,WGAN | 50% {#1},failed,,7,,,,,,,,,,\r\n"
    )


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")'),
        ("@a", "'@a"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("\t=a", "'=a"),
        ("red \x1b[31m", "red [31m"),
        ("a = b", "a = b"),
    ],
)
def test_csv_cells_start_no_formula_and_hold_no_control_characters(title: str, cell: str) -> None:
    (record,) = csv.DictReader(io.StringIO(csv_of(titled(title)), newline=""))
    assert record["title"] == cell


def test_latex_is_exact() -> None:
    assert rendered("table.tex", tables_in(RUN), ("50%",)) == (
        "% \\usepackage{booktabs}\n"
        "\\begin{table}\n"
        "  \\centering\n"
        "  \\caption{Scores $\\pm$}\n"
        "  \\begin{tabular}{lrrrrrr}\n"
        "    \\toprule\n"
        "     &  &  &  & published & published &  \\\\\n"
        "     & score & score &  & score & score & published \\\\\n"
        "    experiment & mean & std & epoch & mean & std & epoch \\\\\n"
        "    \\midrule\n"
        "    LSTM \\& conv D-net & 1.085 & 0.017 & 243 & 1.085 & 0.017 & 243 \\\\\n"
        "    WGAN \\textbar{} 50\\% \\{\\#1\\} & failed & -- & -- & -- & -- & -- \\\\\n"
        "    \\bottomrule\n"
        "  \\end{tabular}\n"
        "  \\par\\smallskip\\footnotesize 50\\%\n"
        "\\end{table}\n"
    )


def test_terminal_tables_fit_eighty_columns(run_folder: Path, change_json: Change) -> None:
    lines = printed(write_report(run_folder))
    assert max(map(cell_len, lines)) <= 80
    assert "SpecGAN (baseline)              1.040 0.008   7.5     1.028     0.009       204" in lines
    change_json(run_folder / "run.json", lambda run: run["experiments"][0].update(title="[bold]x[/] " + "long " * 20))
    lines = printed(write_report(run_folder))
    assert max(map(cell_len, lines)) <= 80
    assert any(line.startswith("[bold]x[/] long") for line in lines)


@pytest.mark.parametrize(
    ("epoch", "text"),
    [(0.0, "0"), (204.0, "204"), (2.9999999999, "3"), (2.04, "2.0"), (52.25, "52.2"), (0.5, "0.5"), (None, "–")],
)
def test_epoch_is_an_integer_where_whole(epoch: float | None, text: str) -> None:
    assert format_epoch(epoch) == text


def test_rows_follow_the_run(run_folder: Path, change_json: Change) -> None:
    change_json(run_folder / "wavegan-wgan" / "result.json", lambda r: r.update(status="failed", error="loss is NaN"))
    change_json(run_folder / "lstm-wgan" / "result.json", lambda r: r["values"].update(inception_score_mean=math.nan))
    rows = rows_of(read_run(run_folder))
    assert [(r.name, r.status, r.epoch, r.steps, r.samples) for r in rows] == [
        ("specgan", "finished", 7.5, 60, 64),
        ("wavegan-wgan", "failed", None, 60, None),
        ("lstm-wgan", "finished", 7.5, 60, 64),
        ("lstm-conv-wgan", "unfinished", None, 35, None),
        ("lstm-conv-lsgan", "not started", None, None, None),
    ]
    (table,) = tables_in(run_folder).parts()
    assert [line.cells[0].text for line in table.lines] == ["1.040", "failed", "no score", "unfinished", "not started"]


def test_caption_names_the_profile(run_folder: Path, change_json: Change) -> None:
    quick = "quick profile: smaller networks, shorter windows; the values do not compare with the published ones"
    assert caption_of(read_run(run_folder)) == f"Inception scores ({quick})"
    change_json(run_folder / "run.json", lambda run: run.update(profile="long"))
    assert caption_of(read_run(run_folder)) == (
        "Inception scores (long profile: its settings differ from those that the published values belong to)"
    )
    change_json(run_folder / "run.json", lambda run: run.update(profile=None))
    assert caption_of(read_run(run_folder)) == "Inception scores"


def test_notes_give_counts_scale_and_missing_rows(run_folder: Path, change_json: Change) -> None:
    change_json(run_folder / "wavegan-wgan" / "result.json", lambda r: r.update(status="failed", error="loss is NaN"))
    assert notes_in(run_folder) == (
        "Mean and standard deviation over 10 splits of 64 generated samples; the epoch is that of the best checkpoint.",
        "The scale of the score: real data 3.817 ± 0.211, noise 1.006 ± 0.001 on 64 samples each. "
        "The classifier distinguishes 3 classes (C, C#, …) and is right on 93.4% of held-out windows; scores given by "
        "different classifiers, the published ones included, do not compare.",
        "WaveGAN with WGAN (baseline): failed after step 60, best score so far 1.060 ± 0.008 at epoch 7.5: loss is NaN",
        "LSTM & conv D-net with WGAN: unfinished at step 35, best score so far 1.080 ± 0.008 at epoch 2.5; "
        "the same command again continues it.",
        "LSTM & conv D-net with LSGAN: not started.",
    )


def test_notes_give_differing_counts_and_scales(run_folder: Path, change_json: Change) -> None:
    change_json(run_folder / "specgan" / "result.json", lambda r: r.update(samples=5000))

    def split(record: dict[str, Any]) -> None:
        (group,) = record["groups"]
        other = {**group, "experiments": ["lstm-wgan"], "samples": None, "noise": {}, "protocol": {}}
        record["groups"] = [{**group, "experiments": ["specgan", "wavegan-wgan"]}, other]

    change_json(run_folder / "reference.json", split)
    notes = notes_in(run_folder)
    assert "(5,000 for SpecGAN (baseline), 64 for WaveGAN with WGAN (baseline), 64 for pure LSTM" in notes[0]
    assert notes[1].startswith("SpecGAN (baseline), WaveGAN with WGAN (baseline): The scale of the score: real data")
    assert notes[2] == "pure LSTM D-net with WGAN: The scale of the score: real data 3.817 ± 0.211."


def test_each_classifier_is_named_once() -> None:
    scoring = {"classifier": "a1", "classifier_held_out_accuracy": 0.5, "classifier_classes": ["C", "D"]}
    own: dict[str, Any] = {"classifier": "a1", "classifier_held_out_accuracy": 0.5}
    (shared,) = classifier_sentences({**scoring, "frechet-distance": own, "ndb": own})
    assert shared.startswith("The classifier distinguishes 2 classes (C, D, …) and is right on 50.0%")
    other = {"classifier": "b2", "classifier_held_out_accuracy": None}
    first, second = classifier_sentences({"frechet-distance": own, "ndb": own, "kernel-distance": other, "level": {}})
    assert first.startswith("The classifier of frechet-distance, ndb is right on 50.0% of held-out windows")
    assert second.startswith("The classifier of kernel-distance is of unknown accuracy")
    assert classifier_sentences({**scoring, "classifier_classes": ["C"]}) == []


@given(st.text())
def test_any_title_keeps_csv_and_markdown_whole(title: str) -> None:
    run = titled(title)
    (record,) = csv.DictReader(io.StringIO(csv_of(run), newline=""))
    assert record["title"].removeprefix("'") == one_line(title).removeprefix("'")
    line = rendered("table.md", tables_in(run)).split("\n")[4]
    assert len(re.split(r"(?<!\\)(?:\\\\)*\|", line)) == 9
    assert re.sub(r"\\(.)", r"\1", escape_markdown(one_line(title))) == one_line(title)
    assert len(one_line(title).splitlines()) <= 1


def test_markdown_and_latex_defuse_what_is_active() -> None:
    assert escape_markdown("1. <b>a_b</b> `x` \\ $y$ &amp; A & B") == (
        "1\\. \\<b\\>a\\_b\\</b\\> \\`x\\` \\\\ \\$y\\$ \\&amp; A & B"
    )
    assert escape_latex("\\{}&%$#_~^<>|–") == (
        "\\textbackslash{}\\{\\}\\&\\%\\$\\#\\_\\textasciitilde{}\\textasciicircum{}"
        "\\textless{}\\textgreater{}\\textbar{}--"
    )


def result(name: str, values: Mapping[str, float | None], **changes: Any) -> dict[str, Any]:
    return {
        "format": 2,
        "name": name,
        "title": name,
        "status": "finished",
        "steps": 60,
        "best_step": 40,
        "best_epoch": 5.0,
        "values": values,
        "samples": 100,
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
    write_json(folder / "run.json", {"format": 2, "title": "Drums", "profile": None, "experiments": experiments})
    real = {"values": {"distance": 1.25, "nearest_self": 9.0, "count": 5.0}, "intervals": {"distance": [1.0, 1.5]}}
    group = {
        "group": "a",
        "experiments": ["cnn", "lstm", "late"],
        "real": real,
        "noise": {"values": {"distance": 99.0, "nearest_self": 0.125, "count": 100.0}},
        "lower_is_better": ["distance"],
        "samples": 50,
        "protocol": {"distance-metric": {"classifier": "c0ffee", "classifier_held_out_accuracy": 0.934}},
    }
    write_json(folder / "reference.json", {"format": 2, "groups": [group]})
    intervals = {"distance": [11.5, 13.25], "nearest_self": [None, 9.0]}
    values = {"distance": 12.3456, "nearest_self": 8.0, "count": 41.0}
    write_json(folder / "cnn" / "result.json", result("cnn", values, intervals=intervals))
    write_json(folder / "lstm" / "result.json", result("lstm", {"distance": None, "extra": -0.5}))
    for name in ("cnn", "late"):
        scores = [
            {**score_line(step, 0.0, 0.0), "values": {"distance": distance}}
            for step, distance in ((20, 30.0), (40, 20.0), (56, 25.0))
        ]
        write_log(folder / name / "metrics.jsonl", [step_line(step) for step in range(1, 57)] + scores)
    return folder


def test_a_run_without_inception_scores_has_its_values_alone(distances: Path) -> None:
    report = write_report(distances)
    assert report.tables.scores is None
    assert report.paths["table.md"].read_text(encoding="utf-8").splitlines()[:18] == [
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
        "- Values of 100 generated samples, or of as many as a metric takes; "
        "the epoch is that of the best checkpoint, chosen by distance.",
    ]
    assert report.notes[1:] == (
        "The ranges are 95% intervals of drawing the windows again; training again varies more.",
        "Real data and noise: 50 windows each. "
        "The classifier of distance-metric is right on 93.4% of held-out windows; "
        "values by different classifiers do not compare.",
        "Late: unfinished at step 56, best distance so far 20 at epoch 5; the same command again continues it.",
    )
    lines = printed(report)
    assert "CNN                 5         7         12.35       9.5" in lines
    assert "                                11.5 to 13.25" in lines
    tex = report.paths["table.tex"].read_text(encoding="utf-8")
    assert tex.count(r"\begin{tabular}") == tex.count(r"\end{tabular}") == 2
    assert (
        "    CNN & 5 & 7 & 12.35 & 9.5 \\\\\n"
        "     & & & \\footnotesize 11.5 to 13.25 & \\\\\n"
        "    LSTM & 5 & -- & not finite"
    ) in tex
    assert r"LSTM & -- & -- & $-$0.5 \\" in tex
    page = report.paths["report.html"].read_text(encoding="utf-8")
    assert "<td>12.35<small>11.5 to 13.25</small></td>" in page
    assert '<td class="published">9.5</td>' in page
    assert '<tr class="scale"><th scope="row">noise</th>' in page
    assert '<td class="status">unfinished</td>' in page
    assert "<dt>distance</dt><dd>12.35 (11.5 to 13.25)</dd>" in page
    assert "nception score" not in page
    with report.paths["table.csv"].open(encoding="utf-8", newline="") as file:
        cnn, lstm, _ = csv.DictReader(file)
    assert [cnn[f"nearest_self{end}"] for end in ("", "_low", "_high")] == ["8", "", "9"]
    assert (lstm["distance"], lstm["extra"], lstm["count"]) == ("", "-0.5", "")


def test_long_titles_and_many_values_fit_eighty_columns(distances: Path, change_json: Change) -> None:
    change_json(distances / "run.json", lambda run: run["experiments"][0].update(title="[b]long[/b] " * 9))
    values = {f"checkerboard_modulation_db_of_{n}": -0.01234567 * n for n in range(1, 9)}
    bounds = {name: [value - 0.001, value + 0.002] for name, value in values.items()}
    change_json(distances / "cnn" / "result.json", lambda r: r.update(values=values, intervals=bounds))
    lines = printed(write_report(distances))
    assert max(map(cell_len, lines)) <= 80
    text = " ".join([*lines, ""])
    for value in values.values():
        assert f" {value:.4g} " in text
        assert f" {value - 0.001:.4g} to {value + 0.002:.4g} " in text


def test_notes_say_which_values_are_missing_and_why(distances: Path, change_json: Change) -> None:
    left_out = {"ndb": "metric 'ndb' needs\n500 windows"}
    change_json(distances / "reference.json", lambda record: record["groups"][0]["real"].update(left_out=left_out))
    change_json(distances / "cnn" / "result.json", lambda result: result.update(left_out={"checkerboard": "silent"}))
    change_json(distances / "run.json", lambda run: run["experiments"][2].update(best_by="count"))
    notes = notes_in(distances)
    assert notes[0].endswith("the epoch is that of the best checkpoint, chosen by each experiment's best_by.")
    assert "real data: no values by ndb: metric 'ndb' needs 500 windows." in notes
    assert "CNN: no values by checkerboard: silent." in notes
    assert notes[-1] == "Late: unfinished at step 56; the same command again continues it."


def test_a_run_of_no_experiments_has_no_rows(distances: Path, change_json: Change) -> None:
    change_json(distances / "run.json", lambda run: run.update(experiments=[]))
    report = write_report(distances)
    assert report.paths["table.csv"].read_text(encoding="utf-8").count("\n") == 1
    assert not any("CNN" in line for line in printed(report))


def test_columns_of_the_csv_are_not_mistaken_for_values(distances: Path, change_json: Change) -> None:
    change_json(distances / "cnn" / "result.json", lambda r: r["values"].update(title=1.5, samples=2.5))
    rows = rows_of(read_run(distances))
    header, cnn, *_ = csv.reader(io.StringIO(csv_table(rows, ["title", "samples"]), newline=""))
    assert len(header) == len(set(header)) == len(cnn)
    record = dict(zip(header, cnn, strict=True))
    assert (record["title"], record["samples"]) == ("CNN", "100")
    assert (record["value_title"], record["value_samples"]) == ("1.5", "2.5")


def test_inception_scores_have_their_table_and_other_values_follow(run_folder: Path, change_json: Change) -> None:
    alone = rendered("table.md", tables_in(run_folder))
    assert tables_in(run_folder).others is None
    change_json(run_folder / "specgan" / "result.json", lambda r: r["values"].update(distance=3.5))
    assert rendered("table.md", tables_in(run_folder)) == (
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


def test_the_first_table_stands_where_a_score_is_awaited_or_published(distances: Path, change_json: Change) -> None:
    def experiment(**changes: object) -> Callable[[Any], None]:
        return lambda run: run["experiments"][2].update(changes)

    for changes in ({"published": {"inception_score_mean": 1.1}}, {"best_by": "inception_score_mean"}):
        assert tables_in(distances).scores is None
        change_json(distances / "run.json", experiment(**changes))
        scores, others = tables_in(distances).scores, tables_in(distances).others
        assert scores is not None
        assert len(scores.lines) == 3
        assert others is not None
        assert others.columns[0].name == "distance"
        change_json(distances / "run.json", experiment(published={}, best_by="distance"))


def test_before_anything_is_scored_every_row_says_where_it_stands(distances: Path) -> None:
    for path in (*distances.glob("*/result.json"), *distances.glob("*/metrics.jsonl"), distances / "reference.json"):
        path.unlink()
    report = write_report(distances)
    table = "| CNN | not started | 7 | – | 9.5 |\n| LSTM | not started | – | – | – |\n"
    assert table in report.paths["table.md"].read_text(encoding="utf-8")
    assert report.notes == ("CNN: not started.", "LSTM: not started.", "Late: not started.")


def test_experiments_with_scales_of_their_own_stand_beside_them(distances: Path, change_json: Change) -> None:
    def split(record: dict[str, Any]) -> None:
        (group,) = record["groups"]
        real = {"values": {"distance": 2.5}}
        record["groups"] = [
            {**group, "experiments": ["lstm"]},
            {**group, "experiments": ["cnn"], "real": real, "noise": {}},
        ]

    change_json(distances / "reference.json", split)
    table = tables_in(distances).others
    assert table is not None
    distance = [(column.name, column.published) for column in table.columns].index(("distance", False))
    assert [[(line.title, line.cells[distance].text) for line in group] for group in table.groups] == [
        [("LSTM", "not finite"), ("real data", "1.25"), ("noise", "99")],
        [("CNN", "12.35"), ("real data", "2.5")],
        [("Late", "–")],
    ]


def test_levels_are_left_to_the_files_that_have_room(distances: Path, change_json: Change) -> None:
    levels = {"artifact_db": 3.0, "artifact_db_level_1": 4.0, "artifact_db_level_2": 2.0, "lone_level_3": 7.0}
    change_json(distances / "cnn" / "result.json", lambda r: r.update(values=levels, intervals={}))
    report = write_report(distances)
    table = report.tables.others
    assert table is not None
    names = {column.name for column in table.columns}
    assert names & set(levels) == {"artifact_db", "lone_level_3"}
    assert "Values by level are in table.csv, table.json and report.html." in report.notes
    assert "<dt>artifact db level 2</dt><dd>2</dd>" in report.paths["report.html"].read_text(encoding="utf-8")
    assert ",artifact_db_level_1,artifact_db_level_1_low," in report.paths["table.csv"].read_text(encoding="utf-8")
    rows = json.loads(report.paths["table.json"].read_text(encoding="utf-8"))["rows"]
    assert rows[0]["values"] == levels


def test_odd_names_are_escaped_everywhere(distances: Path, change_json: Change) -> None:
    odd = "a|b_<i>%{\n#}"
    change_json(distances / "run.json", lambda run: [e.update(best_by=odd) for e in run["experiments"]])
    change_json(distances / "cnn" / "result.json", lambda r: r.update(values={odd: 1.5}, intervals={odd: [1.0, 2.0]}))
    report = write_report(distances)
    texts = {name: path.read_text(encoding="utf-8") for name, path in report.paths.items()}
    assert "| a\\|b \\<i\\>%{ #} |" in texts["table.md"]
    assert r"a\textbar{}b \textless{}i\textgreater{}\%\{ \#\}" in texts["table.tex"]
    assert "<i>" not in texts["report.html"]
    assert "a|b &lt;i&gt;%{ #}" in texts["report.html"]
    (header, *_) = csv.reader(io.StringIO(texts["table.csv"], newline=""))
    assert one_line(odd) in header


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=50)
TABLES = st.lists(NAMES, min_size=1, max_size=14, unique=True).flatmap(
    lambda names: st.builds(
        lambda title, cells: Table(
            tuple(Column(name, published=False, words=one_line(name)) for name in names),
            ((Line(title, tuple(cells)),),),
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
def test_any_table_is_parted_without_loss_to_fit_eighty_columns(table: Table) -> None:
    parts = table.parts(80)
    assert tuple(column for part in parts for column in part.columns) == table.columns
    assert tuple(cell for part in parts for cell in part.lines[0].cells) == table.lines[0].cells
    for part in parts:
        widths = [
            max(cell_len(text) for text in (*column.heading_lines, cell.text, cell.interval or ""))
            for column, cell in zip(part.columns, part.lines[0].cells, strict=True)
        ]
        assert min(28, max(16, cell_len(table.lines[0].title))) + sum(width + 1 for width in widths) <= 80


def test_infinite_values_are_not_absent_ones(distances: Path, change_json: Change) -> None:
    change_json(distances / "cnn" / "result.json", lambda r: r["values"].update(distance=math.inf))
    assert "| CNN | 5 | 7 | not finite (11.5 to 13.25) | 9.5 |" in rendered("table.md", tables_in(distances))
