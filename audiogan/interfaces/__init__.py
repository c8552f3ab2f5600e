"""The abstract classes that a plugin implements, one file each."""

from audiogan.interfaces.callback import Callback, TrainingContext
from audiogan.interfaces.command import Command
from audiogan.interfaces.component import KINDS, Component
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
