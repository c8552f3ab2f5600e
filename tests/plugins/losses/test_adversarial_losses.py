"""Values and gradients of the losses by hand and against the original."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp, log
from typing import Any

import pytest
import torch
from torch import Tensor

import audiogan
from audiogan import Discriminator, DiscriminatorOutput, ScoreLoss, SpecError, Step
from audiogan.spec.schema import OptimizerSpec
from audiogan.testing import waveform_data
from audiogan.training.optimizers import build_optimizer
from tests.golden.recipe import Golden

Load = Callable[[str], Golden]
REAL, FAKE = torch.tensor([2.0, -1.0]), torch.tensor([0.5, -3.0, 1.0])


def loss(name: str, **options: object) -> ScoreLoss:
    made = audiogan.create("loss", name, options)
    assert isinstance(made, ScoreLoss)
    return made


def sigmoid(score: float) -> float:
    return 1 / (1 + exp(-score))


def test_gan_is_the_equation_of_the_study() -> None:
    gan = loss("gan", generator_objective="minimax")
    real = sum(log(sigmoid(score)) for score in REAL.tolist()) / 2
    fake = sum(log(1 - sigmoid(score)) for score in FAKE.tolist()) / 3
    assert gan.discriminator_loss(REAL, FAKE).item() == pytest.approx(-real - fake, rel=1e-6)
    assert gan.generator_loss(FAKE).item() == pytest.approx(fake, rel=1e-6)


def test_gan_does_not_saturate_by_default() -> None:
    expected = -sum(log(sigmoid(score)) for score in FAKE.tolist()) / 3
    assert loss("gan").generator_loss(FAKE).item() == pytest.approx(expected, rel=1e-6)
    scores = torch.tensor([-50.0], requires_grad=True)
    (gradient,) = torch.autograd.grad(loss("gan").generator_loss(scores), scores)
    assert gradient.item() == pytest.approx(-1)
    (gradient,) = torch.autograd.grad(loss("gan", generator_objective="minimax").generator_loss(scores), scores)
    assert abs(gradient.item()) < 1e-20


def test_gan_is_finite_at_scores_whose_probability_rounds_to_zero() -> None:
    real, fake = torch.tensor([-300.0]), torch.tensor([200.0])
    assert loss("gan").discriminator_loss(real, fake).item() == 500
    assert loss("gan").generator_loss(-fake).item() == 200


def test_lsgan_by_hand() -> None:
    lsgan = loss("lsgan", a=-1.0, b=2.0, c=0.5)
    assert lsgan.discriminator_loss(REAL, FAKE).item() == pytest.approx((0 + 9) / 4 + (2.25 + 4 + 4) / 6)
    assert lsgan.generator_loss(FAKE).item() == pytest.approx((0 + 12.25 + 0.25) / 3)
    halved = loss("lsgan", a=-1.0, b=2.0, c=0.5, generator_factor=0.5)
    assert halved.generator_loss(FAKE).item() == pytest.approx((0 + 12.25 + 0.25) / 6)


@pytest.mark.parametrize("name", ["wgan", "wgan-gp"])
def test_wasserstein_by_hand(name: str) -> None:
    assert loss(name).discriminator_loss(REAL, FAKE).item() == pytest.approx(-0.5 - 0.5)
    assert loss(name).generator_loss(FAKE).item() == pytest.approx(0.5)


def test_losses_are_the_originals(golden: Load) -> None:
    reference = golden("wavegan_losses_16384")
    critic = audiogan.create("discriminator", "wavegan", {"dim": 4}, data=waveform_data(16384)).eval()
    critic.load_tensorflow_variables(reference.weights)
    real, fake = (critic(torch.from_numpy(reference.inputs[key]).transpose(1, 2)) for key in ("x", "G_z"))
    computed = {
        "D_loss_wgan": loss("wgan").discriminator_loss(real, fake),
        "G_loss_wgan": loss("wgan").generator_loss(fake),
        "D_loss_lsgan": loss("lsgan").discriminator_loss(real, fake),
        "G_loss_lsgan": loss("lsgan").generator_loss(fake),
    }
    for key, value in computed.items():
        assert value.item() == pytest.approx(float(reference.outputs[key]), rel=1e-5, abs=1e-6), key


LOSSES: list[tuple[str, dict[str, Any]]] = [
    ("gan", {}),
    ("gan", {"generator_objective": "minimax"}),
    ("lsgan", {"a": 0.25, "b": 0.75, "c": 0.5}),
    ("wgan", {}),
    ("wgan-gp", {}),
]


@pytest.mark.parametrize(("name", "options"), LOSSES)
def test_gradients_agree_with_differences_and_push_the_right_way(name: str, options: dict[str, Any]) -> None:
    made = loss(name, **options)
    real, fake = (scores.double().requires_grad_() for scores in (REAL, FAKE))
    assert torch.autograd.gradcheck(made.discriminator_loss, (real, fake))
    assert torch.autograd.gradcheck(made.generator_loss, (fake,))
    (raises,) = torch.autograd.grad(made.generator_loss(fake), fake)
    assert raises[1] < 0


class Linear(Discriminator):
    """A critic with a weight, a bias and a constant."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(3, 1)
        self.register_buffer("constant", torch.ones(1))

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        scores: Tensor = self.layer(samples)[:, 0]
        return scores


def test_wgan_clips_every_parameter_and_nothing_else() -> None:
    critic = Linear()
    critic.load_state_dict(
        {
            "layer.weight": torch.tensor([[0.5, -0.5, 0.004]]),
            "layer.bias": torch.tensor([-7.0]),
            "constant": torch.ones(1),
        }
    )
    loss("wgan").after_discriminator_step(critic)
    assert critic.layer.weight.tolist() == [pytest.approx([0.01, -0.01, 0.004])]
    assert critic.layer.bias.tolist() == pytest.approx([-0.01])
    assert critic.state_dict()["constant"].item() == 1
    loss("wgan", clip=0.002).after_discriminator_step(critic)
    assert critic.layer.weight.tolist() == [pytest.approx([0.002, -0.002, 0.002])]


@pytest.mark.parametrize("name", ["gan", "lsgan", "wgan-gp"])
def test_other_losses_leave_the_weights_alone(name: str) -> None:
    critic = Linear()
    before = critic.layer.weight.detach().clone()
    loss(name).after_discriminator_step(critic)
    assert torch.equal(critic.layer.weight, before)


@pytest.mark.parametrize("name", ["gan", "lsgan", "wgan"])
def test_only_wgan_gp_has_a_penalty(name: str) -> None:
    step = Step(1, torch.Generator(), Linear())
    judged = step.judge(torch.zeros(2, 3))
    assert set(loss(name).discriminator_terms(judged, judged, step)) == {"adversarial"}
    assert set(loss("wgan-gp").discriminator_terms(judged, judged, step)) == {"adversarial", "gradient_penalty"}


class TwoHeads(Linear):
    """A head of one score a sample, and one of two positions."""

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> DiscriminatorOutput:  # type: ignore[override]  # narrower than its parent
        return DiscriminatorOutput((samples[:, 0], samples[:, 1:]))


def test_a_score_loss_is_the_mean_over_heads_of_the_mean_over_positions() -> None:
    step = Step(1, torch.Generator(), TwoHeads())
    real = step.judge(torch.tensor([[2.0, 1.0, 3.0], [4.0, 5.0, 7.0]]))
    fake = step.judge(torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, 2.0]]))
    terms = loss("wgan").discriminator_terms(real, fake, step)
    # heads: (0.5 - 3) and (0.5 - 4)
    assert terms["adversarial"].item() == pytest.approx((-2.5 - 3.5) / 2)
    assert loss("wgan").generator_terms(fake, None, step)["adversarial"].item() == pytest.approx(-0.5)


@pytest.mark.parametrize(
    ("name", "recommended"),
    [
        ("gan", {"type": "Adam", "lr": 2e-4, "betas": [0.5, 0.999]}),
        ("lsgan", {"type": "TensorFlowRMSprop", "lr": 1e-4}),
        ("wgan", {"type": "TensorFlowRMSprop", "lr": 5e-5}),
        ("wgan-gp", {"type": "Adam", "lr": 1e-4, "betas": [0.5, 0.9]}),
    ],
)
def test_recommended_optimisers_can_be_made(name: str, recommended: Mapping[str, Any]) -> None:
    made = loss(name)
    assert made.recommended_optimizer == recommended
    arguments = {key: value for key, value in recommended.items() if key != "type"}
    spec = OptimizerSpec(recommended["type"], arguments)
    optimizer = build_optimizer(spec, Linear().parameters(), where="training.optimizer")
    assert optimizer.param_groups[0]["lr"] == recommended["lr"]


def test_unknown_objectives_are_refused() -> None:
    with pytest.raises(SpecError, match=r"generator_objective.*must be one of 'non-saturating', 'minimax'"):
        loss("gan", generator_objective="saturating")
