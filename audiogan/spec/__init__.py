"""Experiment files: read, merged, structured strictly, every mistake explained."""

from audiogan.spec.catalog import Catalog
from audiogan.spec.read import read_experiments
from audiogan.spec.schema import (
    ComponentSpec,
    EvaluationSpec,
    ExperimentFile,
    ExperimentSpec,
    OptimizerSpec,
    TrainingSpec,
)
from audiogan.spec.structure import structure_options
from audiogan.spec.write import to_toml

__all__ = [
    "Catalog",
    "ComponentSpec",
    "EvaluationSpec",
    "ExperimentFile",
    "ExperimentSpec",
    "OptimizerSpec",
    "TrainingSpec",
    "read_experiments",
    "structure_options",
    "to_toml",
]
