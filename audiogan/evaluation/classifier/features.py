"""The labelled windows of a dataset as log-mel spectrograms in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from attrs import frozen
from torch import Tensor

from audiogan.data.damage import tell_damage, tell_skipped, window_or_damage
from audiogan.errors import DamagedDataError, DataError
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.interfaces import Dataset, Window

_BATCH_SIZE = 32


@final
@frozen(eq=False)
class LabelledFeatures:
    """Log-mel spectrograms ``[N, frames, 128]`` and their labels ``[N]``, both on the CPU."""

    features: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: Tensor | slice) -> LabelledFeatures:
        """Those at ``rows``, in that order."""
        return LabelledFeatures(self.features[rows], self.labels[rows])


def labelled_features(
    dataset: Dataset, network: AudioClassifier, indices: Sequence[int], *, seed: int, turn: int
) -> LabelledFeatures:
    """The features of the windows at ``indices``, without those that have no label.

    Where ``dataset.on_error`` is ``"skip"``, those that are damaged are left out as well, and warnings say which and
    how many.

    Each window is drawn with a random state of its own, that of ``seed``, ``turn`` and its index, so that the order of
    drawing does not matter.

    :raises DataError: a label is not the index of a class, or a window holds a value that is not finite.
    """
    device = network.dense.weight.device
    batches: list[Tensor] = [torch.empty(0, network.log_mel.frames(dataset.window_length), network.log_mel.n_mels)]
    labels: list[int] = []
    skipped = 0
    for start in range(0, len(indices), _BATCH_SIZE):
        waveforms = []
        for index in indices[start : start + _BATCH_SIZE]:
            window = window_or_damage(dataset, index, rng=np.random.default_rng([seed, turn, index]))
            if isinstance(window, DamagedDataError):
                tell_damage(window)
                skipped += 1
            elif window.label is not None:
                _check(window, window.label, index, len(dataset.class_names))
                waveforms.append(torch.from_numpy(np.asarray(window.waveform, dtype=np.float32)))
                labels.append(window.label)
        if waveforms:
            batches.append(network.features(torch.stack(waveforms).to(device)).cpu())
    tell_skipped(skipped, of=len(indices), reader="windows for the classifier")
    return LabelledFeatures(torch.cat(batches), torch.tensor(labels, dtype=torch.int64))


def _check(window: Window, label: int, index: int, class_count: int) -> None:
    if not np.isfinite(window.waveform).all():
        raise DataError(f"window {index} of the dataset holds values that are not finite; remove or mend the recording")
    if not 0 <= label < class_count:
        raise DataError(f"window {index} of the dataset has label {label}, but there are {class_count} class names")
