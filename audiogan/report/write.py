"""From a run folder to the report's files in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import final

from attrs import frozen

from audiogan.errors import DataError
from audiogan.files import write_bytes
from audiogan.report.csv_table import csv_table
from audiogan.report.figure_style import figure_style, png_bytes, svg_text
from audiogan.report.html_page import html_page
from audiogan.report.inline_svg import inline_svg
from audiogan.report.latex_table import latex_table
from audiogan.report.loss_figure import loss_figure
from audiogan.report.markdown_table import markdown_table
from audiogan.report.notes import caption_of, notes_of
from audiogan.report.other_figures import figure_names
from audiogan.report.rows import Row, row_as_json, rows_of
from audiogan.report.run_folder import read_run_folder
from audiogan.report.score_curves import curves_heading
from audiogan.report.score_figure import score_figure
from audiogan.report.tables import Tables, tables_of

_FIGURES = {"scores": score_figure, "losses": loss_figure}


@final
@frozen
class Report:
    """What was written: ``paths`` by file name ("table.md", "report.html", …), and what the table says."""

    folder: Path
    title: str
    profile: str | None
    caption: str
    rows: tuple[Row, ...]
    tables: Tables
    notes: tuple[str, ...]
    paths: Mapping[str, Path]


def write_report(run_folder: Path) -> Report:
    """Writes tables, figures and page into ``run_folder``, from whatever the run has left there so far.

    The same folder gives the same bytes. A figure that has nothing to show yet is not written.

    :raises DataError: ``run_folder`` holds no run, one of its files is damaged, or the report cannot be written.
    """
    run = read_run_folder(run_folder)
    rows = rows_of(run)
    tables = tables_of(run, rows)
    caption, notes = caption_of(run), notes_of(run, rows, tables)
    contents = {
        "table.md": markdown_table(caption, tables, notes).encode(),
        "table.csv": csv_table(rows, figure_names(run, rows)).encode(),
        "table.json": (json.dumps([row_as_json(row) for row in rows], indent=2, ensure_ascii=False) + "\n").encode(),
        "table.tex": latex_table(caption, tables, notes).encode(),
    }
    inline = {}
    descriptions = {
        "scores": f"{curves_heading(run)}, a line for each experiment",
        "losses": "Losses over steps, a panel for each experiment",
    }
    for name, draw in _FIGURES.items():
        with figure_style():
            figure = draw(run)
            if figure is not None:
                svg = svg_text(figure)
                contents |= {f"{name}.png": png_bytes(figure), f"{name}.svg": svg.encode()}
                inline[name] = inline_svg(svg, name=name, description=descriptions[name])
    try:
        paths = {name: _write(run_folder / name, content) for name, content in contents.items()}
        for name in _FIGURES.keys() - inline.keys():
            _remove_figure(run_folder, name)
        page = html_page(run, rows, tables, notes, scores=inline.get("scores"), losses=inline.get("losses"))
        paths["report.html"] = _write(run_folder / "report.html", page.encode())
    except OSError as error:
        raise DataError(f"{error.filename or run_folder}: the report cannot be written: {error.strerror}") from error
    return Report(run_folder, run.title, run.profile, caption, rows, tables, notes, paths)


def _write(path: Path, content: bytes) -> Path:
    write_bytes(path, content)
    return path


def _remove_figure(run_folder: Path, name: str) -> None:
    for suffix in ("png", "svg"):
        (run_folder / f"{name}.{suffix}").unlink(missing_ok=True)
