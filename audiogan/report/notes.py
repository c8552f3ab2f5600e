"""The caption above the table and the footnotes below it: under what conditions its figures hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from audiogan.report.formatting import format_epoch, format_score_with_spread, one_line
from audiogan.report.rows import FINISHED, NOT_STARTED, UNFINISHED, Row
from audiogan.report.run_folder import Experiment, ReferenceScale, Run

MEAN = "inception_score_mean"


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


def notes_of(run: Run, rows: tuple[Row, ...]) -> tuple[str, ...]:
    """The footnotes: sample counts, the scale given by real data and noise, the classifier, rows without figures."""
    notes = []
    finished = [row for row in rows if row.status == FINISHED]
    if finished:
        notes.append(_counts_note(run, finished))
    for reference in run.references:
        sentences = _scale_sentences(reference)
        subject = [f"{_titles(run, reference)}:"] if len(run.references) > 1 else []
        notes += [" ".join(subject + sentences)] if sentences else []
    for experiment, row in zip(run.experiments, rows, strict=True):
        if row.status != FINISHED:
            notes.append(_missing_note(experiment, row))
        elif row.inception_score_mean is None:
            notes.append(f"{one_line(row.title)}: finished without an inception score.")
    return tuple(notes)


def _counts_note(run: Run, finished: list[Row]) -> str:
    counts = {row.samples for row in finished}
    if counts == {None}:
        samples = "generated samples"
    elif len(counts) == 1:
        samples = f"{finished[0].samples:,} generated samples"
    else:
        by_row = ", ".join(f"{row.samples:,} for {one_line(row.title)}" for row in finished if row.samples is not None)
        samples = f"the generated samples ({by_row})"
    splits = {e.result.protocol.get("splits") for e in run.experiments if e.result and e.result.status == FINISHED}
    over = f"{splits.pop()} splits of " if len(splits) == 1 and None not in splits else ""
    return f"Mean and standard deviation over {over}{samples}; the epoch is that of the best checkpoint."


def _scale_sentences(reference: ReferenceScale) -> list[str]:
    sentences = []
    real, noise = format_score_with_spread(reference.real), format_score_with_spread(reference.noise)
    scored = [f"{what} {score}" for what, score in (("real data", real), ("noise", noise)) if score is not None]
    if scored:
        counted = f" on {reference.samples:,} samples" if reference.samples else ""
        each = " each" if counted and len(scored) > 1 else ""
        sentences.append(f"The scale of the score: {', '.join(scored)}{counted}{each}.")
    return sentences + _classifier_sentences(reference.protocol)


def _classifier_sentences(protocol: Mapping[str, Any]) -> list[str]:
    accuracy, classes = protocol.get("classifier_held_out_accuracy"), protocol.get("classifier_classes")
    if not isinstance(accuracy, int | float) or not isinstance(classes, list):
        return []
    return [
        f"The classifier tells {len(classes)} classes apart ({one_line(str(classes[0]))}, "
        f"{one_line(str(classes[1]))}, …) and is right on {accuracy:.1%} of held-out windows; scores given by "
        "different classifiers, the published ones included, do not compare."
    ]


def _missing_note(experiment: Experiment, row: Row) -> str:
    title = one_line(row.title)
    if row.status == NOT_STARTED:
        return f"{title}: not started."
    best = _best_so_far(experiment)
    if row.status == UNFINISHED:
        where = "before its first step" if row.steps is None else f"at step {row.steps:,}"
        return f"{title}: unfinished {where}{best}; the same command again continues it."
    # the steps that count are done: the one in which it failed is another
    where = "before its first step was done" if row.steps is None else f"after step {row.steps:,}"
    reason = f": {one_line(row.error)}" if row.error else "."
    return f"{title}: {row.status} {where}{best}{reason}"


def _best_so_far(experiment: Experiment) -> str:
    scored = [score for score in experiment.log.scores if math.isfinite(score.figures.get(MEAN, math.nan))]
    if not scored:
        return ""
    best = max(scored, key=lambda score: score.figures[MEAN])
    return f", best score so far {format_score_with_spread(best.figures)} at epoch {format_epoch(best.epoch)}"


def _titles(run: Run, reference: ReferenceScale) -> str:
    titles = {experiment.name: one_line(experiment.title) for experiment in run.experiments}
    return ", ".join(titles.get(name, name) for name in reference.experiments)
