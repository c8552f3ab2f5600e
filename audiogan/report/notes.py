"""The caption above the table and the footnotes below it: under what conditions its figures hold."""

from __future__ import annotations

import math
from collections.abc import Mapping

from audiogan.report.absence_notes import absence_notes
from audiogan.report.classifier_notes import classifier_sentences
from audiogan.report.figure_names import INCEPTION_SCORE_MEAN, spread_of, words_of
from audiogan.report.formatting import (
    format_epoch,
    format_measured,
    format_score_interval,
    format_score_with_spread,
    one_line,
)
from audiogan.report.rows import FINISHED, NOT_STARTED, UNFINISHED, Row
from audiogan.report.run_folder import Experiment, ReferenceScale, Run
from audiogan.report.tables import Tables


def caption_of(run: Run) -> str:
    """The title, with what a profile means for comparing figures."""
    condition = condition_of(run)
    return f"{one_line(run.title)} ({condition})" if condition else one_line(run.title)


def condition_of(run: Run) -> str | None:
    """Why the figures do not stand beside the published ones as equals, ``None`` for a run without a profile."""
    if run.profile is None:
        return None
    if run.profile == "quick":
        return "quick profile: smaller networks, shorter windows; the figures do not compare with the published ones"
    return f"{one_line(run.profile)} profile: its settings differ from those that the published figures belong to"


def notes_of(run: Run, rows: tuple[Row, ...], tables: Tables) -> tuple[str, ...]:
    """The footnotes: sample counts, the scale given by real data and noise, the classifier, rows without figures."""
    notes = []
    finished = [row for row in rows if row.status == FINISHED]
    if finished:
        notes.append(_counts_note(run, finished))
    if tables.figures is not None and tables.figures.has_intervals:
        notes.append("The ranges are 95% intervals of drawing the windows again; training again varies more.")
    notes += _score_intervals_note(rows)
    for reference in run.references:
        sentences = _scale_sentences(reference) + classifier_sentences(reference.protocol)
        subject = [f"{_titles(run, reference)}:"] if len(run.references) > 1 else []
        notes += [" ".join(subject + sentences)] if sentences else []
    notes += absence_notes(run)
    if tables.has_levels:
        notes.append("Figures by level are in table.csv, table.json and report.html.")
    for experiment, row in zip(run.experiments, rows, strict=True):
        if row.status != FINISHED:
            notes.append(_missing_note(run, experiment, row))
        elif row in tables.scores and row.inception_score_mean is None:
            notes.append(f"{one_line(row.title)}: finished without an inception score.")
    return tuple(notes)


def _score_intervals_note(rows: tuple[Row, ...]) -> list[str]:
    intervals = ((row, format_score_interval(row.intervals.get(INCEPTION_SCORE_MEAN))) for row in rows)
    by_row = [f"{one_line(row.title)} {interval}" for row, interval in intervals if interval is not None]
    return [f"95% intervals of the mean score: {', '.join(by_row)}."] if by_row else []


def _counts_note(run: Run, finished: list[Row]) -> str:
    counts = {row.samples for row in finished}
    if counts == {None}:
        samples = "generated samples"
    elif len(counts) == 1:
        samples = f"{finished[0].samples:,} generated samples"
    else:
        by_row = ", ".join(f"{row.samples:,} for {one_line(row.title)}" for row in finished if row.samples is not None)
        samples = f"the generated samples ({by_row})"
    chosen = f"the epoch is that of the best checkpoint{_chosen_by(run)}."
    if not any(INCEPTION_SCORE_MEAN in row.figures for row in finished):
        return f"Figures of {samples}, or of as many as a metric takes; {chosen}"
    splits = {e.result.protocol.get("splits") for e in run.experiments if e.result and e.result.status == FINISHED}
    over = f"{splits.pop()} splits of " if len(splits) == 1 and None not in splits else ""
    return f"Mean and standard deviation over {over}{samples}; {chosen}"


def _chosen_by(run: Run) -> str:
    figures = {experiment.best_by for experiment in run.experiments}
    if figures == {INCEPTION_SCORE_MEAN}:
        return ""
    return f", chosen by {words_of(figures.pop())}" if len(figures) == 1 else ", chosen by each experiment's best_by"


def _scale_sentences(reference: ReferenceScale) -> list[str]:
    real, noise = (format_score_with_spread(side.figures) for side in (reference.real, reference.noise))
    scored = [f"{what} {score}" for what, score in (("real data", real), ("noise", noise)) if score is not None]
    if scored:
        counted = f" on {reference.samples:,} samples" if reference.samples else ""
        each = " each" if counted and len(scored) > 1 else ""
        return [f"The scale of the score: {', '.join(scored)}{counted}{each}."]
    if reference.samples and reference.real.figures:
        return [f"Real data and noise: {reference.samples:,} windows each."]
    return []


def _missing_note(run: Run, experiment: Experiment, row: Row) -> str:
    title = one_line(row.title)
    if row.status == NOT_STARTED:
        return f"{title}: not started."
    best = _best_so_far(run, experiment)
    if row.status == UNFINISHED:
        where = "before its first step" if row.steps is None else f"at step {row.steps:,}"
        return f"{title}: unfinished {where}{best}; the same command again continues it."
    # the steps that count are done: the one in which it failed is another
    where = "before its first step was done" if row.steps is None else f"after step {row.steps:,}"
    reason = f": {one_line(row.error)}" if row.error else "."
    return f"{title}: {row.status} {where}{best}{reason}"


def _best_so_far(run: Run, experiment: Experiment) -> str:
    figure = experiment.best_by
    scored = [score for score in experiment.log.scores if math.isfinite(score.figures.get(figure, math.nan))]
    if not scored:
        return ""
    groups = [reference for reference in run.references if experiment.name in reference.experiments]
    lower_is_better = any(figure in reference.lower_is_better for reference in groups)
    best = (min if lower_is_better else max)(scored, key=lambda score: score.figures[figure])
    when = f"so far {_with_spread(figure, best.figures)} at epoch {format_epoch(best.epoch)}"
    return f", best {'score' if figure == INCEPTION_SCORE_MEAN else words_of(figure)} {when}"


def _with_spread(figure: str, figures: Mapping[str, float]) -> str | None:
    if figure == INCEPTION_SCORE_MEAN:
        return format_score_with_spread(figures)
    spread = figures.get(spread_of(figure) or "")
    return format_measured(figures[figure]) + ("" if spread is None else f" ± {format_measured(spread)}")


def _titles(run: Run, reference: ReferenceScale) -> str:
    titles = {experiment.name: one_line(experiment.title) for experiment in run.experiments}
    return ", ".join(titles.get(name, name) for name in reference.experiments)
