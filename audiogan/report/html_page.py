"""``report.html``: the whole run on one page that needs nothing from the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from audiogan.report.formatting import one_line
from audiogan.report.html_experiment import experiment_section
from audiogan.report.html_parts import description_list, file_links, text_of
from audiogan.report.html_tables import figure_tables, score_table
from audiogan.report.notes import condition_of
from audiogan.report.rows import Row
from audiogan.report.run_folder import ReferenceScale, Run
from audiogan.report.score_curves import curves_caption, curves_heading
from audiogan.report.tables import Tables

_RUN_FILES = (
    "table.md",
    "table.csv",
    "table.json",
    "table.tex",
    "scores.png",
    "scores.svg",
    "losses.png",
    "losses.svg",
)
_RECORDS = ("spec.toml", "environment.json", "run.json", "reference.json")


def html_page(
    run: Run,
    rows: Sequence[Row],
    tables: Tables,
    notes: Sequence[str],
    *,
    scores: str | None,
    losses: str | None,
) -> str:
    """The page as text. ``scores`` and ``losses`` are ``svg`` elements, ``None`` where there is nothing to draw yet.

    Links and players name files of the run folder, which the page is to lie in; only files that exist are named.
    """
    condition = condition_of(run)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{text_of(run.title)}</title>",
        f"<style>\n{files('audiogan.report').joinpath('page.css').read_text(encoding='utf-8')}</style>",
        "</head>",
        "<body>",
        f"<h1>{text_of(run.title)}</h1>",
        *([f'<p class="condition">{text_of(condition[:1].upper() + condition[1:])}.</p>'] if condition else []),
        *score_table(tables.scores),
        *figure_tables(tables.figures),
        *_notes(notes),
        file_links(run.folder, _RUN_FILES),
        *_figure(curves_heading(run), scores, curves_caption(run)),
        *_figure("Losses over steps", losses, "Each experiment on the scale of its own loss."),
        "<h2>Experiments</h2>",
        *(experiment_section(run.folder, e, row) for e, row in zip(run.experiments, rows, strict=True)),
        *_protocol(run),
        *([("<h2>Environment</h2>"), description_list(run.environment)] if run.environment else []),
        file_links(run.folder, _RECORDS),
        "</body>",
        "</html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _notes(notes: Sequence[str]) -> list[str]:
    return ['<ul class="notes">', *(f"<li>{text_of(note)}</li>" for note in notes), "</ul>"] if notes else []


def _figure(heading: str, svg: str | None, caption: str) -> list[str]:
    if svg is None:
        return []
    described = f"<figcaption>{text_of(caption)}</figcaption>" if caption else ""
    return [f"<h2>{text_of(heading)}</h2>", "<figure>", svg, described, "</figure>"]


def _protocol(run: Run) -> list[str]:
    if not run.references:
        return []
    parts = ["<h2>Protocol and scale</h2>"]
    for reference in run.references:
        titles = {experiment.name: one_line(experiment.title) for experiment in run.experiments}
        shared_by = ", ".join(titles.get(name, name) for name in reference.experiments)
        parts += [f"<p>{text_of(shared_by)}</p>", description_list(_scale(reference))]
    return parts


def _scale(reference: ReferenceScale) -> Mapping[str, Any]:
    samples = {} if reference.samples is None else {"samples": reference.samples}
    real = {f"real data: {name}": value for name, value in reference.real.figures.items()}
    noise = {f"noise: {name}": value for name, value in reference.noise.figures.items()}
    return {**real, **noise, **samples, **reference.protocol}
