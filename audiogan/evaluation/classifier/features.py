"""The labelled windows of a dataset as log-mel spectrograms in memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from attrs import frozen
from torch import Tensor

from audiogan.errors import DataError
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.interfaces import Dataset

_BATCH_SIZE = 32


@frozen(eq=False)
class LabelledFeatures:
    """Log-mel spectrograms ``[N, frames, 128]`` and their labels ``[N]``, both on the CPU."""

    features: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: Tensor) -> LabelledFeatures:
        """Those at ``rows``, in that order."""
        return LabelledFeatures(self.features[rows], self.labels[rows])


def labelled_features(
    dataset: Dataset, network: AudioClassifier, *, memory_mib: int, seed: int, tell: Callable[[str], None]
) -> LabelledFeatures:
    """The features of every labelled window, or of as many as ``memory_mib`` holds, chosen evenly by ``seed``.

    Each window is drawn once, with a random state of its own, so that the order of drawing does not matter.

    :raises DataError: a label is not the index of a class, or a window holds a value that is not finite.
    """
    indices = np.arange(len(dataset))
    frames, n_mels = network.log_mel.frames(dataset.window_length), network.log_mel.n_mels
    limit = max(1, memory_mib * 2**20 // (4 * frames * n_mels))
    if len(indices) > limit:
        tell(f"classifier: {limit} of {len(indices)} windows are used, as many as fit in {memory_mib} MiB")
        indices = np.sort(np.random.default_rng(seed).permutation(len(indices))[:limit])
    waveforms, labels = [], []
    batches = []
    device = network.dense.weight.device
    for position, index in enumerate(indices.tolist()):
        window = dataset.window(index, rng=np.random.default_rng([seed, index]))
        if window.label is not None:
            waveforms.append(_checked(window.waveform, index))
            labels.append(_checked_label(window.label, index, len(dataset.class_names)))
        if waveforms and (len(waveforms) == _BATCH_SIZE or position == len(indices) - 1):
            batches.append(network.features(torch.from_numpy(np.stack(waveforms)).to(device)).cpu())
            waveforms.clear()
    features = torch.cat(batches) if batches else torch.empty(0, frames, n_mels)
    return LabelledFeatures(features, torch.tensor(labels, dtype=torch.int64))


def _checked(
    waveform: np.ndarray[tuple[int, ...], np.dtype[np.float32]], index: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    if not np.isfinite(waveform).all():
        raise DataError(f"window {index} of the dataset holds values that are not finite; remove or mend the recording")
    return np.asarray(waveform, dtype=np.float32)


def _checked_label(label: int, index: int, class_count: int) -> int:
    if not 0 <= label < class_count:
        raise DataError(f"window {index} of the dataset has label {label}, but there are {class_count} class names")
    return int(label)
