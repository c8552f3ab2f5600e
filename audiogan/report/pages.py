"""From a run folder to the report's files in it, by templates that escape whatever is put into them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, final
from urllib.parse import quote

import jinja2
import numpy as np
import soundfile
from attrs import frozen
from markupsafe import Markup

from audiogan.files import write_bytes, write_record
from audiogan.report.formatting import (
    SCORE_NAMES,
    format_epoch,
    format_interval,
    format_value,
    format_with_spread,
    one_line,
)
from audiogan.report.notes import caption_of, condition_of, notes_of
from audiogan.report.plots import (
    inline_svg,
    loss_plot,
    plot_style,
    png_bytes,
    score_caption,
    score_heading,
    score_plot,
    svg_text,
)
from audiogan.report.records import INCEPTION_SCORE_MEAN, Experiment, ReferenceGroup, Run, read_run
from audiogan.report.rows import Row, TableRecord, csv_table, rows_of
from audiogan.report.tables import HTML_WIDTH, Tables, tables_of, value_names

PLOTS = {"scores": score_plot, "losses": loss_plot}
_RUN_FILES = ("table.md", "table.csv", "table.json", "table.tex")
_RECORDS = ("spec.toml", "environment.json", "run.json", "reference.json")
_OUTLINE_COLUMNS = 120


@final
@frozen
class Report:
    """What was written: ``paths`` by file name ("table.md", "report.html", …), and what the tables say."""

    folder: Path
    caption: str
    rows: tuple[Row, ...]
    tables: Tables
    notes: tuple[str, ...]
    paths: Mapping[str, Path]


def write_report(run_folder: Path) -> Report:
    """Writes tables, plots and page into ``run_folder``, from whatever the run has left there so far.

    The same folder gives the same bytes. A plot that has nothing to show yet is not written.

    :raises DataError: ``run_folder`` holds no run, one of its files is damaged, or the report cannot be written.
    """
    run = read_run(run_folder)
    rows = rows_of(run)
    tables = tables_of(run, rows)
    caption, notes = caption_of(run), notes_of(run, rows, tables)
    contents = {
        "table.md": render("table.md", caption=caption, tables=tables.parts(), notes=notes).encode(),
        "table.csv": csv_table(rows, value_names(run, rows)).encode(),
        "table.tex": render("table.tex", caption=caption, tables=tables.parts(), notes=notes).encode(),
    }
    plots = []
    captions = {
        "scores": (score_heading(run), ", a line for each experiment", score_caption(run)),
        "losses": (
            "Losses over steps",
            ", a panel for each experiment",
            "Each experiment on the scale of its own loss.",
        ),
    }
    for name, draw in PLOTS.items():
        with plot_style():
            figure = draw(run)
            if figure is None:
                for suffix in ("png", "svg"):
                    (run_folder / f"{name}.{suffix}").unlink(missing_ok=True)
                continue
            svg = svg_text(figure)
            contents |= {f"{name}.png": png_bytes(figure), f"{name}.svg": svg.encode()}
        heading, description, below = captions[name]
        inline = Markup(inline_svg(svg, name=name, description=heading + description))  # noqa: S704 - of matplotlib
        plots.append({"heading": heading, "svg": inline, "caption": below})
    for name, content in contents.items():
        write_bytes(run_folder / name, content)
    write_record(run_folder / "table.json", TableRecord(rows))
    page = html_page(run, rows, tables, notes, plots)
    write_bytes(run_folder / "report.html", page.encode())
    paths = {name: run_folder / name for name in (*contents, "table.json", "report.html")}
    return Report(run_folder, caption, rows, tables, notes, paths)


def html_page(
    run: Run, rows: tuple[Row, ...], tables: Tables, notes: tuple[str, ...], plots: list[dict[str, Any]]
) -> str:
    """The whole run on one page that needs nothing from the network; of the run's files it links those that exist."""
    plot_files = [f"{name}.{suffix}" for name in PLOTS for suffix in ("png", "svg")]
    style, _, _ = _templates().loader.get_source(_templates(), "page.css")  # type: ignore[union-attr]
    return render(
        "report.html",
        title=run.title,
        condition=condition_of(run),
        style=Markup(style),  # noqa: S704 - our own file
        tables=tables.parts(HTML_WIDTH),
        notes=notes,
        files=_links(run.folder, (*_RUN_FILES, *plot_files)),
        plots=plots,
        experiments=[_section(run, experiment, row) for experiment, row in zip(run.experiments, rows, strict=True)],
        scales=[{"titles": run.titles(group), "facts": _scale_facts(group)} for group in run.references],
        environment=run.environment,
        records=_links(run.folder, _RECORDS),
    )


def _section(run: Run, experiment: Experiment, row: Row) -> dict[str, Any]:
    best = experiment.result.best_step if experiment.result is not None else None
    scorings = [
        {"step": step, "files": [{"name": path.stem, "link": _link(run.folder, path), "path": path} for path in files]}
        for step, files in find_previews(run.folder / row.name)
    ]
    chosen = next((each for each in scorings if each["step"] == best), scorings[-1] if scorings else None)
    others = [each for each in scorings if each is not chosen]
    names = (f"{row.name}/result.json", f"{row.name}/metrics.jsonl")
    return {
        "row": row,
        "facts": _facts(experiment, row),
        "previews": chosen,
        "is_best": chosen is not None and chosen["step"] == best,
        "other_previews": others,
        "files": _links(run.folder, names),
    }


def _facts(experiment: Experiment, row: Row) -> dict[str, Any]:
    result, last = experiment.result, experiment.steps[-1] if experiment.steps else None
    facts: dict[str, Any] = {"steps": row.steps, "samples scored": row.samples}
    if result is not None and result.epochs is not None:
        facts["epochs"] = format_epoch(result.epochs)
    elif last is not None:
        facts["epochs"] = format_epoch(last.epoch)
    if result is not None and result.best_step is not None:
        epoch = "" if row.epoch is None else f" (epoch {format_epoch(row.epoch)})"
        facts["best at step"] = f"{result.best_step:,}{epoch}"
    facts["inception score"] = format_with_spread(INCEPTION_SCORE_MEAN, row.values)
    interval = format_interval(row.intervals.get(INCEPTION_SCORE_MEAN), score=True)
    facts["95% interval of the inception score"] = interval
    for name, value in row.values.items():
        if name not in SCORE_NAMES:
            interval = format_interval(row.intervals.get(name))
            facts[name] = format_value(value) + ("" if interval is None else f" ({interval})")
    if last is not None:
        facts |= {"last discriminator loss": last.discriminator_loss, "last generator loss": last.generator_loss}
        facts |= {f"last {name.replace('/', ': ')}": value for name, value in last.terms.items()}
    facts |= {f"published {name}": value for name, value in row.published.items() if name not in SCORE_NAMES}
    return {name: value for name, value in facts.items() if value is not None}


def _scale_facts(group: ReferenceGroup) -> dict[str, Any]:
    real = {f"real data: {name}": value for name, value in group.real.values.items()}
    noise = {f"noise: {name}": value for name, value in group.noise.values.items()}
    samples = {} if group.samples is None else {"samples": group.samples}
    return {**real, **noise, **samples, **group.protocol}


def find_previews(experiment_folder: Path) -> list[tuple[int, list[Path]]]:
    """The WAV files of fixed latents that a training has left: steps in order, and each one's files by latent."""
    found = []
    for folder in (experiment_folder / "samples").glob("step-*"):
        files = [path for path in folder.glob("*.wav") if path.stem.isdecimal()]
        if files and re.fullmatch(r"step-\d+", folder.name):
            found.append((int(folder.name[5:]), sorted(files, key=lambda path: int(path.stem))))
    return sorted(found)


def outline(wav: Path) -> str | None:
    """The waveform's outline as SVG path data in a box of 120 by 2, amplitudes from 1 at the top to -1.

    All channels count. ``None`` where the file is empty or cannot be read as audio.
    """
    try:
        waveform, _rate = soundfile.read(wav, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError):
        return None
    if not waveform.size:
        return None
    clipped = np.nan_to_num(waveform).clip(-1.0, 1.0)
    chunks = np.array_split(clipped, min(_OUTLINE_COLUMNS, len(clipped)))
    width = _OUTLINE_COLUMNS / len(chunks)
    return "".join(
        f"M{(position + 0.5) * width:.4g} {1 - chunk.max():.3f}V{1 - chunk.min() + 0.02:.3f}"
        for position, chunk in enumerate(chunks)
    )


def _links(folder: Path, names: tuple[str, ...]) -> list[dict[str, str]]:
    paths = (folder / name for name in names)
    return [{"name": path.name, "link": _link(folder, path)} for path in paths if path.is_file()]


def _link(folder: Path, path: Path) -> str:
    return quote(path.relative_to(folder).as_posix())


def render(template: str, **values: Any) -> str:
    """The text of ``templates/TEMPLATE.jinja``; every value is escaped in the way of the template's format."""
    return _templates().get_template(f"{template}.jinja").render(values)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("audiogan.report"),
        autoescape=jinja2.select_autoescape(["html.jinja"], default=False, default_for_string=False),
        finalize=lambda value: one_line(value) if type(value) is str else value,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["md"] = escape_markdown
    environment.filters["tex"] = escape_latex
    environment.filters["words"] = lambda name: name.replace("_", " ")
    environment.filters["fact"] = _fact
    environment.filters["outline"] = outline
    return environment


def _fact(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e9 else format_value(value)
    return "–" if value is None else json.dumps(value, ensure_ascii=False)


_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~$]|&(?=[#A-Za-z])|^[#+=-]|(?<=^\d)[.)](?=\s)")


def escape_markdown(text: str) -> str:
    r"""``text``, of one line, so that Markdown shows it as it stands, in a table or elsewhere.

    >>> escape_markdown("LSTM & conv | n_fft")
    'LSTM & conv \\| n\\_fft'
    """
    return _MARKDOWN.sub(lambda match: "\\" + match[0], text)


_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{character: f"\\{character}" for character in "{}&%$#_"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "–": "--",
        "—": "---",
        "…": r"\ldots{}",
        "±": r"$\pm$",
        "×": r"$\times$",
    }
)
_MINUS = re.compile(r"(?<!\w)-(?=\d)")


def escape_latex(text: str) -> str:
    r"""``text`` so that LaTeX prints it as it stands, a hyphen before a digit as the minus sign that it is.

    >>> escape_latex("LSTM & conv, 50%"), escape_latex("-0.5 to 2")
    ('LSTM \\& conv, 50\\%', '$-$0.5 to 2')
    """
    return _MINUS.sub("$-$", text.translate(_LATEX))
