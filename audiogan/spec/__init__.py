"""Experiment files: read, merged, structured strictly, every mistake explained."""

from audiogan.spec.layers import parse_assignment, read_experiments, read_options
from audiogan.spec.problems import Sources, as_error, written
from audiogan.spec.schema import (
    ComponentSpec,
    EvaluationSpec,
    ExperimentFile,
    ExperimentSpec,
    OptimizerSpec,
    TrainingSpec,
)
from audiogan.spec.structure import structure_options
from audiogan.spec.write import as_plain, to_toml

__all__ = [
    "ComponentSpec",
    "EvaluationSpec",
    "ExperimentFile",
    "ExperimentSpec",
    "OptimizerSpec",
    "Sources",
    "TrainingSpec",
    "as_error",
    "as_plain",
    "parse_assignment",
    "read_experiments",
    "read_options",
    "structure_options",
    "to_toml",
    "written",
]
