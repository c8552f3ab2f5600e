"""The folder that a trained classifier goes to: looked at before the training, which may take hours, not after it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from audiogan.data.cache import cache_directory
from audiogan.errors import CheckpointError, DataError
from audiogan.evaluation.classifier.cache import classifier_folder
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.evaluation.classifier.split import check_classes
from audiogan.evaluation.classifier.storage import DESCRIPTION_FILE, WEIGHTS_FILE, load_classifier, save_classifier
from audiogan.evaluation.classifier.trained import TrainedClassifier
from audiogan.interfaces import Dataset

_PROBE_FILE = ".room.partial"


def check_vacant(folder: Path) -> None:
    """Sees that ``folder`` holds no classifier yet.

    :raises DataError: it does; the text says which.
    """
    if not any((folder / name).exists() for name in (DESCRIPTION_FILE, WEIGHTS_FILE)):
        return
    try:
        found = load_classifier(folder, device="cpu")
        described = f"a classifier of {len(found.class_names)} classes, {found.accuracy_in_words}"
    except CheckpointError:
        described = "the files of a classifier that cannot be read"
    raise DataError(f"{folder}: holds {described}; name another folder with --output, or replace it with --overwrite")


def make_room(folder: Path, dataset: Dataset, options: ClassifierOptions) -> None:
    """Makes ``folder``, and sees that a classifier of that size can be written there.

    :raises DataError: it cannot, or the dataset cannot train a classifier.
    """
    check_classes(dataset)
    size = _bytes_of_weights(dataset, options)
    with _write_errors_explained(folder, "name another folder with --output"):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / _PROBE_FILE
        try:
            with probe.open("wb") as file:
                file.write(bytes(size))
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)


def save_or_keep(classifier: TrainedClassifier, folder: Path, dataset: Dataset) -> None:
    """Writes ``classifier`` into ``folder`` or, where that is no longer possible, elsewhere.

    :raises DataError: it is elsewhere, and the text says where, or it could not be written at all.
    """
    with _write_errors_explained(folder, "free space, or name another folder with --output"):
        try:
            save_classifier(classifier, folder)
        except DataError as error:
            kept = _kept_elsewhere(classifier, dataset)
            if kept is None:
                raise
            raise DataError(
                f"{error}; the classifier is in {kept} instead: copy the files there, or give that folder as "
                "classifier_path"
            ) from error


def _kept_elsewhere(classifier: TrainedClassifier, dataset: Dataset) -> Path | None:
    """In the cache, where metrics would look for it, or else among temporary files."""
    temporary = Path(tempfile.gettempdir()) / f"audiogan-classifier-{classifier.content_hash[:12]}"
    for place in (classifier_folder(dataset, classifier.options, cache_directory()), temporary):
        try:
            save_classifier(classifier, place)
        except DataError:
            continue
        return place
    return None


def _bytes_of_weights(dataset: Dataset, options: ClassifierOptions) -> int:
    with torch.random.fork_rng(devices=[]):
        network = AudioClassifier(
            options,
            class_count=len(dataset.class_names),
            sample_rate=dataset.sample_rate,
            window_length=dataset.window_length,
        )
    return len(TrainedClassifier(network, options, dataset.class_names, None, {}).weights())


@contextmanager
def _write_errors_explained(folder: Path, way_out: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror}); {way_out}") from error
