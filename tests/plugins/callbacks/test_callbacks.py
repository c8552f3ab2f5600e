"""The average of weights against a loop over floats, the bound on gradients by hand."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import audiogan
from audiogan import Callback, StepRecord, TrainingContext
from audiogan.testing import waveform_data
from audiogan.training.trainer import Trainer
from tests.training.linear_gan import (
    CPU,
    LinearDiscriminator,
    LinearGenerator,
    batches,
    linear_components,
    training_spec,
)


def callback(name: str, **options: object) -> Callback:
    made = audiogan.create("callback", name, options)
    assert isinstance(made, Callback)
    return made


def context(generator: LinearGenerator, **changes: Any) -> TrainingContext:
    arguments: dict[str, Any] = {
        "experiment": "test",
        "folder": None,
        "generator": generator,
        "discriminator": LinearDiscriminator(),
        "data": waveform_data(4),
        "batch_size": 4,
        "seed": 0,
        "device": CPU,
        "step": 0,
        "discriminator_steps": 5,
    }
    return TrainingContext(**{**arguments, **changes})


def record(step: int) -> StepRecord:
    return StepRecord(step, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("warm_up", [0.0, 0.05])
def test_the_average_halves_a_weight_after_its_half_life(warm_up: float) -> None:
    generator = LinearGenerator()
    ema = callback("ema", half_life=60.0, warm_up=warm_up)
    start = generator.dense.weight.detach().double().clone()
    ema.on_train_start(context(generator))
    expected = start.clone()
    for step in range(1, 8):
        with torch.no_grad():
            generator.dense.weight.add_(float(step))
        ema.on_step_end(record(step))
        # 20 windows a step; with a warm-up the half-life is a share of the windows so far
        half_life = min(60.0, 20 * step * warm_up) if warm_up else 60.0
        decay = 0.5 ** (20 / half_life)
        expected = decay * expected + (1 - decay) * generator.dense.weight.detach().double()
    averaged = ema.generator_for_scoring(generator)
    assert isinstance(averaged, LinearGenerator)
    assert averaged is not generator
    # seven steps of two roundings each, of numbers up to 28
    torch.testing.assert_close(averaged.dense.weight.double(), expected, rtol=0, atol=14 * 28 * 2**-24)


def test_the_trained_generator_is_scored_before_there_is_an_average() -> None:
    generator = LinearGenerator()
    assert callback("ema").generator_for_scoring(generator) is generator
    assert callback("gradient-clipping").generator_for_scoring(generator) is generator


def test_an_average_goes_on_where_it_was_saved() -> None:
    one, other = LinearGenerator(), LinearGenerator()
    first, second = callback("ema", half_life=40.0), callback("ema", half_life=40.0)
    first.on_train_start(context(one))
    for step in (1, 2, 3):
        with torch.no_grad():
            one.dense.weight.add_(1.0)
        first.on_step_end(record(step))
    second.load_state_dict({name: tensor.clone() for name, tensor in first.state_dict().items()})
    assert {name: tensor.tolist() for name, tensor in second.state_dict().items()} == {
        name: tensor.tolist() for name, tensor in first.state_dict().items()
    }
    other.load_state_dict(one.state_dict())
    second.on_train_start(context(other, step=3))
    for generator, ema in ((one, first), (other, second)):
        with torch.no_grad():
            generator.dense.weight.add_(1.0)
        ema.on_step_end(record(4))
    for name, tensor in first.state_dict().items():
        assert torch.equal(second.state_dict()[name], tensor), name


@pytest.mark.parametrize(("norm", "expected"), [(1.0, [0.6, 0.8]), (10.0, [3.0, 4.0])])
def test_gradients_are_scaled_to_the_norm(norm: float, expected: list[float]) -> None:
    layer = nn.Linear(2, 1, bias=False)
    layer.weight.grad = torch.tensor([[3.0, 4.0]])
    callback("gradient-clipping", norm=norm).on_gradients("generator", layer)
    assert layer.weight.grad is not None
    # torch divides by the norm plus 1e-6
    assert layer.weight.grad[0].tolist() == pytest.approx(expected, rel=1e-6)


def test_only_the_named_network_is_clipped() -> None:
    layer = nn.Linear(2, 1, bias=False)
    layer.weight.grad = torch.tensor([[3.0, 4.0]])
    callback("gradient-clipping", network="discriminator").on_gradients("generator", layer)
    assert layer.weight.grad is not None
    assert layer.weight.grad[0].tolist() == [3.0, 4.0]


class Witness(Callback):
    """Writes down what it is called with."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def on_discriminator_input(self, samples: torch.Tensor, *, real: bool, step: audiogan.Step) -> torch.Tensor:
        self.calls.append("real" if real else "fake")
        return samples * 2

    def on_gradients(self, network: Any, module: nn.Module) -> None:
        self.calls.append(network)

    def on_step_end(self, record: StepRecord) -> None:
        self.calls.append(f"end {record.step}")


def test_the_order_of_calls_in_a_step() -> None:
    witness, training = Witness(), training_spec(discriminator_steps=2)
    trainer = Trainer(linear_components(callbacks=(witness,)), training, device=CPU)
    trainer.step(batches(trainer, training))
    updates = ["real", "fake", "discriminator"] * 2
    assert witness.calls == [*updates, "fake", "generator", "end 1"]


def test_what_the_discriminator_sees_is_what_callbacks_make_of_it() -> None:
    real = torch.arange(16.0).reshape(4, 1, 4) / 16
    plain, doubled = linear_components(), linear_components(callbacks=(Witness(),))
    of_plain = Trainer(plain, training_spec(), device=CPU).discriminator_step(real)["adversarial"].item()
    of_doubled = Trainer(doubled, training_spec(), device=CPU).discriminator_step(real)["adversarial"].item()
    # the difference of means of a linear discriminator is twice as large for samples twice as large
    assert of_doubled == pytest.approx(2 * of_plain, rel=1e-6)
