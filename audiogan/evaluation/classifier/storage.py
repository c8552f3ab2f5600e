"""A trained classifier as a folder: ``classifier.json``, ``classifier.safetensors``, ``confusion.csv`` to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load

from audiogan.errors import CheckpointError, DataError
from audiogan.evaluation.classifier.confusion import ConfusionMatrix, confusion_csv
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.evaluation.classifier.trained import FORMAT_VERSION, TrainedClassifier, hash_content
from audiogan.files import read_json, write_bytes, write_json

DESCRIPTION_FILE = "classifier.json"
WEIGHTS_FILE = "classifier.safetensors"
CONFUSION_FILE = "confusion.csv"


def save_classifier(classifier: TrainedClassifier, folder: Path) -> None:
    """Writes the classifier into ``folder``, which is made if need be.

    The description, which carries the hash of both files, is put in place last: a write that is cut off leaves a
    folder that :func:`load_classifier` refuses, never one that it misreads.

    :raises DataError: the folder cannot be written.
    """
    description = {"content_hash": classifier.content_hash, **classifier.description()}
    write_bytes(folder / WEIGHTS_FILE, classifier.weights())
    if classifier.confusion is None:
        (folder / CONFUSION_FILE).unlink(missing_ok=True)
    else:
        write_bytes(folder / CONFUSION_FILE, confusion_csv(classifier.confusion).encode())
    write_json(folder / DESCRIPTION_FILE, description)


def load_classifier(folder: Path, *, device: str) -> TrainedClassifier:
    """The classifier that :func:`save_classifier` wrote, on ``device``, in evaluation mode.

    :raises CheckpointError: a file is missing or damaged, or another version of the format.
    """
    description = _read_description(folder / DESCRIPTION_FILE)
    stated_hash = description.pop("content_hash", None)
    if description.get("format") != FORMAT_VERSION:
        raise CheckpointError(
            f"{folder / DESCRIPTION_FILE}: format {description.get('format')!r} is not {FORMAT_VERSION}, the one this "
            "version reads; train the classifier again"
        )
    weights = _read(folder / WEIGHTS_FILE)
    if hash_content(description, weights) != stated_hash:
        raise CheckpointError(
            f"{folder}: {DESCRIPTION_FILE} and {WEIGHTS_FILE} do not have the content hash {stated_hash!r} stated "
            "there: one of them is damaged or was edited; train the classifier again"
        )
    try:
        options = ClassifierOptions(**description["options"])
        class_names = tuple(description["class_names"])
        network = AudioClassifier(
            options,
            class_count=len(class_names),
            sample_rate=description["sample_rate"],
            window_length=description["window_length"],
        )
        network.load_state_dict(load(weights))
        confusion, protocol = _confusion(class_names, description["confusion"]), description["protocol"]
    except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError, DataError) as error:
        raise CheckpointError(f"{folder}: not a classifier ({error}); train the classifier again") from error
    return TrainedClassifier(network.to(device).eval(), options, class_names, confusion, protocol)


def _confusion(class_names: tuple[str, ...], counts: Any) -> ConfusionMatrix | None:
    return None if counts is None else ConfusionMatrix(class_names, tuple(map(tuple, counts)))


def _read_description(path: Path) -> dict[str, Any]:
    try:
        description = read_json(path)
    except DataError as error:
        raise CheckpointError(f"{error}; train the classifier again") from error
    if description is None:
        raise CheckpointError(
            f"{path}: cannot be read (No such file); give the folder that 'audiogan train-classifier' wrote"
        )
    if not isinstance(description, dict):
        raise CheckpointError(f"{path}: holds no JSON object; train the classifier again")
    return description


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointError(
            f"{path}: cannot be read ({error.strerror}); give the folder that 'audiogan train-classifier' wrote"
        ) from error
