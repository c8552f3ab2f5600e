"""A trained classifier with what is known about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, final

import attrs
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor

from audiogan.evaluation.classifier.confusion import ConfusionMatrix
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.evaluation.classifier.options import ClassifierOptions

FORMAT_VERSION = 2
"""Counts changes of the network, the training or the files that make earlier classifiers unusable."""


@final
@attrs.frozen(eq=False)
class TrainedClassifier:
    """A classifier in evaluation mode, its classes, and how well it does on windows that had no part in its training.

    ``confusion`` is over those windows, ``None`` where there were none, as with a classifier that was trained
    elsewhere. ``protocol`` says how it was trained, in terms that JSON can hold.
    """

    network: AudioClassifier
    options: ClassifierOptions
    class_names: tuple[str, ...]
    confusion: ConfusionMatrix | None
    protocol: Mapping[str, Any]

    @property
    def held_out_accuracy(self) -> float | None:
        """The accuracy on the held-out windows, a share of 1, ``None`` where there were none."""
        return None if self.confusion is None else self.confusion.accuracy

    @property
    def accuracy_in_words(self) -> str:
        """Such as "held-out accuracy 93.4%"."""
        return (
            "held-out accuracy unknown" if self.confusion is None else f"held-out accuracy {self.held_out_accuracy:.1%}"
        )

    def probabilities(self, waveforms: Tensor, *, batch_size: int = 32) -> NDArray[np.float64]:
        """Class probabilities ``[N, classes]`` of waveforms ``[N, C, window_length]``, a batch at a time in memory."""
        device = self.network.dense.weight.device
        probabilities = np.empty((len(waveforms), len(self.class_names)))
        with torch.no_grad():
            for start in range(0, len(waveforms), batch_size):
                logits = self.network(waveforms[start : start + batch_size].to(device))
                probabilities[start : start + batch_size] = torch.softmax(logits.double(), dim=1).cpu().numpy()
        return probabilities

    def description(self) -> dict[str, Any]:
        """Everything but the weights, in terms that JSON can hold."""
        return {
            "format": FORMAT_VERSION,
            "class_names": list(self.class_names),
            "sample_rate": self.network.sample_rate,
            "window_length": self.network.window_length,
            "held_out_accuracy": self.held_out_accuracy,
            "confusion": None if self.confusion is None else [list(row) for row in self.confusion.counts],
            "options": attrs.asdict(self.options),
            "protocol": dict(self.protocol),
        }

    def weights(self) -> bytes:
        """The weights as a safetensors file; the same weights give the same bytes."""
        return save({name: value.cpu().contiguous() for name, value in self.network.state_dict().items()})

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of weights and description, in hexadecimal: scores can be compared where it is the same."""
        return hash_content(self.description(), self.weights())


def hash_content(description: Mapping[str, Any], weights: bytes) -> str:
    """SHA-256 of a description and a safetensors file, in hexadecimal."""
    text = json.dumps(description, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(hashlib.sha256(text.encode()).digest() + hashlib.sha256(weights).digest()).hexdigest()
