"""Which classifier a metric listens through: the options that all such metrics share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from weakref import WeakValueDictionary

from attrs import frozen

from audiogan.errors import DataError
from audiogan.evaluation.classifier.cache import cache_key, cached_classifier
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.evaluation.classifier.split import check_classes
from audiogan.evaluation.classifier.storage import load_classifier
from audiogan.evaluation.classifier.trained import TrainedClassifier
from audiogan.interfaces import Dataset
from audiogan.options import option

# As long as a metric holds a classifier, others that choose alike are given the same one: it is trained or read once.
_in_use: WeakValueDictionary[tuple[str, ...], TrainedClassifier] = WeakValueDictionary()


@frozen(kw_only=True)
class ClassifierChoice:
    """The options of a metric that listens through a classifier begin with these."""

    classifier: ClassifierOptions = option(
        factory=ClassifierOptions, help="the classifier trained on the dataset's labels, kept for later runs"
    )
    classifier_path: str | None = option(
        default=None, help="folder written by 'audiogan train-classifier', used instead of training one"
    )

    @property
    def folder(self) -> Path | None:
        """The folder of the given classifier, ``None`` where one is to be trained."""
        return None if self.classifier_path is None else Path(self.classifier_path).expanduser()


def check_choice(choice: ClassifierChoice, dataset: Dataset) -> ClassifierOptions:
    """Sees that there are labels to train a classifier on, or one at ``classifier_path`` that fits.

    Gives the options of the classifier that :func:`chosen_classifier` will give.

    :raises DataError: the dataset has no labels or a single class, or does not fit the given classifier.
    :raises CheckpointError: there is no intact classifier at ``classifier_path``.
    """
    if choice.folder is None:
        check_classes(dataset)
        return choice.classifier
    return _given_classifier(choice.folder, dataset, device="cpu").options


def chosen_classifier(
    choice: ClassifierChoice, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]
) -> TrainedClassifier:
    """The classifier trained on ``dataset``, now or earlier, or the one at ``classifier_path``.

    Metrics that choose alike are given the same object while any of them holds it.

    :raises DataError: the dataset has no labels, too few windows, or does not fit the given classifier.
    :raises CheckpointError: there is no intact classifier at ``classifier_path``.
    """
    folder = choice.folder
    if folder is None:
        key = ("trained", cache_key(dataset, choice.classifier), str(cache), device)
        classifier = _in_use.get(key)
        if classifier is None:
            classifier = cached_classifier(dataset, choice.classifier, cache=cache, device=device, tell=tell)
            _in_use[key] = classifier
        return classifier
    given = _given_classifier(folder, dataset, device=device)
    classifier = _in_use.setdefault(("given", given.content_hash, device), given)
    if classifier is given:
        tell(f"classifier from {folder}: {given.accuracy_in_words}")
    return classifier


def _given_classifier(folder: Path, dataset: Dataset, *, device: str) -> TrainedClassifier:
    classifier = load_classifier(folder, device=device)
    for name in ("sample_rate", "window_length"):
        ours, theirs = getattr(dataset, name), getattr(classifier.network, name)
        if ours != theirs:
            raise DataError(
                f"{folder}: the classifier was trained for {name} {theirs}, the dataset has {ours}; train one on "
                "this dataset's settings with 'audiogan train-classifier'"
            )
    return classifier
