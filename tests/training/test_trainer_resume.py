from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from audiogan.errors import CheckpointError
from audiogan.interfaces.records import ScoreRecord, StepRecord
from audiogan.spec.schema import OptimizerSpec, TrainingSpec
from audiogan.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from audiogan.training.trainer import Trainer
from tests.training.linear_gan import CPU, LinearGenerator, batches, linear_components, noisy_components, training_spec

STEPS = 6

OPTIMIZERS = {
    "adam": OptimizerSpec("Adam", {"lr": 0.01, "betas": [0.5, 0.9]}),
    "adamw-amsgrad": OptimizerSpec("AdamW", {"lr": 0.01, "amsgrad": True}),
    "rmsprop": OptimizerSpec("RMSprop", {"lr": 0.01, "momentum": 0.5, "centered": True}),
    "sgd": OptimizerSpec("SGD", {"lr": 0.01}),
    "sgd-momentum": OptimizerSpec("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    "recommended": None,
}


def _trained(training: TrainingSpec, steps: int) -> tuple[Trainer, list[StepRecord]]:
    trainer = Trainer(noisy_components(), training, device=CPU)
    stream = batches(trainer, training)
    return trainer, [trainer.step(stream) for _ in range(steps)]


def _assert_same(one: Checkpoint, other: Checkpoint) -> None:
    assert one.tensors.keys() == other.tensors.keys()
    for name, tensor in one.tensors.items():
        assert torch.equal(tensor, other.tensors[name]), name
    assert _as_lists(one.document) == _as_lists(other.document)


def _as_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_lists(item) for key, item in value.items()}
    return [_as_lists(item) for item in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS.keys())
def test_resuming_at_any_step_is_bit_identical(optimizer: OptimizerSpec | None, tmp_path: Path) -> None:
    training = training_spec(optimizer=optimizer)
    whole, records = _trained(training, STEPS)
    expected = whole.checkpoint()
    for stopped_at in range(STEPS):
        first, _ = _trained(training, stopped_at)
        write_checkpoint(tmp_path / "latest.safetensors", first.checkpoint())

        resumed = Trainer(noisy_components(), training, device=CPU)
        torch.manual_seed(12345)
        resumed.restore(read_checkpoint(tmp_path / "latest.safetensors"))
        _assert_same(resumed.checkpoint(), first.checkpoint())
        stream = batches(resumed, training)
        later = [resumed.step(stream) for _ in range(STEPS - stopped_at)]

        assert later == records[stopped_at:]
        _assert_same(resumed.checkpoint(), expected)


def test_checkpoint_holds_counters_and_the_best_score(tmp_path: Path) -> None:
    trainer, _ = _trained(training_spec(), 2)
    trainer.state.best = ScoreRecord(2, 0.4, {"figure": 1.25}, 10, ("silent",))
    trainer.state.elapsed_s = 1.5
    trainer.state.score_pending = True
    write_checkpoint(tmp_path / "latest.safetensors", trainer.checkpoint())
    resumed = Trainer(noisy_components(), training_spec(), device=CPU)
    resumed.restore(read_checkpoint(tmp_path / "latest.safetensors"))
    state = resumed.state
    assert (state.step, state.position, state.elapsed_s, state.score_pending) == (2, 16, 1.5, True)
    assert state.best is not None
    assert state.best == trainer.state.best


def test_checkpoint_holds_what_the_representation_learned(tmp_path: Path) -> None:
    trainer, _ = _trained(training_spec(), 0)
    write_checkpoint(tmp_path / "latest.safetensors", trainer.checkpoint())
    components = linear_components(discriminator=noisy_components().discriminator)
    resumed = Trainer(components, training_spec(), device=CPU)
    resumed.restore(read_checkpoint(tmp_path / "latest.safetensors"))
    assert components.representation.get_buffer("fitted").item() == 10.0


def test_checkpoint_says_what_generating_needs_to_know_of_the_dataset() -> None:
    trainer, _ = _trained(training_spec(), 0)
    assert trainer.checkpoint().document["data"] == {
        "sample_shape": (1, 4),
        "sample_rate": 16_000,
        "channels": 1,
        "window_length": 4,
        "class_names": (),
    }


def test_a_checkpoint_is_not_changed_by_steps_taken_after_it_was_read(tmp_path: Path) -> None:
    trainer, _ = _trained(training_spec(), 1)
    path = tmp_path / "latest.safetensors"
    write_checkpoint(path, trainer.checkpoint())
    stored = read_checkpoint(path)
    kept = {name: tensor.clone() for name, tensor in stored.tensors.items()}
    resumed = Trainer(noisy_components(), training_spec(), device=CPU)
    resumed.restore(stored)
    stream = batches(resumed, training_spec())
    resumed.step(stream)
    for name, tensor in read_checkpoint(path).tensors.items():
        assert torch.equal(tensor, kept[name]), name


def test_other_networks_are_refused_by_name(tmp_path: Path) -> None:
    trainer, _ = _trained(training_spec(), 1)
    components = linear_components()
    wider = Trainer(
        type(components)(
            dataset=components.dataset,
            representation=components.representation,
            generator=LinearGenerator(latent_dim=7),
            discriminator=components.discriminator,
            loss=components.loss,
        ),
        training_spec(),
        device=CPU,
    )
    with pytest.raises(CheckpointError, match=r"generator does not fit[\s\S]*dense\.weight"):
        wider.restore(trainer.checkpoint())


def test_another_optimiser_is_refused(tmp_path: Path) -> None:
    trainer, _ = _trained(training_spec(optimizer=OPTIMIZERS["adam"]), 1)
    other = Trainer(noisy_components(), training_spec(optimizer=OPTIMIZERS["sgd-momentum"]), device=CPU)
    with pytest.raises(CheckpointError, match=r"generator_optimizer.*Adam.*SGD"):
        other.restore(trainer.checkpoint())


@pytest.mark.parametrize(
    "missing", ["random.torch", "random.latents", "generator.dense.weight", "representation.fitted"]
)
def test_a_checkpoint_that_lacks_a_tensor_is_refused_by_its_name(missing: str) -> None:
    trainer, _ = _trained(training_spec(), 1)
    whole = trainer.checkpoint()
    tensors: dict[str, Tensor] = {name: tensor for name, tensor in whole.tensors.items() if name != missing}
    with pytest.raises(CheckpointError, match=missing.rpartition(".")[2]):
        trainer.restore(Checkpoint(tensors, whole.document))


@pytest.mark.parametrize("missing", ["state", "generator_optimizer", "discriminator_optimizer"])
def test_a_checkpoint_that_lacks_a_part_of_its_document_is_refused(missing: str) -> None:
    trainer, _ = _trained(training_spec(), 1)
    whole = trainer.checkpoint()
    document = {key: value for key, value in whole.document.items() if key != missing}
    with pytest.raises(CheckpointError):
        trainer.restore(Checkpoint(whole.tensors, document))
