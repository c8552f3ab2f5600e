"""The gradient penalty: against the original, by hand, and by differences through every kind of critic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import audiogan
from audiogan import Discriminator, Step
from audiogan.testing import waveform_data
from audiogan_losses import WGANGPLoss, WGANGPLossOptions, gradient_penalty, interpolate, slopes
from tests.golden.recipe import Golden

Load = Callable[[str], Golden]
CRITICS: list[tuple[str, dict[str, Any]]] = [
    ("wavegan", {"dim": 2, "kernel_size": 5, "phase_shuffle": 0}),
    ("lstm", {"hidden_size": 3, "lstm_layers": 2, "frame_size": 8}),
    ("lstm", {"hidden_size": 3, "lstm_layers": 1, "frame_size": 16, "readout": "last"}),
    ("lstm-conv", {"hidden_size": 3, "lstm_layers": 2, "frame_size": 8, "conv_layers": 1, "dim": 1, "kernel_size": 3}),
]


def updates_of(network: Discriminator) -> Step:
    return Step(1, torch.Generator(), network)


def penalty_of(loss: WGANGPLoss, network: Discriminator, real: Tensor, fake: Tensor, *, rng: torch.Generator) -> Tensor:
    step = Step(1, rng, network)
    return loss.discriminator_terms(step.judge(real), step.judge(fake), step)["gradient_penalty"]


def critic(name: str, options: dict[str, Any], *, length: int, channels: int = 1) -> Discriminator:
    made = audiogan.create("discriminator", name, options, data=waveform_data(length, channels=channels))
    assert isinstance(made, Discriminator)
    return made


def test_the_whole_critic_loss_and_its_gradient_by_every_weight_are_the_originals(golden: Load) -> None:
    reference = golden("wavegan_losses_16384")
    network = audiogan.create("discriminator", "wavegan", {"dim": 4, "phase_shuffle": 0}, data=waveform_data(16384))
    network.load_tensorflow_variables(reference.weights)
    real, fake = (torch.from_numpy(reference.inputs[key]).transpose(1, 2) for key in ("x", "G_z"))
    points = interpolate(real, fake, torch.from_numpy(reference.inputs["alpha"]).flatten())
    outputs = reference.outputs

    np.testing.assert_allclose(slopes(updates_of(network), points).detach().numpy(), outputs["slopes"], rtol=1e-5)
    penalty = gradient_penalty(updates_of(network), points)
    assert penalty.item() == pytest.approx(float(outputs["gradient_penalty"]), rel=1e-5)
    loss = WGANGPLoss(WGANGPLossOptions()).discriminator_loss(network(real), network(fake)) + 10 * penalty
    assert loss.item() == pytest.approx(float(outputs["D_loss_wgan_gp"]), rel=1e-5)

    torch.autograd.backward(loss)
    layers = {f"D/downconv_{at}/conv1d": layer for at, layer in enumerate(network.convolutions)}
    layers["D/output/dense"] = network.output
    computed = {
        f"grad_wgan_gp/{name}/kernel": layer.weight.grad.movedim((0, 1), (-1, -2)) for name, layer in layers.items()
    }
    computed |= {f"grad_wgan_gp/{name}/bias": layer.bias.grad for name, layer in layers.items()}
    assert set(computed) == {key for key in outputs if key.startswith("grad_wgan_gp/")}
    for key, gradient in computed.items():
        np.testing.assert_allclose(gradient.numpy(), outputs[key], rtol=1e-5, atol=1e-5, err_msg=key)


class Quadratic(Discriminator):
    """Scores ``weight`` · Σ x² / 2, whose gradient is ``weight`` · x."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(weight))

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        return self.weight * samples.flatten(1).square().sum(1) / 2


def test_slopes_span_all_axes_but_the_batch() -> None:
    points = torch.tensor([[[3.0, 0.0], [0.0, 4.0]], [[0.0, 0.0], [0.0, 0.5]]])
    network = Quadratic(2.0)
    assert slopes(updates_of(network), points).tolist() == [10, 1]
    penalty = gradient_penalty(updates_of(network), points)
    assert penalty.item() == pytest.approx(81 / 2)
    torch.autograd.backward(penalty)
    assert network.weight.grad is not None
    # d/dw of ((5w - 1)² + (w/2 - 1)²) / 2 at w = 2
    assert network.weight.grad.item() == pytest.approx((2 * 9 * 5 + 0) / 2)


def test_a_flat_critic_has_a_finite_penalty_and_gradient() -> None:
    network = Quadratic(0.0)
    penalty = gradient_penalty(updates_of(network), torch.ones(2, 3))
    torch.autograd.backward(penalty)
    assert penalty.item() == 1
    assert network.weight.grad is not None
    assert torch.isfinite(network.weight.grad)


def test_points_lie_between_their_own_pair() -> None:
    real, fake = torch.zeros(3, 1, 2), torch.tensor([1.0, 2.0, 4.0]).view(3, 1, 1).expand(3, 1, 2)
    points = interpolate(real, fake, torch.tensor([0.0, 0.5, 1.0]))
    assert points[:, 0, 0].tolist() == [0, 1, 4]
    assert torch.equal(points[..., 0], points[..., 1])


def test_alpha_is_uniform_for_each_sample_and_follows_the_generator() -> None:
    loss, network = WGANGPLoss(WGANGPLossOptions(weight=3.0)), Quadratic(1.0)
    real, fake = torch.zeros(5, 1, 2), torch.ones(5, 1, 2)
    alpha = torch.rand(5, generator=torch.Generator().manual_seed(8))
    expected = 3 * (alpha * 2**0.5 - 1).square().mean()
    state = torch.get_rng_state()
    penalty = penalty_of(loss, network, real, fake, rng=torch.Generator().manual_seed(8))
    torch.testing.assert_close(penalty, expected)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("name", "options"), CRITICS)
def test_gradients_by_every_weight_agree_with_differences(name: str, options: dict[str, Any], channels: int) -> None:
    network = critic(name, options, length=64, channels=channels).double()
    points = torch.randn(3, channels, 64, dtype=torch.float64)
    names, parameters = zip(*network.named_parameters(), strict=True)
    with torch.no_grad():
        for parameter in parameters:
            parameter.add_(torch.randn_like(parameter), alpha=0.1)

    def penalty(*weights: Tensor) -> Tensor:
        with torch.no_grad():
            for parameter, weight in zip(parameters, weights, strict=True):
                parameter.copy_(weight)
        return gradient_penalty(updates_of(network), points)

    start = [parameter.detach().clone() for parameter in parameters]
    gradients = torch.autograd.grad(penalty(*start), parameters, allow_unused=True)
    step = 1e-6
    for at, (parameter_name, gradient) in enumerate(zip(names, gradients, strict=True)):
        direction = torch.randn_like(start[at])
        ahead, behind = ([*start] for _ in range(2))
        ahead[at], behind[at] = start[at] + step * direction, start[at] - step * direction
        slope = (penalty(*ahead) - penalty(*behind)).item() / (2 * step)
        computed = 0.0 if gradient is None else (gradient * direction).sum().item()
        assert computed == pytest.approx(slope, rel=1e-5, abs=1e-8), parameter_name


@pytest.mark.parametrize(("name", "options"), CRITICS)
def test_penalties_in_single_precision_agree_with_double(name: str, options: dict[str, Any]) -> None:
    network = critic(name, options, length=64)
    points = torch.randn(3, 1, 64)
    penalty = gradient_penalty(updates_of(network), points)
    gradients = torch.autograd.grad(penalty, list(network.parameters()), allow_unused=True)
    exact = network.double()
    exact_penalty = gradient_penalty(updates_of(exact), points.double())
    expected = torch.autograd.grad(exact_penalty, list(exact.parameters()), allow_unused=True)
    assert penalty.item() == pytest.approx(exact_penalty.item(), rel=1e-5)
    for gradient, reference in zip(gradients, expected, strict=True):
        if gradient is not None and reference is not None:
            torch.testing.assert_close(gradient.double(), reference, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("name", "options"), CRITICS)
def test_steps_under_wgan_gp_raise_the_gap_between_real_and_fake(name: str, options: dict[str, Any]) -> None:
    network, loss = critic(name, options, length=64), WGANGPLoss(WGANGPLossOptions())
    real, fake = torch.rand(8, 1, 64), torch.randn(8, 1, 64).clamp(-1, 1)
    optimizer, rng = torch.optim.Adam(network.parameters(), lr=1e-2, betas=(0.5, 0.9)), torch.Generator()
    history = []
    for _ in range(30):
        optimizer.zero_grad()
        total = loss.discriminator_loss(network(real), network(fake)) + penalty_of(loss, network, real, fake, rng=rng)
        torch.autograd.backward(total)
        optimizer.step()
        history.append(total.item())
    assert history[-1] < history[0] - 0.5
