"""Checks that a plugin author runs against a component of their own.

Each builds the component, uses it as training and evaluation do, and raises ``AssertionError`` with what it broke::

    def test_patch():
        check_discriminator(PatchDiscriminator, {"dim": 4}, data=waveform_data(1024))
"""

from audiogan.testing.construction import waveform_data
from audiogan.testing.dataset import check_dataset
from audiogan.testing.discriminator import check_discriminator
from audiogan.testing.generator import check_generator
from audiogan.testing.loss import check_loss
from audiogan.testing.metric import check_metric
from audiogan.testing.noise_dataset import NoiseDataset, NoiseDatasetOptions
from audiogan.testing.representation import check_representation

__all__ = [
    "NoiseDataset",
    "NoiseDatasetOptions",
    "check_dataset",
    "check_discriminator",
    "check_generator",
    "check_loss",
    "check_metric",
    "check_representation",
    "waveform_data",
]
