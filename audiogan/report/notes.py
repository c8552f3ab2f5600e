"""The caption above the tables and the footnotes below them: under what conditions their values hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from audiogan.report.formatting import (
    format_epoch,
    format_interval,
    format_with_spread,
    one_line,
    words_of,
)
from audiogan.report.records import INCEPTION_SCORE_MEAN, Experiment, ReferenceGroup, Run
from audiogan.report.rows import FINISHED, NOT_STARTED, UNFINISHED, Row
from audiogan.report.tables import Tables


def caption_of(run: Run) -> str:
    """The title, with what a profile means for comparing values."""
    condition = condition_of(run)
    return f"{one_line(run.title)} ({condition})" if condition else one_line(run.title)


def condition_of(run: Run) -> str | None:
    """Why the values do not stand beside the published ones as equals, ``None`` for a run without a profile."""
    if run.profile is None:
        return None
    if run.profile == "quick":
        return "quick profile: smaller networks, shorter windows; the values do not compare with the published ones"
    return f"{one_line(run.profile)} profile: its settings differ from those that the published values belong to"


def notes_of(run: Run, rows: Sequence[Row], tables: Tables) -> tuple[str, ...]:
    """The footnotes: sample counts, the scale given by real data and noise, the classifier, rows without values."""
    notes = []
    finished = [row for row in rows if row.status == FINISHED]
    if finished:
        notes.append(_counts(run, finished))
    lines = tables.others.lines if tables.others is not None else ()
    if any(cell.interval is not None for line in lines for cell in line.cells):
        notes.append("The ranges are 95% intervals of drawing the windows again; training again varies more.")
    notes += _score_intervals(rows)
    for group in run.references:
        sentences = [*_scale(group), *classifier_sentences(group.protocol)]
        subject = [f"{run.titles(group)}:"] if len(run.references) > 1 else []
        notes += [" ".join(subject + sentences)] if sentences else []
    notes += _left_out(run)
    if tables.has_levels:
        notes.append("Values by level are in table.csv, table.json and report.html.")
    for experiment, row in zip(run.experiments, rows, strict=True):
        if row.status != FINISHED:
            notes.append(_unfinished(run, experiment, row))
        elif tables.scores is not None and not math.isfinite(row.values.get(INCEPTION_SCORE_MEAN, math.nan)):
            notes.append(f"{row.title}: finished without an inception score.")
        if row.continuation_error is not None:
            notes.append(
                f"{row.title}: the row is that of the training before; continuing it failed: {row.continuation_error}"
            )
    return tuple(dict.fromkeys(map(one_line, notes)))


def _score_intervals(rows: Sequence[Row]) -> list[str]:
    intervals = [(row, format_interval(row.intervals.get(INCEPTION_SCORE_MEAN), score=True)) for row in rows]
    by_row = [f"{row.title} {interval}" for row, interval in intervals if interval is not None]
    return [f"95% intervals of the mean score: {', '.join(by_row)}."] if by_row else []


def _counts(run: Run, finished: Sequence[Row]) -> str:
    counts = {row.samples for row in finished}
    if counts == {None}:
        samples = "generated samples"
    elif len(counts) == 1:
        samples = f"{finished[0].samples:,} generated samples"
    else:
        by_row = ", ".join(f"{row.samples:,} for {row.title}" for row in finished if row.samples is not None)
        samples = f"the generated samples ({by_row})"
    chosen = f"the epoch is that of the best checkpoint{_chosen_by(run)}."
    if not any(INCEPTION_SCORE_MEAN in row.values for row in finished):
        return f"Values of {samples}, or of as many as a metric takes; {chosen}"
    splits = {each.finished.protocol.get("splits") for each in run.experiments if each.finished is not None}
    over = f"{splits.pop()} splits of " if len(splits) == 1 and None not in splits else ""
    return f"Mean and standard deviation over {over}{samples}; {chosen}"


def _chosen_by(run: Run) -> str:
    names = {each.entry.best_by for each in run.experiments}
    if names == {INCEPTION_SCORE_MEAN}:
        return ""
    return f", chosen by {words_of(names.pop())}" if len(names) == 1 else ", chosen by each experiment's best_by"


def _scale(group: ReferenceGroup) -> list[str]:
    sides = (("real data", group.real), ("noise", group.noise))
    scores = [(what, format_with_spread(INCEPTION_SCORE_MEAN, side.values)) for what, side in sides]
    scored = [f"{what} {score}" for what, score in scores if score is not None]
    if scored:
        counted = f" on {group.samples:,} samples" if group.samples else ""
        each = " each" if counted and len(scored) > 1 else ""
        return [f"The scale of the score: {', '.join(scored)}{counted}{each}."]
    if group.samples and group.real.values:
        return [f"Real data and noise: {group.samples:,} windows each."]
    return []


def classifier_sentences(protocol: Mapping[str, Any]) -> list[str]:
    """A sentence for each classifier in a merged protocol, in which every metric has a table of its own by its name.

    The inception score's protocol is not in a table; its classifier is not named again where others share it.
    """
    sentences = []
    others: dict[object, tuple[list[str], object]] = {}
    for metric, own in protocol.items():
        if isinstance(own, dict) and isinstance(own.get("classifier"), str):
            metrics, _ = others.setdefault(own["classifier"], ([], own.get("classifier_held_out_accuracy")))
            metrics.append(metric)
    accuracy, classes = protocol.get("classifier_held_out_accuracy"), protocol.get("classifier_classes")
    if isinstance(accuracy, int | float) and isinstance(classes, list) and len(classes) > 1:
        sentences.append(
            f"The classifier distinguishes {len(classes)} classes ({classes[0]}, {classes[1]}, …) and is right on "
            f"{accuracy:.1%} of held-out windows; scores given by different classifiers, the published ones included, "
            "do not compare."
        )
        others.pop(protocol.get("classifier"), None)
    for metrics, right in others.values():
        known = isinstance(right, int | float)
        words = f"right on {right:.1%} of held-out windows" if known else "of unknown accuracy"
        named = ", ".join(metrics)
        sentences.append(f"The classifier of {named} is {words}; values by different classifiers do not compare.")
    return sentences


def _left_out(run: Run) -> list[str]:
    sides = [(each.entry.title, each.finished.left_out) for each in run.experiments if each.finished is not None]
    for group in run.references:
        sides += [("real data", group.real.left_out), ("noise", group.noise.left_out)]
    return [f"{title}: no values by {metric}: {why}." for title, left in sides for metric, why in left.items()]


def _unfinished(run: Run, experiment: Experiment, row: Row) -> str:
    if row.status == NOT_STARTED:
        return f"{row.title}: not started."
    best = _best_so_far(run, experiment)
    if row.status == UNFINISHED:
        where = "before its first step" if row.steps is None else f"at step {row.steps:,}"
        return f"{row.title}: unfinished {where}{best}; the same command again continues it."
    # the steps that count are done: the one in which it failed is another
    where = "before its first step was done" if row.steps is None else f"after step {row.steps:,}"
    return f"{row.title}: {row.status} {where}{best}" + (f": {row.error}" if row.error else ".")


def _best_so_far(run: Run, experiment: Experiment) -> str:
    name = experiment.entry.best_by
    scored = [score for score in experiment.scores if math.isfinite(score.values.get(name, math.nan))]
    if not scored:
        return ""
    groups = [group for group in run.references if experiment.entry.name in group.experiments]
    lower_is_better = any(name in group.lower_is_better for group in groups)
    best = (min if lower_is_better else max)(scored, key=lambda score: score.values[name])
    what = "score" if name == INCEPTION_SCORE_MEAN else words_of(name)
    return f", best {what} so far {format_with_spread(name, best.values)} at epoch {format_epoch(best.epoch)}"
