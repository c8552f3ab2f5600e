"""Metrics: the inception score."""

from audiogan import Register, hookimpl
from audiogan_metrics.inception_score import InceptionScore, InceptionScoreOptions

__all__ = ["InceptionScore", "InceptionScoreOptions", "register_metrics"]


@hookimpl
def register_metrics(register: Register) -> None:
    """Registers the metrics of this plugin."""
    register("inception-score", InceptionScore)
