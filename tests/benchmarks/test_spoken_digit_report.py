"""The table as the documentation shows it, and the files it is read from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audiogan.errors import DataError
from benchmarks.spoken_digits.claims import ARTIFACTS, NOISE, SPEECH
from benchmarks.spoken_digits.results import Estimate, FolderFigures, Training, read_figures
from benchmarks.spoken_digits.table import markdown_report
from tests.docs.pages import REPOSITORY

TRAINING = Training(seconds=243.6, accuracy=0.99336, interval=(0.9761, 0.9982), windows=301)


def write(folder: Path, document: Any) -> Path:
    (folder / "evaluation.json").write_text(json.dumps(document))
    return folder


def document_of(figures: Any, **reasons: str) -> dict[str, Any]:
    subject = {"figures": figures, "left_out": reasons}
    return {"comparisons": [{"left_out": {"ndb": "needs 500 windows"}, "subjects": [subject]}]}


def test_the_report_has_a_row_for_each_figure_and_dashes_for_what_is_missing() -> None:
    found = {
        SPEECH: FolderFigures({"inception_score_mean": Estimate(8.2249, 7.806, 8.5611)}),
        NOISE: FolderFigures({"inception_score_mean": Estimate(1.06, 1.06, 1.06), "recall": Estimate(0, 0, 0)}),
    }
    assert markdown_report(TRAINING, found).splitlines() == [
        "Right on 99.3% of 301 held-out windows (95% interval 97.6% to 99.8%), trained in 244 s.",
        "",
        "| figure | test speech | noise |",
        "| --- | ---: | ---: |",
        "| `inception_score_mean`, at most 10 | 8.22 (7.81 to 8.56) | 1.06 |",
        "| `frechet_distance` | – | – |",
        "| `precision` | – | – |",
        "| `recall` | – | 0 |",
        "| `checkerboard_db_level_1` | – | – |",
    ]


def test_the_documentation_has_this_table() -> None:
    nothing = FolderFigures({})
    head, rule, *rows = markdown_report(TRAINING, {SPEECH: nothing, ARTIFACTS: nothing, NOISE: nothing}).splitlines()[
        2:
    ]
    page = (REPOSITORY / "docs" / "evaluation.md").read_text(encoding="utf-8").splitlines()
    start = page.index(head)
    assert page[start + 1] == rule
    shown = [row.split(" | ")[0] for row in page[start + 2 : start + 2 + len(rows)]]
    assert shown == [row.split(" | ")[0] for row in rows]


def test_figures_intervals_and_reasons_are_read(tmp_path: Path) -> None:
    figures = {
        "frechet_distance": {"value": 0.25, "interval": [0.125, 0.5]},
        "recall": {"value": 0, "interval": None},
        "density": {"value": None, "interval": None},
    }
    found = read_figures(write(tmp_path, document_of(figures, checkerboard="silence")))
    assert found.figures == {"frechet_distance": Estimate(0.25, 0.125, 0.5), "recall": Estimate(0, 0, 0)}
    assert found.missing == {"ndb": "needs 500 windows", "checkerboard": "silence"}


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"comparisons": []},
        {"comparisons": [{"left_out": {}, "subjects": [{}, {}]}]},
        document_of({"recall": {"value": "high", "interval": None}}),
        document_of({"recall": {"value": 1, "interval": [0]}}),
        document_of({"recall": 1}),
        document_of([1]),
    ],
    ids=str,
)
def test_other_files_are_refused_by_name(tmp_path: Path, document: Any) -> None:
    with pytest.raises(DataError, match=r"evaluation\.json: not the evaluation of one folder"):
        read_figures(write(tmp_path, document))


def test_a_folder_without_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"evaluation\.json: not the evaluation"):
        read_figures(tmp_path)
