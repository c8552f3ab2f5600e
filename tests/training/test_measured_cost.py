from __future__ import annotations

import os
import time
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor

from audiogan.errors import TrainingError
from audiogan.interfaces import Dataset
from audiogan.training.loss_sum import LossSum
from audiogan.training.measure import measure_step
from audiogan.training.memory import peak_memory_mib, reset_peak_memory
from audiogan.training.trainer import Trainer
from tests.training.linear_gan import (
    CPU,
    LinearDiscriminator,
    MeanDifference,
    MemoryDataset,
    Unchanged,
    batches,
    noisy_components,
    training_spec,
)


def _state(module: torch.nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def test_measuring_leaves_everything_as_it_was() -> None:
    components, training = noisy_components(), training_spec()
    trainer = Trainer(components, training, device=CPU)
    stream = batches(trainer, training)
    trainer.step(stream)
    before = trainer.checkpoint()
    kept = {name: tensor.clone() for name, tensor in before.tensors.items()}
    gradients = [parameter.grad for parameter in components.generator.parameters()]

    measure_step(components, training, device=CPU)

    after = trainer.checkpoint()
    assert after.document == before.document
    assert after.tensors.keys() == kept.keys()
    for name, tensor in after.tensors.items():
        assert torch.equal(tensor, kept[name]), name
    for gradient, parameter in zip(gradients, components.generator.parameters(), strict=True):
        assert parameter.grad is gradient


def test_a_measured_training_is_the_training_that_was_not_measured() -> None:
    records = []
    for measured in (False, True):
        components, training = noisy_components(), training_spec()
        if measured:
            measure_step(components, training, device=CPU)
        trainer = Trainer(components, training, device=CPU)
        stream = batches(trainer, training)
        records.append([trainer.step(stream) for _ in range(3)])
    assert records[0] == records[1]


def test_figures_are_plausible() -> None:
    cost = measure_step(noisy_components(), training_spec(), device=CPU)
    assert 0 < cost.seconds < 1
    # a Python process with torch loaded
    assert 50 < cost.memory_mib < 100_000
    assert cost.generator_parameters == 3 * 4 + 4
    assert cost.discriminator_parameters == 4 + 1


class _Slow(MeanDifference):
    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        time.sleep(0.02)
        return super().discriminator_loss(real, fake)

    def generator_loss(self, fake: Tensor) -> Tensor:
        time.sleep(0.05)
        return super().generator_loss(fake)


def test_a_step_is_its_discriminator_updates_and_its_generator_update() -> None:
    components = evolve(noisy_components(), loss=LossSum([("slow", _Slow())]))
    cost = measure_step(components, training_spec(discriminator_steps=4), device=CPU)
    assert cost.seconds == pytest.approx(4 * 0.02 + 0.05, rel=0.5)
    assert cost.seconds > 4 * 0.02 + 0.05


def test_a_very_long_update_is_made_once_and_said_to_be_cold(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not measure_step(noisy_components(), training_spec(), device=CPU).cold
    monkeypatch.setattr("audiogan.training.measure._TOO_LONG_TO_REPEAT_S", 0.04)
    updates: list[str] = []

    class Counted(_Slow):
        def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
            updates.append("discriminator")
            return super().discriminator_loss(real, fake)

        def generator_loss(self, fake: Tensor) -> Tensor:
            updates.append("generator")
            return super().generator_loss(fake)

    assert measure_step(
        evolve(noisy_components(), loss=LossSum([("counted", Counted())])), training_spec(), device=CPU
    ).cold
    assert updates == ["discriminator"] * 3 + ["generator"]


class _Untouchable(MemoryDataset):
    def window(self, index: int, *, rng: Any) -> Any:
        raise AssertionError("a window was read")

    def __deepcopy__(self, memo: Any) -> Dataset:
        raise AssertionError("the dataset was copied")


def test_the_dataset_is_neither_read_nor_copied() -> None:
    components = evolve(noisy_components(), dataset=_Untouchable())
    assert measure_step(components, training_spec(), device=CPU).seconds > 0


class _Unfitted(Unchanged):
    """Refuses to work before it is fitted, as the spectrogram does."""

    def encode(self, waveform: Tensor) -> Tensor:
        raise RuntimeError("call fit first")


def test_a_representation_need_not_be_fitted() -> None:
    components = evolve(noisy_components(), representation=_Unfitted())
    assert measure_step(components, training_spec(), device=CPU).seconds > 0


class _Hungry(LinearDiscriminator):
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        block = torch.ones(256, 2**18)
        return super().forward(samples, labels) + 0 * block[0, 0]


def test_memory_is_the_peak_of_the_measured_work() -> None:
    reset_peak_memory(CPU)
    before = peak_memory_mib(CPU)
    cost = measure_step(evolve(noisy_components(), discriminator=_Hungry()), training_spec(), device=CPU)
    assert cost.memory_mib >= 256
    if os.access("/proc/self/clear_refs", os.W_OK):
        # 256 MiB are taken and given back within each pass
        assert cost.memory_mib - before > 200
        reset_peak_memory(CPU)
        assert peak_memory_mib(CPU) < cost.memory_mib - 100


class _Greedy(LinearDiscriminator):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 4096 bytes"),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"),
        MemoryError("Unable to allocate 4096 bytes"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_too_little_memory_is_told_with_the_way_out(error: Exception) -> None:
    components = evolve(noisy_components(), discriminator=_Greedy(error))
    with pytest.raises(TrainingError, match=r"a step on 4 windows does not fit.*lower training\.batch_size.*llocate"):
        measure_step(components, training_spec(), device=CPU)


def test_another_failure_of_a_network_is_not_taken_for_that() -> None:
    components = evolve(noisy_components(), discriminator=_Greedy(RuntimeError("shapes do not match")))
    with pytest.raises(RuntimeError, match="shapes do not match"):
        measure_step(components, training_spec(), device=CPU)
