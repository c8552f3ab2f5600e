"""What the experiments of a file would stumble over, found before the first of them is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, final

import numpy as np
from attrs import frozen

from audiogan.build import build
from audiogan.data.damage import window_or_damage
from audiogan.errors import AudioganError, OptionError, Problem, SpecError
from audiogan.interfaces import Dataset
from audiogan.options import quoted_alternatives
from audiogan.registry import Registry
from audiogan.registry.blame import plugin_fault
from audiogan.run.judging import figure_clash, named_metric
from audiogan.run.scoring import no_such_figure
from audiogan.run.scoring_cost import too_large_scorings
from audiogan.spec.problems import as_error
from audiogan.spec.schema import ComponentSpec, ExperimentFile, ExperimentSpec, OptimizerSpec
from audiogan.spec.toml import KeyPath
from audiogan.system_memory import available_memory
from audiogan.training.components import Components, RefusedComponentsError, build_components
from audiogan.training.device import resolve_device
from audiogan.training.optimizers import build_optimizer, refusals
from audiogan.training.threads import cpu_threads


def check_experiments(
    file: ExperimentFile, chosen: Sequence[ExperimentSpec], registry: Registry
) -> dict[str, Components]:
    """Builds every part of the ``chosen`` experiments of ``file`` and reads a window, but trains nothing.

    Returns what was built, by experiment, as far as a quarter of the memory holds it.

    :raises SpecError: something cannot be; the text lists all of it, with file, line, key and value.
    """
    checker = _Checker(registry)
    experiments_with: dict[Problem, list[str]] = {}
    for spec in chosen:
        findings = checker.findings(spec)
        problems = {file.sources.problem(spec.name, finding.path, finding.message): None for finding in findings}
        for problem in problems:
            experiments_with.setdefault(problem, []).append(spec.name)
    if experiments_with:
        named = (
            problem if len(names) == len(chosen) else _naming(problem, names)
            for problem, names in experiments_with.items()
        )
        raise as_error(named, subject=file.sources.subject)
    return checker.built


def _naming(problem: Problem, experiments: Sequence[str]) -> Problem:
    names = ", ".join(f"'{name}'" for name in experiments)
    noun = "experiment" if len(experiments) == 1 else "experiments"
    return problem._replace(message=f"{noun} {names}: {problem.message}")


@final
@frozen
class _Finding:
    path: KeyPath
    message: str


@final
class _Checker:
    """Opens each dataset once, however many experiments share it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._datasets: list[tuple[ComponentSpec, Dataset | AudioganError]] = []
        self.built: dict[str, Components] = {}
        available = available_memory()
        self._room = None if available is None else available // 4

    def findings(self, spec: ExperimentSpec) -> Iterator[_Finding]:
        """What is wrong with one experiment, in the order in which it would stumble."""
        networks: dict[str, Any] = {}
        try:
            with cpu_threads(spec.training.threads):
                components = build_components(spec, self._registry, open_dataset=self._dataset)
        except RefusedComponentsError as error:
            for refusal in error.refusals:
                yield _refusal(refusal.kind, refusal.spec, refusal.error, path=refusal.path)
        else:
            self._keep(spec.name, components)
            networks = {"generator": components.generator, "discriminator": components.discriminator}
        yield from self._optimizers(spec, networks)
        try:
            dataset = self._dataset(spec.dataset)
        except AudioganError:
            yield from self._evaluation(spec, None)
        else:
            yield from self._evaluation(spec, dataset)

    def _keep(self, name: str, components: Components) -> None:
        # of a long file only what leaves memory for training; the others are built a second time when it is their turn
        size = components.memory()
        if self._room is None or size <= self._room:
            self.built[name] = components
            self._room = None if self._room is None else self._room - size

    def _dataset(self, spec: ComponentSpec) -> Dataset:
        known = next((built for other, built in self._datasets if other == spec), None)
        if known is None:
            try:
                known = self._opened(spec)
            except AudioganError as error:
                known = error
            self._datasets.append((spec, known))
        if isinstance(known, AudioganError):
            raise known
        return known

    def _opened(self, spec: ComponentSpec) -> Dataset:
        dataset: Dataset = build("dataset", spec, self._registry)
        if len(dataset) == 0:
            raise SpecError(f"dataset '{spec.type}' has no windows: check its files")
        try:
            window_or_damage(dataset, 0, rng=np.random.default_rng(0))
        except AudioganError:
            raise
        except Exception as error:
            raise plugin_fault(self._registry, error, asked=type(dataset), doing="at window 0") from error
        return dataset

    def _optimizers(self, spec: ExperimentSpec, networks: dict[str, Any]) -> Iterator[_Finding]:
        try:
            device = resolve_device(spec.training.device)
        except AudioganError as error:
            yield _Finding(("training", "device"), str(error))
            return
        seen: set[str] = set()
        for kind in ("generator", "discriminator"):
            own: OptimizerSpec | None = getattr(spec.training, f"{kind}_optimizer")
            optimizer = own or spec.training.optimizer
            key = f"{kind}_optimizer" if own else "optimizer"
            if optimizer is None or key in seen:
                continue
            path = ("training", key)
            refused = refusals(optimizer, device, self._registry)
            yield from (_Finding((*path, argument) if argument else path, message) for argument, message in refused)
            if refused:
                seen.add(key)
            elif kind in networks:
                try:
                    build_optimizer(
                        optimizer, networks[kind].parameters(), where=".".join(path), registry=self._registry
                    )
                except AudioganError as error:
                    yield _Finding(path, str(error).removeprefix(f"{'.'.join(path)}: "))

    def _evaluation(self, spec: ExperimentSpec, dataset: Dataset | None) -> Iterator[_Finding]:
        evaluation = spec.evaluation
        figures: list[str] | None = []
        named: list[tuple[str, tuple[str, ...]]] = []
        for index, metric_spec in enumerate(evaluation.metrics):
            path = ("evaluation", "metrics", index)
            try:
                each = named_metric(metric_spec, self._registry)
                metric = each.metric
                if dataset is not None:
                    with each.faults():
                        metric.check(dataset)
            except AudioganError as error:
                figures = None
                yield _refusal("metric", metric_spec, error, path=path)
                continue
            names = metric.figure_names()
            named.append((metric_spec.type, names or ()))
            figures = None if names is None or figures is None else [*figures, *names]
            for key in ("samples", "final_samples"):
                if getattr(evaluation, key) < metric.minimum_samples():
                    fewest = f"metric '{metric_spec.type}' needs at least {metric.minimum_samples()} samples"
                    options = quoted_alternatives(metric.minimum_samples_options()) or "own options"
                    yield _Finding(("evaluation", key), f"{fewest}; raise this, or see to the metric's {options}")
        if dataset is not None:
            too_large = too_large_scorings(evaluation, dataset)
            yield from (_Finding(("evaluation", key), message) for key, message in too_large.items())
        clash = figure_clash(named)
        if clash is not None:
            yield _Finding(("evaluation", "metrics"), clash)
        if figures is not None and evaluation.best_by not in figures:
            yield _Finding(("evaluation", "best_by"), no_such_figure(evaluation.best_by, figures))


def _refusal(kind: str, spec: ComponentSpec, error: AudioganError, *, path: KeyPath = ()) -> _Finding:
    path = path or (kind,)
    problem = error.problems[0] if isinstance(error, SpecError) and error.problems else None
    if problem is not None:
        return _Finding((*path, *problem.key.split(".")), problem.message)
    if isinstance(error, OptionError):
        return _Finding((*path, *error.option.split(".")), error.message)
    subject = f"{kind} '{spec.type}'"
    message = str(error)
    return _Finding(path, message if message.startswith(subject) else f"{subject}: {message}")
