"""Features by content: the same audio is heard once by the same classifier."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import torch
from torch import Tensor

from audiogan.errors import AudioganError, CheckpointError
from audiogan.evaluation.classifier import TrainedClassifier
from audiogan.evaluation.features.extraction import ClassifierFeatures, extract_features
from audiogan.evaluation.features.recent import RecentFeatures
from audiogan.evaluation.features.stored import read_features, write_features
from audiogan.evaluation.waveform_check import check_waveforms, in_parts

FOLDER = "features"
"""Where features are kept within the cache."""
MEMORY_BYTES = 256 * 2**20
"""What the features kept in memory take at most: about 400,000 waveforms with 128 features and 12 classes."""
DISK_BYTES = 2**30
"""What the files in the cache take at most."""

_FORMAT_VERSION = 1
_log = logging.getLogger("audiogan")
_recent = RecentFeatures(MEMORY_BYTES)


def classifier_features(waveforms: Tensor, classifier: TrainedClassifier, *, cache: Path | None) -> ClassifierFeatures:
    """Class probabilities and pooled features of waveforms ``[N, C, window_length]``, ``N`` at least 1, in one pass.

    What was computed before for the same samples by the same classifier is taken from memory (at most 256 MiB), or from
    the folder ``features`` of ``cache`` (at most 1 GiB, the least recently used go first) where ``cache`` is given. A
    damaged file is logged as a warning and replaced; a cache that cannot be written is logged and done without.

    :raises DataError: there are no waveforms, or some hold values that are not finite; the text says how many.
    :raises ValueError: the waveforms have another length than the classifier's windows.
    """
    check_waveforms(waveforms)
    key = features_key(waveforms, classifier)
    features = _recent.get(key)
    if features is not None:
        return features
    folder = None if cache is None else cache / FOLDER
    features = None if folder is None else _read(folder, key)
    if features is None:
        features = extract_features(waveforms, classifier)
        if folder is not None:
            _write(folder, key, features)
    _recent.put(key, features)
    return features


def features_key(waveforms: Tensor, classifier: TrainedClassifier) -> str:
    """SHA-256, in hexadecimal, of the samples as float32 with their shape, the classifier, and the kind of device."""
    device = classifier.network.dense.weight.device.type
    told = f"{_FORMAT_VERSION} {tuple(waveforms.shape)} {classifier.content_hash} {device}"
    digest = hashlib.sha256(told.encode())
    for rows in in_parts(waveforms):
        digest.update(rows.detach().to("cpu", torch.float32).contiguous().numpy().data)
    return digest.hexdigest()


def _read(folder: Path, key: str) -> ClassifierFeatures | None:
    try:
        return read_features(folder, key)
    except CheckpointError as error:
        _log.warning("%s; these features are computed again", error)
        return None


def _write(folder: Path, key: str, features: ClassifierFeatures) -> None:
    try:
        write_features(folder, key, features, limit_bytes=DISK_BYTES)
    except AudioganError as error:
        _log.warning("features are not kept for later: %s", error)
