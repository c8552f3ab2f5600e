"""Which metrics apply to a dataset, with which options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, final

import attrs
from attrs import frozen

from audiogan.data.cache import cache_directory
from audiogan.errors import DataError, PluginError, SpecError, suggest
from audiogan.interfaces import Dataset
from audiogan.registry import Registry
from audiogan.run.evaluation.classifier_cost import tell_classifier_cost
from audiogan.run.judging import NamedMetric, check_samples, figure_clash, named_metric
from audiogan.spec import ComponentSpec, structure_options
from audiogan.spec.layers import parse_assignment

_CLASSIFIER_PATH = "classifier_path"
_CLASSIFIER_OPTIONS = ("classifier", _CLASSIFIER_PATH)


@final
@frozen(eq=False)
class PreparedMetrics:
    """Metrics by name, ready to evaluate, and why each of the others does not apply."""

    specs: Mapping[str, ComponentSpec]
    metrics: Mapping[str, NamedMetric]
    left_out: Mapping[str, str]

    def options(self) -> dict[str, dict[str, Any]]:
        """The options of the metrics by name, in terms that JSON can hold."""
        return {
            name: attrs.asdict(self.specs[name].options) if attrs.has(type(self.specs[name].options)) else {}
            for name in self.metrics
        }


def metric_specs(
    named: Sequence[str],
    *,
    listed: Sequence[ComponentSpec],
    options: Sequence[str] = (),
    classifier: Path | None,
    registry: Registry,
) -> tuple[ComponentSpec, ...]:
    """The metrics of those names, or all that are installed where none is named.

    A metric that is ``listed`` in an experiment has the options that it has there. The others have their defaults, but
    listen through the listed ones' classifier where they listen through one. ``options`` (``name.key=value``) and the
    folder ``classifier`` are set before all that.

    :raises PluginError: no metric of a name is installed.
    :raises SpecError: an option cannot be set.
    """
    by_name = {spec.type: spec for spec in listed}
    shared = _shared_classifier(listed)
    changes = _changes(options)
    specs = []
    for name in dict.fromkeys(named or registry.names("metric")):
        options_class = registry.options_class("metric", name)
        spec = by_name.get(name) or ComponentSpec(name, _default_options(options_class, shared))
        if name in changes:
            raw = _merged(_plain(spec.options), changes[name])
            changed = structure_options(options_class, raw, where=f"--metric-set: metric '{name}'")
            spec = attrs.evolve(spec, options=changed)
        if classifier is not None and _listens(spec.options):
            spec = attrs.evolve(spec, options=attrs.evolve(spec.options, classifier_path=str(classifier)))
        specs.append(spec)
    used = [spec.type for spec in specs]
    for name in changes:
        if name not in used:
            raise SpecError(f"--metric-set {name}: no such metric is used{suggest(name, used, label='metrics')}")
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
    :raises PluginError: a metric that was named fails by its own mistake.
    :raises SpecError: the options of a metric are wrong, or two give figures of one name.
    """
    metrics: dict[str, NamedMetric] = {}
    left_out: dict[str, str] = {}
    # all are checked before the first is prepared, which may take long
    for spec in specs:
        each = named_metric(spec, registry)
        try:
            with each.faults():
                each.metric.check(dataset)
        except (DataError, PluginError) as error:
            if named or (classifier is not None and _listens(spec.options)):
                raise type(error)(_by_this_command(error)) from error
            left_out[spec.type] = _by_this_command(error)
            continue
        try:
            check_samples(spec.type, each.metric, samples)
        except DataError as error:
            if named:
                raise
            left_out[spec.type] = str(error)
            continue
        metrics[spec.type] = each
    clash = figure_clash((name, each.metric.figure_names() or ()) for name, each in metrics.items())
    if clash is not None:
        raise SpecError(f"{clash}: name those to use with --metric")
    tell_classifier_cost(
        [spec for spec in specs if spec.type in metrics], dataset, cache=cache_directory(), device=device, tell=tell
    )
    for name, each in tuple(metrics.items()):
        try:
            with each.faults():
                each.metric.prepare(dataset, cache=cache_directory(), device=device, tell=tell)
            check_samples(name, each.metric, samples)
        except (DataError, PluginError) as error:
            if named:
                raise type(error)(_by_this_command(error)) from error
            left_out[name] = _by_this_command(error)
            del metrics[name]
    if not metrics:
        reasons = "".join(f"\n  {name}: {reason}" for name, reason in left_out.items())
        raise DataError(f"no metric can be used:{reasons}")
    for name, reason in left_out.items():
        tell(f"{name} is left out: {reason}")
    return PreparedMetrics({spec.type: spec for spec in specs}, metrics, left_out)


def _by_this_command(error: Exception) -> str:
    # metrics name their option, which an experiment file has and a command line has not
    return str(error).replace(f"'{_CLASSIFIER_PATH}'", "--classifier")


def _changes(arguments: Sequence[str]) -> dict[str, dict[str, Any]]:
    changes: dict[str, dict[str, Any]] = {}
    for argument in arguments:
        try:
            (name, *keys), node = parse_assignment(argument)
            value: Any = node if node.text is not None else node.plain()
        except ValueError:
            name, keys, value = "", [], None
        if not keys:
            raise SpecError(
                f"--metric-set {argument}: must have the form NAME.KEY=VALUE, such as inception-score.splits=5"
            )
        for key in reversed(keys):
            value = {key: value}
        changes[name] = _merged(changes.get(name, {}), value)
    return changes


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both_tables = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both_tables else value
    return merged


def _plain(options: Any) -> dict[str, Any]:
    """Options as an experiment file would hold them, which knows no ``None``."""
    if not attrs.has(type(options)):
        return {}
    return attrs.asdict(
        options,
        filter=lambda _, value: value is not None,
        value_serializer=lambda _, __, value: list(value) if isinstance(value, tuple) else value,
    )


def _default_options(options_class: type[Any], shared: Mapping[str, Any]) -> Any:
    return options_class(**{name: value for name, value in shared.items() if name in attrs.fields_dict(options_class)})


def _shared_classifier(listed: Iterable[ComponentSpec]) -> dict[str, Any]:
    for spec in listed:
        if _listens(spec.options):
            return {name: getattr(spec.options, name) for name in _CLASSIFIER_OPTIONS}
    return {}


def _listens(options: Any) -> bool:
    return all(name in attrs.fields_dict(type(options)) for name in _CLASSIFIER_OPTIONS)
