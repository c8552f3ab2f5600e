"""The scale of the scores: what real data and noise score under the same protocol."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import final

import torch
from attrs import evolve

from audiogan.data.cache import cache_directory
from audiogan.errors import CheckpointError
from audiogan.evaluation.real_windows import divide_windows, judged_waveforms
from audiogan.evaluation.sampling import noise_waveforms
from audiogan.evaluation.soundness import soundness
from audiogan.files import read_record, write_record
from audiogan.interfaces import Dataset
from audiogan.registry import Registry
from audiogan.report.records import Baseline, ReferenceGroup, ReferenceRecord
from audiogan.run.complaints import data_complaints
from audiogan.run.identity import identity
from audiogan.run.judging import NamedMetric, named_metric
from audiogan.run.scoring import check_best_by, evaluate_all
from audiogan.spec.schema import ExperimentSpec

_SEED = 0


@final
class Judges:
    """Prepared metrics, shared by the experiments that are scored alike on the same data.

    What real windows and noise score is measured once for each such group and kept in ``reference.json``.
    """

    def __init__(
        self,
        path: Path,
        registry: Registry,
        *,
        device: torch.device,
        tell: Callable[[str], None],
        warn: Callable[[str], None],
    ) -> None:
        self._path, self._registry, self._device, self._tell, self._warn = path, registry, device, tell, warn
        self._prepared: dict[str, tuple[NamedMetric, ...]] = {}
        self.seconds_per_window: float | None = None
        """What judging a window took, once real windows were scored in this sitting."""

    def of(self, spec: ExperimentSpec, dataset: Dataset, *, scored_before: bool) -> Sequence[NamedMetric]:
        """The metrics of ``spec``, ready to evaluate. ``scored_before`` says whether its checkpoint knows of scores.

        :raises DataError: the dataset cannot serve one of them.
        :raises SpecError: none of them gives the figure that the best checkpoint is chosen by, or two give one name.
        :raises PluginError: one of them fails by its own mistake.
        :raises CheckpointError: the experiment was scored before by something else, such as another classifier.
        """
        metrics = self._prepared_for(spec, dataset)
        group = _group(spec, dataset, metrics)
        groups = (read_record(self._path, ReferenceRecord) or ReferenceRecord()).groups
        others = _without(spec, [each for each in groups if each.group != group], scored_before=scored_before)
        known = next((each for each in groups if each.group == group), None)
        mine = known or self._measure(spec, dataset, metrics, group)
        _check_best_by(spec, metrics, mine)
        if spec.name not in mine.experiments:
            mine = evolve(mine, experiments=(*mine.experiments, spec.name))
            write_record(self._path, ReferenceRecord((*others, mine)))
        return metrics

    def _prepared_for(self, spec: ExperimentSpec, dataset: Dataset) -> tuple[NamedMetric, ...]:
        key = _group(spec, dataset, ())
        if key not in self._prepared:
            metrics = tuple(named_metric(metric, self._registry) for metric in spec.evaluation.metrics)
            for named in metrics:
                with named.faults():
                    named.metric.prepare(dataset, cache=cache_directory(), device=str(self._device), tell=self._tell)
            self._prepared[key] = metrics
        return self._prepared[key]

    def _measure(
        self, spec: ExperimentSpec, dataset: Dataset, metrics: Sequence[NamedMetric], group: str
    ) -> ReferenceGroup:
        # a classifier knows the windows that it was trained on, so the held-out ones give the honest scale
        windows = divide_windows(dataset)
        count = min(spec.evaluation.final_samples, max(spec.evaluation.samples, len(windows.judged)))
        waveforms = judged_waveforms(windows.judged, count, seed=_SEED)
        count = len(waveforms)
        self._tell(f"scoring {count:,} real windows and as much noise, for the scale of the table")
        for complaint in data_complaints(soundness(waveforms)):
            self._warn(complaint)
        started = time.perf_counter()
        real = evaluate_all(metrics, waveforms)
        for warning in real.warnings():
            self._warn(f"real data: {warning}")
        self.seconds_per_window = (time.perf_counter() - started) / count
        noise = evaluate_all(
            metrics,
            noise_waveforms(count, channels=dataset.channels, window_length=dataset.window_length, seed=_SEED),
        )
        lower_is_better = frozenset[str]().union(*(each.metric.lower_is_better() for each in metrics))
        return ReferenceGroup(
            group=group,
            experiments=(),
            real=Baseline(real.figures, real.intervals, real.left_out),
            noise=Baseline(noise.figures, noise.intervals, noise.left_out),
            samples=count,
            lower_is_better=tuple(sorted(lower_is_better)),
            protocol={**real.protocol, "real_windows": windows.judged_origin, "dataset": dataset.protocol()},
        )


def _without(
    spec: ExperimentSpec, groups: Sequence[ReferenceGroup], *, scored_before: bool
) -> Sequence[ReferenceGroup]:
    """The groups without the experiment, which belongs to another one now."""
    for each in groups:
        if scored_before and spec.name in each.experiments:
            raise CheckpointError(
                f"experiment '{spec.name}' was scored so far by something else than now, such as a classifier that was "
                "trained anew on another number of threads, and the scores of the two do not compare; give back the "
                "cache that it was trained into, or run elsewhere with --output DIR"
            )
    return [evolve(each, experiments=tuple(name for name in each.experiments if name != spec.name)) for each in groups]


def _check_best_by(spec: ExperimentSpec, metrics: Sequence[NamedMetric], group: ReferenceGroup) -> None:
    # a metric that can judge neither real windows nor noise may still give the figure of generated ones
    known = {*group.real.values, *group.noise.values}
    for each in metrics:
        names = each.metric.figure_names()
        if names is None and each.name in group.real.left_out and each.name in group.noise.left_out:
            return
        known.update(names or ())
    check_best_by(spec, known)


def _group(spec: ExperimentSpec, dataset: Dataset, metrics: Sequence[NamedMetric]) -> str:
    keys = ("dataset", "evaluation.metrics", "evaluation.samples", "evaluation.final_samples")
    mine = {key: value for key, value in identity(spec).items() if key.startswith(keys)}
    judges = [each.metric.fingerprint() for each in metrics]
    canonical = json.dumps([dataset.fingerprint(), mine, judges], sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
