"""Metrics: what generated windows are worth, on scales that papers use."""

from audiogan import Register, hookimpl
from audiogan_metrics.checkerboard import Checkerboard, CheckerboardOptions
from audiogan_metrics.frechet_distance import FrechetDistance, FrechetDistanceOptions
from audiogan_metrics.inception_score import InceptionScore, InceptionScoreOptions
from audiogan_metrics.kernel_distance import KernelDistance, KernelDistanceOptions
from audiogan_metrics.ndb import NDB, NDBOptions
from audiogan_metrics.nearest_neighbours import NearestNeighbours, NearestNeighboursOptions
from audiogan_metrics.precision_recall import PrecisionRecall, PrecisionRecallOptions

__all__ = [
    "NDB",
    "Checkerboard",
    "CheckerboardOptions",
    "FrechetDistance",
    "FrechetDistanceOptions",
    "InceptionScore",
    "InceptionScoreOptions",
    "KernelDistance",
    "KernelDistanceOptions",
    "NDBOptions",
    "NearestNeighbours",
    "NearestNeighboursOptions",
    "PrecisionRecall",
    "PrecisionRecallOptions",
    "register_metrics",
]


@hookimpl
def register_metrics(register: Register) -> None:
    """Registers the metrics of this plugin."""
    register("inception-score", InceptionScore)
    register("nearest-neighbours", NearestNeighbours)
    register("frechet-distance", FrechetDistance)
    register("kernel-distance", KernelDistance)
    register("ndb", NDB)
    register("precision-recall", PrecisionRecall)
    register("checkerboard", Checkerboard)
