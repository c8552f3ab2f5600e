"""The abstract classes that a plugin implements, one file each."""

from audiogan.interfaces.component import KINDS, Component
from audiogan.interfaces.dataset import Dataset, Window
from audiogan.interfaces.discriminator import Discriminator
from audiogan.interfaces.generator import Generator
from audiogan.interfaces.layers import LayerRow
from audiogan.interfaces.loss import Loss
from audiogan.interfaces.metric import Metric, MetricResult
from audiogan.interfaces.representation import Representation

__all__ = [
    "KINDS",
    "Component",
    "Dataset",
    "Discriminator",
    "Generator",
    "LayerRow",
    "Loss",
    "Metric",
    "MetricResult",
    "Representation",
    "Window",
]
