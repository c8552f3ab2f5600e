"""The whole report in a run folder: its files and its page."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from audiogan.errors import DataError
from audiogan.report import write_report
from audiogan.report.pages import find_previews, outline

Change = Callable[[Path, Callable[[Any], object]], None]

FILES = {
    "table.md",
    "table.csv",
    "table.json",
    "table.tex",
    "scores.png",
    "scores.svg",
    "losses.png",
    "losses.svg",
    "report.html",
}
VOID = {"meta", "link", "br", "img", "hr"}


class Page(HTMLParser):
    """Collects links, ids, references to them and text, and holds every element to its closing tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: Counter[str] = Counter()
        self.references: set[str] = set(re.findall(r"url\(#([^)]+)\)", text))
        self.text: list[str] = []
        self.players = 0
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append(tag)
        self._note(tag, dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "path" or "d" in dict(attrs)
        self._note(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def _note(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.players += tag == "audio"
        if (name := attributes.get("id")) is not None:
            self.ids[name] += 1
        for key in ("href", "src"):
            target = attributes.get(key)
            if target is not None and target.startswith("#"):
                self.references.add(target[1:])
            elif target is not None:
                self.links.append(target)


def test_report_writes_every_file_and_tells_where(run_folder: Path) -> None:
    report = write_report(run_folder)
    assert set(report.paths) == FILES
    assert all(path == run_folder / name and path.stat().st_size > 0 for name, path in report.paths.items())
    assert not list(run_folder.glob(".*"))
    document = json.loads(report.paths["table.json"].read_text(encoding="utf-8"))
    assert document["format"] == 2
    table = document["rows"]
    assert [entry["name"] for entry in table] == [row.name for row in report.rows]
    assert table[0]["values"]["inception_score_mean"] == pytest.approx(1.04)
    assert table[4] == {
        "name": "lstm-conv-lsgan",
        "title": "LSTM & conv D-net with LSGAN",
        "epoch": None,
        "published": {"inception_score_mean": 1.085, "inception_score_std": 0.017, "epoch": 243},
        "status": "not started",
        "steps": None,
        "samples": None,
        "values": {},
        "intervals": {},
        "error": None,
        "continuation_error": None,
    }
    with report.paths["table.csv"].open(encoding="utf-8", newline="") as file:
        assert [record["status"] for record in csv.DictReader(file)][2:] == ["finished", "unfinished", "not started"]


def test_the_same_folder_gives_the_same_bytes_whatever_the_users_settings(run_folder: Path) -> None:
    first = {name: path.read_bytes() for name, path in write_report(run_folder).paths.items()}
    with mpl.rc_context({"font.size": 20.0, "svg.hashsalt": None, "axes.grid": False}):
        second = {name: path.read_bytes() for name, path in write_report(run_folder).paths.items()}
        assert mpl.rcParams["font.size"] == 20.0
    assert [name for name in FILES if first[name] != second[name]] == []


def test_page_is_well_formed_and_its_links_lead_to_files(run_folder: Path) -> None:
    page = Page(write_report(run_folder).paths["report.html"].read_text(encoding="utf-8"))
    assert [link for link in page.links if not (run_folder / unquote(link)).is_file()] == []
    assert [name for name, count in page.ids.items() if count > 1] == []
    assert page.references <= set(page.ids)
    assert {"table.md", "spec.toml", "specgan/result.json", "specgan/samples/step-000020/2.wav"} <= set(page.links)
    # Three latents at the best or latest step of each of the four experiments that were scored.
    assert page.players == 12
    text = "".join(page.text)
    assert "Quick profile: smaller networks" in text
    assert "Samples at step 20 (latest)" in text
    assert "Samples at step 60 (best score)" in text
    assert "2.13.0" in text


def test_page_shows_hostile_titles_and_errors_as_they_stand(run_folder: Path, change_json: Change) -> None:
    hostile = '<script>"&amp;\x00</style>'
    change_json(run_folder / "run.json", lambda run: run.update(title=hostile))
    change_json(run_folder / "run.json", lambda run: run["experiments"][0].update(title=f"$x_$ 音 {hostile}"))
    change_json(run_folder / "specgan" / "result.json", lambda r: r.update(status="failed", error=hostile))
    report = write_report(run_folder)
    page = Page(report.paths["report.html"].read_text(encoding="utf-8"))
    assert '$x_$ 音 <script>"&amp; </style>' in "".join(page.text)
    ElementTree.parse(report.paths["scores.svg"])


def test_values_of_other_metrics_stand_on_the_page(run_folder: Path, change_json: Change) -> None:
    change_json(run_folder / "specgan" / "result.json", lambda r: r["values"].update(frechet_distance=12.3456))
    page = write_report(run_folder).paths["report.html"].read_text(encoding="utf-8")
    assert "<dt>frechet distance</dt><dd>12.35</dd>" in page
    assert "<dt>last discriminator: gradient penalty</dt><dd>0.1</dd>" in page


def test_the_interval_of_the_score_stands_in_every_format(run_folder: Path, change_json: Change) -> None:
    bounds = {"inception_score_mean": [1.01234, 1.0678], "inception_score_std": [None, None]}
    change_json(run_folder / "specgan" / "result.json", lambda r: r.update(intervals=bounds))
    report = write_report(run_folder)
    note = "95% intervals of the mean score: SpecGAN (baseline) 1.012 to 1.068."
    assert report.notes[1] == note
    for name, text in (("table.md", note), ("table.tex", note.replace("%", r"\%")), ("report.html", note)):
        assert text in report.paths[name].read_text(encoding="utf-8")
    page = report.paths["report.html"].read_text(encoding="utf-8")
    assert "<dt>95% interval of the inception score</dt><dd>1.012 to 1.068</dd>" in page
    with report.paths["table.csv"].open(encoding="utf-8", newline="") as file:
        specgan, wavegan, *_ = csv.DictReader(file)
    ends = ("inception_score_mean_low", "inception_score_mean_high")
    assert [specgan[end] for end in ends] == ["1.01234", "1.0678"]
    assert [wavegan[end] for end in ends] == ["", ""]


def test_a_failed_continuation_is_named_beside_the_row_of_before(run_folder: Path, change_json: Change) -> None:
    change_json(run_folder / "specgan" / "result.json", lambda r: r.update(continuation_error="loss is <NaN>"))
    report = write_report(run_folder)
    assert report.rows[0].status == "finished"
    assert report.rows[0].values["inception_score_mean"] == pytest.approx(1.04)
    note = "SpecGAN (baseline): the row is that of the training before; continuing it failed: loss is <NaN>"
    assert note in report.notes
    assert "failed: loss is &lt;NaN&gt;" in report.paths["report.html"].read_text(encoding="utf-8")


def test_before_the_first_step_there_are_no_plots(run_folder: Path) -> None:
    write_report(run_folder)
    for log in run_folder.glob("*/metrics.jsonl"):
        log.unlink()
    report = write_report(run_folder)
    assert set(report.paths) == FILES - {"scores.png", "scores.svg", "losses.png", "losses.svg"}
    assert not (run_folder / "scores.svg").exists()
    page = Page(report.paths["report.html"].read_text(encoding="utf-8"))
    assert [link for link in page.links if not (run_folder / unquote(link)).is_file()] == []


def test_a_report_that_cannot_be_written_names_the_file(run_folder: Path) -> None:
    (run_folder / "table.md").mkdir()
    with pytest.raises(DataError, match=r"table\.md: cannot be written"):
        write_report(run_folder)


def test_previews_are_found_in_numeric_order(tmp_path: Path) -> None:
    for name in ("step-1000000/0.wav", "step-000060/10.wav", "step-000060/9.wav", "step-000060/a.wav", "other/0.wav"):
        path = tmp_path / "samples" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = find_previews(tmp_path)
    assert [(step, [path.name for path in files]) for step, files in found] == [
        (60, ["9.wav", "10.wav"]),
        (1_000_000, ["0.wav"]),
    ]


def test_outline_follows_the_waveform_and_absence_of_audio_is_told(run_folder: Path) -> None:
    wav = run_folder / "specgan" / "samples" / "step-000060" / "0.wav"
    shape = outline(wav)
    assert shape is not None
    bars = [tuple(map(float, bar)) for bar in re.findall(r"M([\d.]+) ([\d.]+)V([\d.]+)", shape)]
    assert len(bars) == 120
    assert bars[0][0] == 0.5
    heights = [bottom - top for _, top, bottom in bars]
    assert heights[0] > 5 * heights[-1]
    wav.write_bytes(b"RIFF")
    assert outline(wav) is None
    assert "not readable as audio" in write_report(run_folder).paths["report.html"].read_text(encoding="utf-8")
