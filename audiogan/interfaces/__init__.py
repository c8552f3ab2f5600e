"""The abstract classes that a plugin implements, one file each.

They are imported when first asked for, so that commands and their worker processes, which need few, need not wait for
torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from audiogan.interfaces.component import KINDS, Component

if TYPE_CHECKING:
    from audiogan.interfaces.callback import Callback, TrainingContext
    from audiogan.interfaces.command import Command
    from audiogan.interfaces.data_spec import DataSpec
    from audiogan.interfaces.dataset import Dataset, Window
    from audiogan.interfaces.discriminator import Discriminator, DiscriminatorOutput
    from audiogan.interfaces.embedding import Embedded, Embedding, EvaluationContext, SharedEmbedding
    from audiogan.interfaces.generator import Generator
    from audiogan.interfaces.layers import LayerRow
    from audiogan.interfaces.loss import Judged, Loss, ScoreLoss, Step
    from audiogan.interfaces.metric import Metric, MetricResult
    from audiogan.interfaces.records import ScoreRecord, StepRecord
    from audiogan.interfaces.representation import Representation

_HOME = {
    "Callback": "callback",
    "TrainingContext": "callback",
    "Command": "command",
    "DataSpec": "data_spec",
    "Dataset": "dataset",
    "Window": "dataset",
    "Discriminator": "discriminator",
    "DiscriminatorOutput": "discriminator",
    "Embedded": "embedding",
    "Embedding": "embedding",
    "EvaluationContext": "embedding",
    "SharedEmbedding": "embedding",
    "Generator": "generator",
    "LayerRow": "layers",
    "Judged": "loss",
    "Loss": "loss",
    "ScoreLoss": "loss",
    "Step": "loss",
    "Metric": "metric",
    "MetricResult": "metric",
    "ScoreRecord": "records",
    "StepRecord": "records",
    "Representation": "representation",
}

__all__ = [
    "KINDS",
    "Callback",
    "Command",
    "Component",
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
    "Representation",
    "ScoreLoss",
    "ScoreRecord",
    "SharedEmbedding",
    "Step",
    "StepRecord",
    "TrainingContext",
    "Window",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
