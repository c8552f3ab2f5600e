"""The section of one experiment on the report's page: how it ended, its figures, its sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from audiogan.report.figure_names import IN_SCORE_TABLE, INCEPTION_SCORE_MEAN
from audiogan.report.formatting import (
    format_epoch,
    format_interval,
    format_measured,
    format_score_interval,
    format_score_with_spread,
)
from audiogan.report.html_parts import description_list, file_links, link_to, text_of
from audiogan.report.previews import Previews, find_previews, outline_path
from audiogan.report.rows import FINISHED, Row
from audiogan.report.run_folder import Experiment


def experiment_section(folder: Path, experiment: Experiment, row: Row) -> str:
    """The section, with players for the previews of the best scoring, or of the latest one before there is a best."""
    status = "" if row.status == FINISHED else f' <span class="status">{text_of(row.status)}</span>'
    parts = [
        '<section class="experiment">',
        f"<h3>{text_of(row.title)}{status}</h3>",
        f'<p class="error">{text_of(row.error)}</p>' if row.error else "",
        description_list(_facts(experiment, row)),
        *_sound(folder, experiment),
        file_links(folder, (f"{row.name}/result.json", f"{row.name}/metrics.jsonl")),
        "</section>",
    ]
    return "\n".join(part for part in parts if part)


def _facts(experiment: Experiment, row: Row) -> dict[str, Any]:
    result, steps = experiment.result, experiment.log.steps
    facts: dict[str, Any] = {}
    if row.steps is not None:
        facts["steps"] = row.steps
    if result is not None and result.epochs is not None:
        facts["epochs"] = format_epoch(result.epochs)
    elif steps:
        facts["epochs"] = format_epoch(steps[-1].epoch)
    if result is not None and result.best_step is not None:
        epoch = "" if row.epoch is None else f" (epoch {format_epoch(row.epoch)})"
        facts["best at step"] = f"{result.best_step:,}{epoch}"
    if row.samples is not None:
        facts["samples scored"] = row.samples
    if score := format_score_with_spread(row.figures):
        facts["inception score"] = score
    if interval := format_score_interval(row.intervals.get(INCEPTION_SCORE_MEAN)):
        facts["95% interval of the inception score"] = interval
    facts.update({name: _figure(row, name) for name in row.figures if name not in IN_SCORE_TABLE})
    if steps:
        facts["last discriminator loss"] = steps[-1].discriminator_loss
        facts["last generator loss"] = steps[-1].generator_loss
    if steps and steps[-1].penalty is not None:
        facts["last penalty"] = steps[-1].penalty
    facts.update({f"published {name}": value for name, value in row.published.items() if name not in IN_SCORE_TABLE})
    return facts


def _figure(row: Row, name: str) -> str:
    interval = row.intervals.get(name)
    figure = format_measured(row.figures[name])
    return figure if interval is None else f"{figure} ({format_interval(interval)})"


def _sound(folder: Path, experiment: Experiment) -> list[str]:
    scorings = find_previews(folder / experiment.name)
    if not scorings:
        return []
    best = experiment.result.best_step if experiment.result is not None else None
    chosen = next((previews for previews in scorings if previews.step == best), scorings[-1])
    which = "best score" if chosen.step == best else "latest"
    others = [previews for previews in scorings if previews is not chosen]
    return [
        f"<h4>Sound at step {chosen.step:,} ({which})</h4>",
        f'<ul class="previews">{"".join(_player(folder, path) for path in chosen.files)}</ul>',
        *_other_scorings(folder, others),
    ]


def _player(folder: Path, path: Path) -> str:
    outline = outline_path(path)
    picture = (
        '<svg viewBox="0 0 120 2" preserveAspectRatio="none" aria-hidden="true">'
        f'<path vector-effect="non-scaling-stroke" d="{outline}"/></svg>'
        if outline
        else '<p class="error">not readable as audio</p>'
    )
    name = f"latent {path.stem}"
    return (
        f'<li>{picture}<audio controls preload="none" aria-label="{name}" src="{link_to(folder, path)}"></audio></li>'
    )


def _other_scorings(folder: Path, scorings: list[Previews]) -> list[str]:
    if not scorings:
        return []
    rows = "".join(
        f'<tr><th scope="row">step {previews.step:,}</th>'
        + "".join(f'<td><a href="{link_to(folder, path)}">{path.stem}</a></td>' for path in previews.files)
        + "</tr>"
        for previews in scorings
    )
    return [
        "<details><summary>The same latents at other steps</summary>",
        f'<div class="scroll"><table><tbody>{rows}</tbody></table></div></details>',
    ]
