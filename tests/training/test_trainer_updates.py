from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor

from audiogan.errors import TrainingError
from audiogan.interfaces import Discriminator
from audiogan.spec.schema import OptimizerSpec
from audiogan.training.trainer import LATENT_SEED, Trainer
from tests.training.linear_gan import (
    CPU,
    LinearDiscriminator,
    LinearGenerator,
    MeanDifference,
    PenalisedMeanDifference,
    batches,
    linear_components,
    noisy_components,
    training_spec,
)


def _linear(module: Any) -> torch.nn.Linear:
    layer: torch.nn.Linear = module.dense
    return layer


def _latents(count: int, draws: int, *, seed: int = 5, latent_dim: int = 3) -> list[Tensor]:
    rng = torch.Generator().manual_seed(seed ^ LATENT_SEED)
    return [torch.rand(count, latent_dim, generator=rng) * 2 - 1 for _ in range(draws)]


def test_discriminator_update_is_gradient_descent_on_the_difference_of_means() -> None:
    components = linear_components()
    trainer = Trainer(components, training_spec(), device=CPU)
    generator, discriminator = _linear(components.generator), _linear(components.discriminator)
    weight, bias = discriminator.weight.detach().clone(), discriminator.bias.detach().clone()
    (latent,) = _latents(4, 1)
    real = torch.arange(16.0).reshape(4, 1, 4) / 16
    fake = (latent @ generator.weight.T + generator.bias).detach()

    terms = trainer.discriminator_step(real)

    gradient = fake.mean(dim=0) - real.flatten(1).mean(dim=0)
    assert set(terms) == {"adversarial"}
    assert terms["adversarial"].item() == pytest.approx(float(gradient @ weight[0]), abs=1e-6)
    torch.testing.assert_close(discriminator.weight[0], weight[0] - 0.1 * gradient, rtol=0, atol=1e-6)
    torch.testing.assert_close(discriminator.bias, bias, rtol=0, atol=1e-7)


def test_generator_update_climbs_the_discriminators_scores() -> None:
    components = linear_components()
    trainer = Trainer(components, training_spec(), device=CPU)
    generator, discriminator = _linear(components.generator), _linear(components.discriminator)
    weight, bias = generator.weight.detach().clone(), generator.bias.detach().clone()
    (latent,) = _latents(4, 1)

    loss = trainer.generator_step(torch.zeros(4, 1, 4))["adversarial"].item()

    direction = discriminator.weight[0].detach()
    scores = (latent @ weight.T + bias) @ direction + discriminator.bias.detach()
    assert loss == pytest.approx(-float(scores.mean()), abs=1e-6)
    expected = weight + 0.1 * torch.outer(direction, latent.mean(dim=0))
    torch.testing.assert_close(generator.weight, expected, rtol=0, atol=1e-6)
    torch.testing.assert_close(generator.bias, bias + 0.1 * direction, rtol=0, atol=1e-6)


def test_discriminator_update_leaves_the_generator_alone() -> None:
    components = linear_components()
    before = {name: value.clone() for name, value in components.generator.state_dict().items()}
    trainer = Trainer(components, training_spec(), device=CPU)
    trainer.discriminator_step(torch.ones(4, 1, 4))
    for name, value in components.generator.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert all(parameter.grad is None for parameter in components.generator.parameters())


def test_generator_update_leaves_the_discriminator_and_its_gradients_alone() -> None:
    components = linear_components()
    trainer = Trainer(components, training_spec(), device=CPU)
    trainer.generator_step(torch.zeros(4, 1, 4))
    assert all(parameter.grad is None for parameter in components.discriminator.parameters())

    trainer.discriminator_step(torch.ones(4, 1, 4))
    layer = _linear(components.discriminator)
    assert layer.weight.grad is not None
    gradient, weight = layer.weight.grad.clone(), layer.weight.detach().clone()
    trainer.generator_step(torch.zeros(4, 1, 4))
    assert torch.equal(layer.weight.grad, gradient)
    assert torch.equal(layer.weight, weight)


class _FailingLoss(MeanDifference):
    def generator_loss(self, fake: Tensor) -> Tensor:
        raise RuntimeError("out of luck")


@pytest.mark.parametrize("loss", [MeanDifference(), _FailingLoss()])
def test_generator_update_restores_which_parameters_learn(loss: MeanDifference) -> None:
    components = linear_components(loss=loss)
    layer = _linear(components.discriminator)
    layer.bias.requires_grad_(False)
    trainer = Trainer(components, training_spec(), device=CPU)
    if isinstance(loss, _FailingLoss):
        with pytest.raises(RuntimeError, match="out of luck"):
            trainer.generator_step(torch.zeros(4, 1, 4))
    else:
        trainer.generator_step(torch.zeros(4, 1, 4))
    assert layer.weight.requires_grad
    assert not layer.bias.requires_grad


class _CountingLoss(MeanDifference):
    """Clips like WGAN, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.clipped = 0

    def after_discriminator_step(self, discriminator: Discriminator) -> None:
        self.clipped += 1
        with torch.no_grad():
            for parameter in discriminator.parameters():
                parameter.clamp_(-0.01, 0.01)


@pytest.mark.parametrize("discriminator_steps", [1, 2, 5])
def test_step_takes_as_many_discriminator_updates_as_asked(discriminator_steps: int) -> None:
    loss = _CountingLoss()
    components = linear_components(loss=loss)
    training = training_spec(discriminator_steps=discriminator_steps)
    trainer = Trainer(components, training, device=CPU)
    stream = batches(trainer, training)
    for step in (1, 2, 3):
        record = trainer.step(stream)
        assert record.step == trainer.state.step == step
        assert loss.clipped == step * discriminator_steps
        assert trainer.state.position == step * discriminator_steps * 4
        # 10 windows an epoch, 4 a batch
        assert record.epoch == pytest.approx(step * discriminator_steps * 0.4)
        assert all(float(p.detach().abs().max()) <= 0.01 for p in components.discriminator.parameters())
    generator = components.generator
    assert isinstance(generator, LinearGenerator)
    assert len(generator.seen) == 3 * (discriminator_steps + 1)


def test_losses_of_the_record_are_of_the_last_updates() -> None:
    training = training_spec(discriminator_steps=2)
    one, other = (Trainer(linear_components(), training, device=CPU) for _ in range(2))
    stream = batches(one, training)
    record = one.step(batches(other, training))
    other_one = Trainer(linear_components(), training, device=CPU)
    other_one.discriminator_step(next(stream).waveforms)
    last = other_one.discriminator_step(next(stream).waveforms)["adversarial"].item()
    of_generator = other_one.generator_step(torch.zeros(4, 1, 4))["adversarial"].item()
    assert record.discriminator_loss == last
    assert record.generator_loss == of_generator
    assert record.terms == {"discriminator/adversarial": last, "generator/adversarial": of_generator}


def test_penalty_is_part_of_the_loss_and_told_apart() -> None:
    components = linear_components(loss=PenalisedMeanDifference())
    discriminator = components.discriminator
    assert isinstance(discriminator, LinearDiscriminator)
    with torch.no_grad():
        discriminator.dense.weight.zero_()
        discriminator.dense.bias.fill_(3.0)
    trainer = Trainer(components, training_spec(), device=CPU)
    terms = trainer.discriminator_step(torch.zeros(4, 1, 4))
    # every score is 3: the means cancel, the squared score does not; its gradient in the bias is 6
    assert {name: term.item() for name, term in terms.items()} == {"adversarial": 0.0, "penalty": 9.0}
    assert discriminator.dense.bias.item() == pytest.approx(3.0 - 0.1 * 6.0)


def test_latents_are_uniform_between_minus_one_and_one() -> None:
    components = linear_components()
    trainer = Trainer(components, training_spec(), device=CPU)
    trainer.generator_step(torch.zeros(20_000, 1, 4))
    generator = components.generator
    assert isinstance(generator, LinearGenerator)
    latent = generator.seen[-1]
    assert latent.shape == (20_000, 3)
    assert -1 <= latent.min() < -0.999
    assert 0.999 < latent.max() <= 1
    # the mean of 60,000 has a standard deviation of 0.0024, the variance of 1/3 one of 0.0012
    assert abs(latent.mean().item()) < 0.01
    assert latent.var().item() == pytest.approx(1 / 3, abs=0.005)
    quarters = torch.histc(latent, bins=4, min=-1, max=1) / latent.numel()
    assert torch.allclose(quarters, torch.full((4,), 0.25), atol=0.01)


def test_latents_follow_the_seed_and_not_torchs_global_state() -> None:
    seen = []
    for global_seed, seed in ((1, 5), (2, 5), (1, 6)):
        components = linear_components()
        trainer = Trainer(components, training_spec(seed=seed), device=CPU)
        torch.manual_seed(global_seed)
        trainer.generator_step(torch.zeros(4, 1, 4))
        generator = components.generator
        assert isinstance(generator, LinearGenerator)
        seen.append(generator.seen[-1])
    assert torch.equal(seen[0], seen[1])
    assert not torch.equal(seen[0], seen[2])


class _NotANumber(MeanDifference):
    """Loses its mind in the third generator update, or in the fourth discriminator update."""

    def __init__(self, *, in_generator: bool, value: float) -> None:
        super().__init__()
        self.in_generator, self.value = in_generator, value
        self.generator_calls = self.discriminator_calls = 0

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        self.discriminator_calls += 1
        total = super().discriminator_loss(real, fake)
        return total * self.value if not self.in_generator and self.discriminator_calls == 4 else total

    def generator_loss(self, fake: Tensor) -> Tensor:
        self.generator_calls += 1
        total = super().generator_loss(fake)
        return total * self.value if self.in_generator and self.generator_calls == 3 else total


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("in_generator", [False, True])
def test_a_loss_that_is_not_finite_stops_with_the_step_and_the_way_out(in_generator: bool, value: float) -> None:
    training = training_spec()
    components = linear_components(loss=_NotANumber(in_generator=in_generator, value=value))
    trainer = Trainer(components, training, device=CPU)
    stream = batches(trainer, training)
    trainer.step(stream)
    if in_generator:
        trainer.step(stream)
    with pytest.raises(TrainingError) as caught:
        trainer.step(stream)
    message = str(caught.value)
    assert (
        "the generator's loss is not finite" if in_generator else "the discriminator's loss is not finite"
    ) in message
    assert f"at step {3 if in_generator else 2}" in message
    assert "optimizer.lr" in message


def test_each_network_can_have_an_optimiser_of_its_own() -> None:
    training = training_spec(
        generator_optimizer=OptimizerSpec("SGD", {"lr": 0.0}), discriminator_optimizer=OptimizerSpec("SGD", {"lr": 0.5})
    )
    components = linear_components()
    layer = _linear(components.discriminator)
    still = {name: value.clone() for name, value in components.generator.state_dict().items()}
    weight = layer.weight.detach().clone()
    generator = _linear(components.generator)
    fake = (_latents(4, 1)[0] @ generator.weight.T + generator.bias).detach()
    trainer = Trainer(components, training, device=CPU)
    trainer.discriminator_step(torch.zeros(4, 1, 4))
    torch.testing.assert_close(layer.weight[0], weight[0] - 0.5 * fake.mean(dim=0), rtol=0, atol=1e-6)
    trainer.generator_step(torch.zeros(4, 1, 4))
    for name, value in components.generator.state_dict().items():
        assert torch.equal(value, still[name])


def test_one_own_optimiser_leaves_the_shared_one_to_the_other_network() -> None:
    training = training_spec(generator_optimizer=OptimizerSpec("Adam", {"lr": 0.2}))
    groups = Trainer(linear_components(), training, device=CPU).checkpoint().document
    assert groups["generator_optimizer"]["param_groups"][0]["lr"] == 0.2
    assert "betas" in groups["generator_optimizer"]["param_groups"][0]
    assert groups["discriminator_optimizer"]["param_groups"][0]["lr"] == 0.1
    assert "betas" not in groups["discriminator_optimizer"]["param_groups"][0]


def test_the_losss_recommended_optimiser_serves_where_none_is_given() -> None:
    training = evolve(training_spec(), optimizer=None)
    document = Trainer(noisy_components(), training, device=CPU).checkpoint().document
    for name in ("generator_optimizer", "discriminator_optimizer"):
        (group,) = document[name]["param_groups"]
        assert group["lr"] == 0.01
        assert group["alpha"] == 0.9
        assert group["centered"] is False
    default = Trainer(linear_components(), training, device=CPU).checkpoint().document
    (group,) = default["generator_optimizer"]["param_groups"]
    assert group["lr"] == 1e-4
    assert tuple(group["betas"]) == (0.5, 0.9)
