"""Metrics asked one by one: what one of them cannot judge costs its own figures and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from numbers import Real
from typing import Any, final

from attrs import frozen
from torch import Tensor

from audiogan.build import build
from audiogan.errors import AudioganError, DataError, PluginError
from audiogan.interfaces import Metric, MetricResult
from audiogan.options import quoted_alternatives
from audiogan.registry import Registry
from audiogan.shortage import memory_shortage
from audiogan.spec.schema import ComponentSpec


@final
@frozen(eq=False)
class NamedMetric:
    """A metric, the name that it is installed by, and the distribution that answers for it."""

    name: str
    distribution: str
    metric: Metric

    def judge(self, waveforms: Tensor) -> MetricResult:
        """The figures of waveforms ``[N, channels, window_length]``.

        :raises DataError: they are too few for the metric, or too many for memory, or it cannot judge such waveforms.
        :raises PluginError: the metric fails, or gives what is no result.
        """
        check_samples(self.name, self.metric, len(waveforms))
        with self.faults():
            return _checked(self.metric.evaluate(waveforms))

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Names the metric and its distribution where the block raises what only a mistake of the metric can.

        :raises DataError: the block lacks memory.
        :raises PluginError: it fails in any other way.
        """
        try:
            yield
        except AudioganError:
            raise
        except Exception as error:
            shortage = memory_shortage(error)
            if shortage is not None:
                raise DataError(
                    f"metric '{self.name}' does not fit into memory: lower the number of windows, or what its options "
                    f"ask for ({shortage})"
                ) from error
            raise PluginError(
                f"metric '{self.name}' of {self.distribution} fails: {type(error).__name__}: {error}; leave it out, or "
                "tell its authors"
            ) from error


def named_metric(spec: ComponentSpec, registry: Registry) -> NamedMetric:
    """The metric that ``spec`` describes, not yet prepared.

    :raises PluginError: no metric of that name is installed.
    :raises SpecError: its options do not go together.
    """
    return NamedMetric(spec.type, str(registry.find("metric", spec.type).plugin), build("metric", spec, registry))


def check_samples(name: str, metric: Metric, samples: int) -> None:
    """Refuses too few samples.

    :raises DataError: ``metric`` needs more than ``samples``; the text says how many, and by which options fewer.
    """
    needed = metric.minimum_samples()
    if samples < needed:
        options = quoted_alternatives(metric.minimum_samples_options())
        way_out = f": raise their number, or have the metric ask for fewer by its {options}" if options else ""
        raise DataError(f"metric '{name}' needs at least {needed:,} windows, and there are {samples:,}{way_out}")


def figure_clash(figures: Iterable[tuple[str, Iterable[str]]]) -> str | None:
    """Which two metrics give figures of one name; ``None`` where all names differ. ``figures`` are names by metric.

    >>> figure_clash([("loudness", ["level"]), ("volume", ["peak", "level"])])
    "metrics 'loudness' and 'volume' both give the figure 'level'; leave one of them out"
    """
    owners: dict[str, str] = {}
    for metric, names in figures:
        for name in names:
            if name in owners:
                return f"metrics '{owners[name]}' and '{metric}' both give the figure '{name}'; leave one of them out"
            owners[name] = metric
    return None


def _checked(result: Any) -> MetricResult:
    if not isinstance(result, MetricResult):
        raise TypeError(f"evaluate() gives {type(result).__name__}, not a MetricResult")
    figures = {str(name): _number(f"figure '{name}'", value) for name, value in result.figures.items()}
    json.dumps(result.protocol)
    return MetricResult(figures, dict(result.protocol), _intervals(result.intervals))


def _intervals(intervals: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    checked = {}
    for name, (low, high) in intervals.items():
        subject = f"interval of '{name}'"
        checked[str(name)] = (_number(subject, low), _number(subject, high))
    return checked


def _number(subject: str, value: Any) -> float:
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{subject} is {value!r}, not a number")
    return float(value)
