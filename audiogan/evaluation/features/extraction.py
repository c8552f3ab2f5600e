"""One pass of a classifier over waveforms."""

from __future__ import annotations

from typing import final

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

from audiogan.evaluation.classifier import TrainedClassifier

_BATCH_SIZE = 32


@final
@frozen(eq=False)
class ClassifierFeatures:
    """What a classifier makes of ``N`` waveforms, a row a waveform. The arrays are shared and cannot be written to."""

    probabilities: NDArray[np.float64]
    """``[N, classes]``, softmax of the logits."""
    pooled: NDArray[np.float32]
    """``[N, dim]``, the mean over time and band of what the last convolution block gives."""

    def __attrs_post_init__(self) -> None:
        for array in (self.probabilities, self.pooled):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.pooled)


def extract_features(waveforms: Tensor, classifier: TrainedClassifier) -> ClassifierFeatures:
    """The features of waveforms ``[N, C, window_length]``, a batch at a time in memory."""
    network = classifier.network
    weights = network.dense.weight
    probabilities = np.empty((len(waveforms), network.class_count))
    pooled = np.empty((len(waveforms), classifier.options.dim), dtype=np.float32)
    with torch.no_grad():
        for start in range(0, len(waveforms), _BATCH_SIZE):
            rows = slice(start, start + _BATCH_SIZE)
            maps = network.convolve(network.features(waveforms[rows].to(weights.device, weights.dtype)))
            probabilities[rows] = torch.softmax(network.judge(maps).double(), dim=1).cpu().numpy()
            pooled[rows] = maps.mean(dim=(2, 3)).cpu().numpy()
    return ClassifierFeatures(probabilities, pooled)
