"""Checkerboard artifacts: what the strides of a generator leave in its spectrum."""

from audiogan.evaluation.checkerboard.figures import (
    figure_names,
    figures_above,
    intervals_above,
    level_names,
    levels_by_window,
)
from audiogan.evaluation.checkerboard.lines import PERIODS_NEEDED, ArtifactLines, artifact_lines, strides_of_length
from audiogan.evaluation.checkerboard.prominence import line_prominence, modulation_prominence

__all__ = [
    "PERIODS_NEEDED",
    "ArtifactLines",
    "artifact_lines",
    "figure_names",
    "figures_above",
    "intervals_above",
    "level_names",
    "levels_by_window",
    "line_prominence",
    "modulation_prominence",
    "strides_of_length",
]
