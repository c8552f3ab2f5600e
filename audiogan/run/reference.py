"""The scale of the scores: what real data and noise score under the same protocol."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import final

import torch

from audiogan.components import build_metrics
from audiogan.data.cache import cache_directory
from audiogan.evaluation.sampling import noise_waveforms, real_waveforms
from audiogan.interfaces import Dataset, Metric
from audiogan.registry import Registry
from audiogan.run.folder import read_json, write_json
from audiogan.run.identity import identity
from audiogan.run.scoring import check_best_by, complaints_about_data, evaluate_all
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
        self._prepared: dict[str, tuple[Metric, ...]] = {}

    def of(self, spec: ExperimentSpec, dataset: Dataset) -> Sequence[Metric]:
        """The metrics of ``spec``, ready to evaluate.

        :raises DataError: the dataset cannot serve one of them.
        :raises SpecError: none of them gives the figure that the best checkpoint is chosen by.
        """
        group = _group(spec, dataset)
        if group not in self._prepared:
            metrics = build_metrics(spec, self._registry)
            for metric in metrics:
                metric.prepare(dataset, cache=cache_directory(), device=str(self._device), tell=self._tell)
            self._prepared[group] = metrics
        self._measure(group, spec, dataset)
        return self._prepared[group]

    def _measure(self, group: str, spec: ExperimentSpec, dataset: Dataset) -> None:
        groups = read_json(self._path, list) or []
        entry = next((entry for entry in groups if entry["group"] == group), None)
        if entry is None:
            count = min(spec.evaluation.final_samples, max(spec.evaluation.samples, len(dataset)))
            self._tell(f"scoring {count:,} real windows and as much noise, for the scale of the table")
            metrics = self._prepared[group]
            waveforms = real_waveforms(dataset, count, seed=_SEED)
            for complaint in complaints_about_data(waveforms):
                self._warn(complaint)
            real = evaluate_all(metrics, waveforms)
            noise = evaluate_all(
                metrics,
                noise_waveforms(count, channels=dataset.channels, window_length=dataset.window_length, seed=_SEED),
            )
            entry = {
                "group": group,
                "experiments": [],
                "real": dict(real.figures),
                "noise": dict(noise.figures),
                "samples": count,
                "protocol": dict(real.protocol),
            }
            groups.append(entry)
        if spec.name not in entry["experiments"]:
            entry["experiments"].append(spec.name)
            write_json(self._path, groups)
        check_best_by(spec, entry["real"])


def _group(spec: ExperimentSpec, dataset: Dataset) -> str:
    keys = ("dataset", "evaluation.metrics", "evaluation.samples", "evaluation.final_samples")
    mine = {key: value for key, value in identity(spec).items() if key.startswith(keys)}
    canonical = json.dumps([dataset.fingerprint(), mine], sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
