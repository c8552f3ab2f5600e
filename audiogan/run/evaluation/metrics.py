"""Which metrics apply to a dataset, with which options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from audiogan.build import build
from audiogan.data.cache import cache_directory
from audiogan.errors import DataError
from audiogan.interfaces import Dataset, Metric
from audiogan.registry import Registry
from audiogan.spec import ComponentSpec, ExperimentSpec

_CLASSIFIER_PATH = "classifier_path"
_CLASSIFIER_OPTIONS = ("classifier", _CLASSIFIER_PATH)


@frozen(eq=False)
class PreparedMetrics:
    """Metrics by name, ready to evaluate, and why each of the others does not apply."""

    specs: Mapping[str, ComponentSpec]
    metrics: Mapping[str, Metric]
    left_out: Mapping[str, str]

    def options(self) -> dict[str, dict[str, Any]]:
        """The options of the metrics by name, in terms that JSON can hold."""
        return {
            name: attrs.asdict(self.specs[name].options) if attrs.has(type(self.specs[name].options)) else {}
            for name in self.metrics
        }


def metric_specs(
    named: Sequence[str], *, own: ExperimentSpec | None, classifier: Path | None, registry: Registry
) -> tuple[ComponentSpec, ...]:
    """The metrics of those names, or all that are installed where none is named.

    A metric that the experiment ``own`` lists has the options that it has there. The others have their defaults, but
    listen through the experiment's classifier where they listen through one. The folder ``classifier`` is set before
    all that.

    :raises PluginError: no metric of a name is installed.
    """
    listed = {} if own is None else {spec.type: spec for spec in own.evaluation.metrics}
    shared = _shared_classifier(listed.values())
    specs = []
    for name in dict.fromkeys(named or registry.names("metric")):
        spec = listed.get(name) or ComponentSpec(name, _default_options(registry.options_class("metric", name), shared))
        if classifier is not None and _listens(spec.options):
            spec = attrs.evolve(spec, options=attrs.evolve(spec.options, classifier_path=str(classifier)))
        specs.append(spec)
    return tuple(specs)


def prepared_metrics(
    specs: Sequence[ComponentSpec],
    dataset: Dataset,
    *,
    samples: int,
    named: bool,
    classifier: Path | None,
    device: str,
    registry: Registry,
    tell: Callable[[str], None],
) -> PreparedMetrics:
    """Those of ``specs`` that ``dataset`` can serve, prepared for it.

    One that cannot be used, or that needs more than ``samples`` waveforms, is left out with the reason, unless the
    metrics were ``named`` or it does not fit the folder ``classifier`` that was given.

    :raises DataError: such a metric cannot be used, or none is left.
    :raises SpecError: the options of a metric are wrong.
    """
    metrics: dict[str, Metric] = {}
    left_out: dict[str, str] = {}
    # all are checked before the first is prepared, which may take long
    for spec in specs:
        metric: Metric = build("metric", spec, registry)
        try:
            metric.check(dataset)
        except DataError as error:
            if named or (classifier is not None and _listens(spec.options)):
                raise
            left_out[spec.type] = str(error)
            continue
        try:
            check_samples(spec.type, metric, samples)
        except DataError as error:
            if named:
                raise
            left_out[spec.type] = str(error)
            continue
        metrics[spec.type] = metric
    for name, metric in tuple(metrics.items()):
        try:
            metric.prepare(dataset, cache=cache_directory(), device=device, tell=tell)
            check_samples(name, metric, samples)
        except DataError as error:
            if named:
                raise
            left_out[name] = str(error)
            del metrics[name]
    if not metrics:
        reasons = "".join(f"\n  {name}: {reason}" for name, reason in left_out.items())
        raise DataError(f"no metric can be used:{reasons}")
    for name, reason in left_out.items():
        tell(f"{name} is left out: {reason}")
    return PreparedMetrics({spec.type: spec for spec in specs}, metrics, left_out)


def check_samples(name: str, metric: Metric, samples: int) -> None:
    """Refuses too few samples.

    :raises DataError: ``metric`` needs more than ``samples``; the text says how many.
    """
    needed = metric.minimum_samples()
    if samples < needed:
        raise DataError(f"metric '{name}' needs at least {needed:,} windows, and there are {samples:,}")


def _default_options(options_class: type[Any], shared: Mapping[str, Any]) -> Any:
    return options_class(**{name: value for name, value in shared.items() if name in attrs.fields_dict(options_class)})


def _shared_classifier(listed: Iterable[ComponentSpec]) -> dict[str, Any]:
    for spec in listed:
        if _listens(spec.options):
            return {name: getattr(spec.options, name) for name in _CLASSIFIER_OPTIONS}
    return {}


def _listens(options: Any) -> bool:
    return all(name in attrs.fields_dict(type(options)) for name in _CLASSIFIER_OPTIONS)
