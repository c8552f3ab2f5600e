"""What the scorings of an experiment will take, told before they begin."""

from __future__ import annotations

import math
import time

import torch

from audiogan.errors import DataError
from audiogan.evaluation.sampling import generate_waveforms
from audiogan.evaluation.window_memory import check_windows_fit
from audiogan.interfaces import Dataset, DataSpec
from audiogan.spec.schema import EvaluationSpec, ExperimentSpec
from audiogan.system_memory import installed_memory
from audiogan.training.components import Components
from audiogan.training.state import steps_in_budget


def scorings_ahead(evaluation: EvaluationSpec, *, steps: int, epochs: float) -> int:
    """How many scorings fall due in ``steps`` generator updates, which take ``epochs``; one always ends a training.

    >>> scorings_ahead(EvaluationSpec(every_steps=40), steps=120, epochs=4.5)
    3
    >>> scorings_ahead(EvaluationSpec(), steps=120, epochs=4.5)
    5
    """
    if evaluation.every_steps is not None:
        return math.ceil(steps / evaluation.every_steps)
    return math.ceil(epochs / (evaluation.every_epochs or 1.0) - 1e-9)


def scoring_seconds(
    spec: ExperimentSpec, components: Components, *, judging_s: float, device: torch.device
) -> tuple[float, float] | None:
    """Seconds of one scoring, and of all of them with the final one; ``None`` where the number of steps is unknown.

    ``judging_s`` is what the metrics take for a window. What generating takes is measured on one batch; the networks
    and the random state of training are left as they are.
    """
    steps = steps_in_budget(spec.training, len(components.dataset), None)
    if steps is None:
        return None
    per_window_s = judging_s + _generating_seconds(spec, components, device)
    epochs = steps * spec.training.batch_size * spec.training.discriminator_steps / len(components.dataset)
    one = per_window_s * spec.evaluation.samples
    scorings = scorings_ahead(spec.evaluation, steps=steps, epochs=epochs)
    return one, scorings * one + per_window_s * spec.evaluation.final_samples


def too_large_scorings(evaluation: EvaluationSpec, dataset: Dataset) -> dict[str, str]:
    """Those of ``samples`` and ``final_samples`` that this computer has no memory for, with the reason."""
    refused = {}
    for key in ("samples", "final_samples"):
        try:
            check_windows_fit(
                getattr(evaluation, key),
                channels=dataset.channels,
                window_length=dataset.window_length,
                memory=installed_memory(),
                way_out="lower this",
            )
        except DataError as error:
            refused[key] = str(error)
    return refused


def _generating_seconds(spec: ExperimentSpec, components: Components, device: torch.device) -> float:
    count = spec.training.batch_size
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        started = time.perf_counter()
        generate_waveforms(
            components.generator,
            components.representation,
            count,
            rng=torch.Generator().manual_seed(0),
            batch_size=count,
            device=device,
            labels=DataSpec.of(components.dataset).labels(count),
        )
        return (time.perf_counter() - started) / count
