"""Adversarial training on raw audio: the names that a plugin or a notebook imports.

Attributes are imported when first asked for, so that ``audiogan --help`` need not wait for torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audiogan.build import create
    from audiogan.errors import (
        AudioganError,
        CheckpointError,
        DamagedDataError,
        DataError,
        OptionError,
        PluginError,
        Problem,
        SpecError,
        TrainingError,
    )
    from audiogan.interfaces import (
        Callback,
        Command,
        Dataset,
        DataSpec,
        Discriminator,
        DiscriminatorOutput,
        Embedded,
        Embedding,
        EvaluationContext,
        Generator,
        Judged,
        LayerRow,
        Loss,
        Metric,
        MetricResult,
        Representation,
        ScoreLoss,
        ScoreRecord,
        SharedEmbedding,
        Step,
        StepRecord,
        TrainingContext,
        Window,
    )
    from audiogan.lstm import LSTM
    from audiogan.options import option
    from audiogan.registry import Register, hookimpl, register
    from audiogan.spec import ComponentSpec

__version__ = "0.1.0"

_HOME = {
    "create": "audiogan.build",
    "AudioganError": "audiogan.errors",
    "CheckpointError": "audiogan.errors",
    "DamagedDataError": "audiogan.errors",
    "DataError": "audiogan.errors",
    "OptionError": "audiogan.errors",
    "PluginError": "audiogan.errors",
    "SpecError": "audiogan.errors",
    "TrainingError": "audiogan.errors",
    "Callback": "audiogan.interfaces",
    "Command": "audiogan.interfaces",
    "DataSpec": "audiogan.interfaces",
    "Embedded": "audiogan.interfaces",
    "Embedding": "audiogan.interfaces",
    "EvaluationContext": "audiogan.interfaces",
    "SharedEmbedding": "audiogan.interfaces",
    "TrainingContext": "audiogan.interfaces",
    "DiscriminatorOutput": "audiogan.interfaces",
    "Judged": "audiogan.interfaces",
    "ScoreLoss": "audiogan.interfaces",
    "Step": "audiogan.interfaces",
    "ScoreRecord": "audiogan.interfaces",
    "StepRecord": "audiogan.interfaces",
    "Dataset": "audiogan.interfaces",
    "Discriminator": "audiogan.interfaces",
    "Generator": "audiogan.interfaces",
    "LayerRow": "audiogan.interfaces",
    "Loss": "audiogan.interfaces",
    "Metric": "audiogan.interfaces",
    "MetricResult": "audiogan.interfaces",
    "Representation": "audiogan.interfaces",
    "Window": "audiogan.interfaces",
    "LSTM": "audiogan.lstm",
    "ComponentSpec": "audiogan.spec",
    "Problem": "audiogan.errors",
    "Register": "audiogan.registry",
    "register": "audiogan.registry",
    "option": "audiogan.options",
    "hookimpl": "audiogan.registry",
}

__all__ = [
    "LSTM",
    "AudioganError",
    "Callback",
    "CheckpointError",
    "Command",
    "ComponentSpec",
    "DamagedDataError",
    "DataError",
    "DataSpec",
    "Dataset",
    "Discriminator",
    "DiscriminatorOutput",
    "Embedded",
    "Embedding",
    "EvaluationContext",
    "Generator",
    "Judged",
    "LayerRow",
    "Loss",
    "Metric",
    "MetricResult",
    "OptionError",
    "PluginError",
    "Problem",
    "Register",
    "Representation",
    "ScoreLoss",
    "ScoreRecord",
    "SharedEmbedding",
    "SpecError",
    "Step",
    "StepRecord",
    "TrainingContext",
    "TrainingError",
    "Window",
    "create",
    "hookimpl",
    "option",
    "register",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'audiogan' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
