"""The classifier behind the inception score: its network, its training, and its keeping."""

from audiogan.evaluation.classifier.cache import cached_classifier
from audiogan.evaluation.classifier.confusion import ConfusionMatrix
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.evaluation.classifier.storage import load_classifier, save_classifier
from audiogan.evaluation.classifier.trained import TrainedClassifier
from audiogan.evaluation.classifier.training import train_classifier

__all__ = [
    "AudioClassifier",
    "ClassifierOptions",
    "ConfusionMatrix",
    "TrainedClassifier",
    "cached_classifier",
    "load_classifier",
    "save_classifier",
    "train_classifier",
]
