"""What a run will take, measured where it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from audiogan.errors import AudioganError
from audiogan.registry import Registry
from audiogan.run.folder import RunFolder
from audiogan.spec.schema import ExperimentSpec
from audiogan.training.components import build_components
from audiogan.training.device import resolve_device
from audiogan.training.measure import StepCost, measure_step
from audiogan.training.observer import Observer
from audiogan.training.state import steps_in_budget
from audiogan.training.stop import StopSignal
from audiogan.training.threads import cpu_threads


def plan(
    unfinished: Sequence[ExperimentSpec], folder: RunFolder, registry: Registry, observer: Observer, stop: StopSignal
) -> dict[str, int | None]:
    """Measures a step of each experiment and tells what is ahead; returns their steps where they can be known.

    :raises AudioganError: an experiment cannot be built, or a step of it does not fit into memory.
    :raises Interrupted: a stop was requested.
    """
    totals: dict[str, int | None] = {}
    costs: list[tuple[str, StepCost, int | None]] = []
    for spec in unfinished:
        observer.tell(f"measuring a step of {spec.name}")
        with stop.interruptible(), _named(spec), cpu_threads(spec.training.threads):
            components = build_components(spec, registry)
            cost = measure_step(components, spec.training, device=resolve_device(spec.training.device))
        if cost.cold:
            observer.tell(f"{spec.name}: so long a step was measured once only, cold; the others may be faster")
        total = totals[spec.name] = steps_in_budget(spec.training, len(components.dataset), cost.seconds)
        left = None if total is None else max(0, total - folder.experiment(spec.name).steps_done())
        costs.append((spec.name, cost, left))
    if costs:
        observer.plan(costs)
    return totals


@contextmanager
def _named(spec: ExperimentSpec) -> Iterator[None]:
    try:
        yield
    except AudioganError as error:
        raise type(error)(f"experiment '{spec.name}': {error}") from error
