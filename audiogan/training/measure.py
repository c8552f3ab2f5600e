"""What a step costs here: seconds and memory, measured before a long run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import final

import torch
from attrs import evolve, frozen

from audiogan.errors import TrainingError
from audiogan.interfaces import DataSpec
from audiogan.shortage import memory_shortage
from audiogan.spec.schema import TrainingSpec
from audiogan.training.components import Components
from audiogan.training.memory import peak_memory_mib, reset_peak_memory
from audiogan.training.rehearsal import untouched
from audiogan.training.trainer import Trainer

_ENOUGH_S = 2.0
_TOO_LONG_TO_REPEAT_S = 20.0


@final
@frozen
class StepCost:
    """One generator update and its discriminator updates, on this machine, now."""

    seconds: float
    memory_mib: float
    """Peak of the whole process on a CPU, of allocated device memory on a GPU."""
    generator_parameters: int
    discriminator_parameters: int
    cold: bool = False
    """An update took so long that it was made once only: the time includes what only the first one needs."""


def measure_step(components: Components, training: TrainingSpec, *, device: torch.device) -> StepCost:
    """Times discriminator and generator updates on noise, the fastest of two or three.

    An update that takes very long is made once.

    The networks, optimisers and random state of the caller stay as they are.

    :raises TrainingError: a step does not fit into memory.
    """
    shape = (training.batch_size, *components.representation.sample_shape)
    labels = DataSpec.of(components.dataset).labels(training.batch_size)
    with shortage_in_words(training), untouched(components, device):
        # callbacks count steps, and these do not count
        trainer = Trainer(evolve(components, callbacks=()), training, device=device)
        noise = (torch.rand(shape) * 2 - 1).to(device)
        labels = None if labels is None else labels.to(device)
        reset_peak_memory(device)
        discriminator_times_s = _times(lambda: trainer.discriminator_step(noise, labels))
        generator_times_s = _times(lambda: trainer.generator_step(noise, labels))
    return StepCost(
        seconds=training.discriminator_steps * min(discriminator_times_s) + min(generator_times_s),
        memory_mib=peak_memory_mib(device),
        generator_parameters=sum(parameter.numel() for parameter in components.generator.parameters()),
        discriminator_parameters=sum(parameter.numel() for parameter in components.discriminator.parameters()),
        cold=1 in (len(discriminator_times_s), len(generator_times_s)),
    )


@contextmanager
def shortage_in_words(training: TrainingSpec) -> Iterator[None]:
    """Says what to lower where a step inside does not fit into memory.

    :raises TrainingError: it does not.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        shortage = memory_shortage(error)
        if shortage is None:
            raise
        raise TrainingError(
            f"a step on {training.batch_size:,} windows does not fit into memory: lower training.batch_size, or the "
            f"networks' dim ({shortage})"
        ) from error


def _times(update: Callable[[], object]) -> list[float]:
    # the first call pays for buffers and kernels that later ones find ready, so that there should be a second
    times: list[float] = []
    while (
        not times
        or (len(times) == 1 and times[0] < _TOO_LONG_TO_REPEAT_S)
        or (len(times) == 2 and sum(times) < _ENOUGH_S)
    ):
        start = time.perf_counter()
        update()
        times.append(time.perf_counter() - start)
    return times
