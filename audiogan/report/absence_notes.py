"""Footnotes on figures that a metric could not give."""

from __future__ import annotations

from collections.abc import Mapping

from audiogan.report.formatting import one_line
from audiogan.report.rows import FINISHED
from audiogan.report.run_folder import Run


def absence_notes(run: Run) -> list[str]:
    """A sentence for each metric that has no figures of an experiment, of real data or of noise."""
    notes = []
    for experiment in run.experiments:
        if experiment.result is not None and experiment.result.status == FINISHED:
            notes += _notes(experiment.title, experiment.result.left_out)
    for reference in run.references:
        notes += _notes("real data", reference.real.left_out)
        notes += _notes("noise", reference.noise.left_out)
    return list(dict.fromkeys(notes))


def _notes(subject: str, left_out: Mapping[str, str]) -> list[str]:
    return [one_line(f"{subject}: no figures by {metric}: {reason}.") for metric, reason in left_out.items()]
