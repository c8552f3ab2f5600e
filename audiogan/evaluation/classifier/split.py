"""Which windows the classifier is trained on, which choose its epoch, and which are held out."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.errors import DataError
from audiogan.evaluation.classifier.features import LabelledFeatures, labelled_features
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.evaluation.progress import Progress, Watch, unwatched
from audiogan.interfaces import Dataset

_HELD_OUT_SHARE = 0.1
_WINDOWS_PER_CLASS = 2


@final
@frozen(eq=False)
class Split:
    """Features to train on, one set for each pass over the dataset, to choose the epoch by, and to test on."""

    passes: tuple[LabelledFeatures, ...]
    validation: LabelledFeatures
    held_out: LabelledFeatures
    origin: str
    """Where the held-out windows come from, in words."""


def split_windows(
    dataset: Dataset,
    network: AudioClassifier,
    options: ClassifierOptions,
    *,
    tell: Callable[[str], None],
    watch: Watch = unwatched,
) -> Split:
    """The dataset against ``dataset.held_out()``, or nine tenths of it against one where that is ``None``.

    Of what is not held out, ``options.validation_share`` is for validation. Both are drawn by the seed. What
    ``options.feature_memory_mib`` cannot hold is left out: passes first, then windows, drawn by the seed as well.

    :raises DataError: there are too few windows, all have one label, or a window cannot be used.
    """
    indices = np.random.default_rng(options.seed).permutation(len(dataset))
    given = dataset.held_out()
    if given is None:
        count = max(1, round(len(dataset) * _HELD_OUT_SHARE))
        held_out_from, held_out_indices, indices = dataset, indices[:count], indices[count:]
        origin = f"{_HELD_OUT_SHARE:.0%} of the windows, by the seed"
    else:
        _check_alike(dataset, given)
        held_out_from, held_out_indices = given, np.random.default_rng(options.seed).permutation(len(given))
        origin = "given by the dataset"
    validation_count = max(1, round(len(indices) * options.validation_share))
    validation_indices, indices = indices[:validation_count], indices[validation_count:]
    limit = _windows_that_fit(network, dataset.window_length, memory_mib=options.feature_memory_mib)
    if len(indices) > limit:
        tell(f"classifier: {limit} of {len(indices)} windows are used, as many as fit in feature_memory_mib")
    turns = max(1, min(options.passes, limit // max(1, len(indices))))
    parts = [(dataset, indices, turn) for turn in range(turns)]
    parts += [(dataset, validation_indices, 0), (held_out_from, held_out_indices, 0)]
    *passes, validation, held_out = _read(parts, network, limit=limit, seed=options.seed, watch=watch)
    split = Split(tuple(passes), validation, held_out, origin)
    _check_windows(split, len(dataset.class_names))
    return split


def _read(
    parts: list[tuple[Dataset, NDArray[np.int64], int]],
    network: AudioClassifier,
    *,
    limit: int,
    seed: int,
    watch: Watch,
) -> list[LabelledFeatures]:
    total = sum(min(limit, len(indices)) for _, indices, _ in parts)
    read, done = [], 0
    for dataset, indices, turn in parts:
        watch(Progress("reading windows", done, total))
        used = np.sort(indices[:limit])
        read.append(labelled_features(dataset, network, used.tolist(), seed=seed, turn=turn))
        done += len(used)
    watch(Progress("reading windows", done, total))
    return read


def _windows_that_fit(network: AudioClassifier, window_length: int, *, memory_mib: int) -> int:
    bytes_a_window = 4 * network.log_mel.frames(window_length) * network.log_mel.n_mels
    return max(1, memory_mib * 2**20 // bytes_a_window)


def check_classes(dataset: Dataset) -> None:
    """Refuses a dataset that no classifier can be made for.

    :raises DataError: it has no labels, or a single class.
    """
    count = len(dataset.class_names)
    if count == 0:
        raise DataError(
            "the dataset has no labels to train a classifier on; give it labels, or give the metric a classifier "
            "trained elsewhere with 'classifier_path'"
        )
    if count == 1:
        raise DataError(
            f"the dataset has the single class {dataset.class_names[0]!r}; an inception score needs at least two, or a "
            "classifier trained elsewhere, given to the metric with 'classifier_path'"
        )


def _check_alike(dataset: Dataset, held_out: Dataset) -> None:
    for name in ("class_names", "sample_rate", "window_length"):
        ours, theirs = getattr(dataset, name), getattr(held_out, name)
        if ours != theirs:
            raise DataError(f"the dataset's held-out part has {name} {theirs!r}, the dataset itself {ours!r}")


def _check_windows(split: Split, class_count: int) -> None:
    fewest = min(len(windows) for windows in split.passes)
    needed = _WINDOWS_PER_CLASS * class_count
    if fewest < needed or len(split.validation) == 0 or len(split.held_out) == 0:
        raise DataError(
            f"{fewest} labelled windows to train the classifier on, {len(split.validation)} for validation and "
            f"{len(split.held_out)} held out: at least {needed}, 1 and 1 are needed for {class_count} classes; use "
            "more recordings or shorter windows"
        )
    if len(set(split.passes[0].labels.tolist())) < 2:
        raise DataError(f"all {fewest} labelled windows have the same label; check how the dataset's labels are read")
