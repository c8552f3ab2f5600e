"""What a trained classifier hears in waveforms, computed once and shared by every metric."""

from audiogan.evaluation.features.by_content import classifier_features
from audiogan.evaluation.features.extraction import ClassifierFeatures

__all__ = ["ClassifierFeatures", "classifier_features"]
