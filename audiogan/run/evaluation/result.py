"""What an evaluation found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, final

from attrs import field, frozen

from audiogan.evaluation.soundness import Soundness
from audiogan.interfaces import MetricResult

Interval = tuple[float, float]


@final
@frozen
class Measured:
    """What the metrics say of one set of waveforms."""

    name: str
    title: str
    samples: int
    soundness: Soundness
    results: Mapping[str, MetricResult]
    """By the metric's name."""
    source: Mapping[str, Any] = field(factory=dict)
    left_out: Mapping[str, str] = field(factory=dict)
    """By metric, why it has no figures of these waveforms."""
    faults: Mapping[str, str] = field(factory=dict)
    """By metric, what it did wrong instead of giving figures."""
    warnings: tuple[str, ...] = ()

    def figure(self, metric: str, name: str) -> tuple[float | None, Interval | None]:
        """A figure and its interval, each ``None`` where there is none."""
        result = self.results.get(metric)
        if result is None:
            return None, None
        return result.figures.get(name), result.intervals.get(name)

    def to_json(self) -> dict[str, Any]:
        """Everything, with null for numbers that are not finite."""
        return {
            "name": self.name,
            "title": self.title,
            "samples": self.samples,
            "figures": {
                name: {"value": value, "interval": result.intervals.get(name)}
                for result in self.results.values()
                for name, value in result.figures.items()
            },
            "soundness": self.soundness.to_json(),
            "source": dict(self.source),
            "left_out": dict(self.left_out),
            "faults": dict(self.faults),
            "warnings": list(self.warnings),
            "protocols": {metric: _protocol_of(metric, result) for metric, result in self.results.items()},
        }


def _protocol_of(metric: str, result: MetricResult) -> dict[str, Any]:
    # a metric may put its protocol under its own name, so that the protocols of several can be merged
    return dict(result.protocol.get(metric, result.protocol))


@final
@frozen
class Comparison:
    """Subjects that were compared with the same dataset by the same metrics, and the scale that it gives."""

    dataset: Mapping[str, Any]
    metrics: Mapping[str, Mapping[str, Any]]
    """The options of the metrics by name."""
    left_out: Mapping[str, str]
    """By metric, why it does not apply to the dataset."""
    real: Measured
    noise: Measured
    subjects: tuple[Measured, ...]
    failed: Mapping[str, str] = field(factory=dict)
    """By subject, why there are no figures of it."""

    @property
    def complete(self) -> bool:
        """Whether every subject has figures, and no metric did wrong."""
        return not self.failed and not any(each.faults for each in (*self.subjects, self.real, self.noise))

    def figures(self) -> tuple[tuple[str, str], ...]:
        """Metric and name of every figure, in the order of the metrics."""
        everything = (*self.subjects, self.real, self.noise)
        return tuple(
            dict.fromkeys(
                (metric, name)
                for metric in self.metrics
                for measured in everything
                if metric in measured.results
                for name in measured.results[metric].figures
            )
        )

    def to_json(self) -> dict[str, Any]:
        """Everything, in terms that JSON can hold."""
        return {
            "dataset": dict(self.dataset),
            "metrics": {name: dict(options) for name, options in self.metrics.items()},
            "left_out": dict(self.left_out),
            "subjects": [measured.to_json() for measured in self.subjects],
            "failed": dict(self.failed),
            "real": self.real.to_json(),
            "noise": self.noise.to_json(),
        }


@final
@frozen
class Evaluation:
    """All comparisons, and where and with what they were made."""

    comparisons: tuple[Comparison, ...]
    environment: Mapping[str, Any]
    level: float = 0.95
    """What the intervals cover, a share of 1."""
    untrained: Mapping[str, str] = field(factory=dict)
    """By experiment of the run, why there is nothing to evaluate."""
    subject: Mapping[str, Any] = field(factory=dict)
    """What was evaluated, by what and against what, as it was asked for."""

    def to_json(self) -> dict[str, Any]:
        """Everything, in terms that strict JSON can hold."""
        document: dict[str, Any] = finite(
            {
                "subject": dict(self.subject),
                "environment": dict(self.environment),
                "interval_level": self.level,
                "comparisons": [comparison.to_json() for comparison in self.comparisons],
                "untrained": dict(self.untrained),
            }
        )
        return document


def finite(value: Any) -> Any:
    """``value`` with null for every number that is not finite, which strict JSON cannot hold.

    >>> finite({"a": [1.5, float("nan")], "b": (2, float("inf"))})
    {'a': [1.5, None], 'b': [2, None]}
    """
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
