"""What a run will take, rehearsed and measured where it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

import torch
from attrs import field, frozen

from audiogan.errors import AudioganError, PluginError
from audiogan.registry import Registry
from audiogan.registry.blame import plugin_fault
from audiogan.run.folder import RunFolder
from audiogan.spec.schema import ExperimentSpec
from audiogan.training.components import Components, build_components
from audiogan.training.device import resolve_device
from audiogan.training.measure import StepCost, measure_step, shortage_in_words
from audiogan.training.observer import Observer
from audiogan.training.rehearsal import Rehearsal
from audiogan.training.state import steps_in_budget
from audiogan.training.stop import StopSignal
from audiogan.training.threads import cpu_threads


@final
@frozen
class Plan:
    """What is known of each experiment before the first of them is trained."""

    totals: dict[str, int | None] = field(factory=dict)
    """Its steps, where they can be known."""
    faults: dict[str, PluginError] = field(factory=dict)
    """Why it cannot be trained, where a plugin of it fails."""


def plan(
    unfinished: Sequence[ExperimentSpec],
    built: Mapping[str, Components],
    folder: RunFolder,
    registry: Registry,
    observer: Observer,
    stop: StopSignal,
) -> Plan:
    """Rehearses each experiment, measures a step of it and says what is ahead.

    :raises AudioganError: a step of an experiment does not fit into memory, or its losses leave a network alone.
    :raises Interrupted: a stop was requested.
    """
    found = Plan()
    costs: list[tuple[str, StepCost, int | None]] = []
    for spec in unfinished:
        observer.info(f"measuring a step of {spec.name}")
        found.totals[spec.name] = None
        try:
            with stop.interruptible(), cpu_threads(spec.training.threads):
                components = built.get(spec.name) or build_components(spec, registry)
                device = resolve_device(spec.training.device)
                with shortage_in_words(spec.training):
                    Rehearsal(components, registry, device).of_networks()
                    cost = measure_step(components, spec.training, device=device)
                components.to(torch.device("cpu"))
        except PluginError as error:
            found.faults[spec.name] = error
            continue
        except AudioganError as error:
            raise AudioganError(f"experiment '{spec.name}': {error}") from error
        except Exception as error:
            found.faults[spec.name] = plugin_fault(registry, error)
            found.faults[spec.name].__cause__ = error
            continue
        if cost.cold:
            observer.info(f"{spec.name}: so long a step was measured once only, cold; the others may be faster")
        total = found.totals[spec.name] = steps_in_budget(spec.training, len(components.dataset), cost.seconds)
        left = None if total is None else max(0, total - folder.experiment(spec.name).steps_done())
        costs.append((spec.name, cost, left))
    if costs:
        observer.plan(costs)
    return found
