"""Classifiers by content: the same data, options and code version are trained on once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import attrs

from audiogan.errors import CheckpointError, DataError
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.evaluation.classifier.storage import load_classifier, save_classifier
from audiogan.evaluation.classifier.trained import FORMAT_VERSION, TrainedClassifier
from audiogan.evaluation.classifier.training import train_classifier
from audiogan.interfaces import Dataset


def cached_classifier(
    dataset: Dataset, options: ClassifierOptions, *, cache: Path, device: str, tell: Callable[[str], None]
) -> TrainedClassifier:
    """The classifier trained on ``dataset``, from ``cache`` where it is there intact, else trained and kept there.

    A damaged entry is told of and replaced; a cache that cannot be written is told of and done without.

    :raises DataError, TrainingError: as :func:`train_classifier`.
    """
    folder = classifier_folder(dataset, options, cache)
    if folder.exists():
        try:
            classifier = load_classifier(folder, device=device)
        except CheckpointError as error:
            tell(f"the cached classifier is not usable: {error}; this is being done now")
        else:
            tell(f"classifier from {folder}: {classifier.accuracy_in_words}")
            return classifier
    classifier = train_classifier(dataset, options, device=device, tell=tell)
    try:
        save_classifier(classifier, folder)
    except DataError as error:
        tell(f"the classifier could not be kept ({error}) and is used for this run only")
    return classifier


def classifier_folder(dataset: Dataset, options: ClassifierOptions, cache: Path) -> Path:
    """Where in ``cache`` the classifier is kept once it was trained."""
    return cache / "classifiers" / cache_key(dataset, options)


def cache_key(dataset: Dataset, options: ClassifierOptions) -> str:
    """What the classifier depends on, hashed: the data's content, the options with the seed, the code's version."""
    held_out = dataset.held_out()
    content = {
        "format": FORMAT_VERSION,
        "dataset": dataset.fingerprint(),
        "held_out": None if held_out is None else held_out.fingerprint(),
        "class_names": dataset.class_names,
        "options": attrs.asdict(options),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]
