"""Every generator before every discriminator under every loss, at windows of many lengths and several channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
import torch
from attrs import frozen
from torch import Tensor, nn

from audiogan import DataSpec, Discriminator, Generator, Loss, Representation, Step, create
from audiogan.registry import installed
from audiogan.testing import NoiseDataset, NoiseDatasetOptions, waveform_data

LENGTHS = (8192, 16384, 32768, 65536, 10000, 22050, 12345)
ODD_LENGTHS = (1000, 1009, 8191, 10000, 12345)
BATCH = 2


@frozen
class Pair:
    """A generator and a discriminator of one representation, as small as they come."""

    representation: str
    generator: str
    discriminator: str
    options: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.generator}-{self.discriminator}"


PAIRS = (
    Pair("waveform", "wavegan", "wavegan", {"dim": 1}),
    Pair("waveform", "wavegan", "lstm", {"hidden_size": 4, "frame_size": 999}),
    Pair("waveform", "wavegan", "lstm-conv", {"hidden_size": 8, "dim": 2, "conv_layers": 2, "frame_size": 333}),
    Pair("spectrogram", "specgan", "specgan", {"dim": 1}),
)


def data_of(sample_shape: tuple[int, ...]) -> DataSpec:
    return DataSpec(sample_shape, 16_000, sample_shape[0], sample_shape[-1])


def representation_of(pair: Pair, channels: int, length: int) -> Representation:
    dataset = NoiseDataset(NoiseDatasetOptions(windows=2, window_length=length, channels=channels))
    made = create("representation", pair.representation, data=waveform_data(length, channels=channels))
    assert isinstance(made, Representation)
    made.fit(dataset)
    return made


def networks_of(pair: Pair, sample_shape: tuple[int, ...], **generator: Any) -> tuple[Generator, Discriminator]:
    torch.manual_seed(0)
    makes = create(
        "generator",
        pair.generator,
        {"dim": 2, "latent_dim": 8, **generator},
        data=data_of(sample_shape),
    )
    judges = create(
        "discriminator",
        pair.discriminator,
        pair.options,
        data=data_of(sample_shape),
    )
    assert isinstance(makes, Generator)
    assert isinstance(judges, Discriminator)
    return makes, judges


def losses() -> Iterable[tuple[str, Loss]]:
    registry = installed()
    names = [name for name in registry.names("loss") if registry.find("loss", name).plugin.distribution == "audiogan"]
    assert {"gan", "lsgan", "wgan", "wgan-gp"} <= set(names)
    return [(name, create("loss", name)) for name in names]


def assert_descends(value: Tensor, network: nn.Module, what: str) -> None:
    """The value and its gradient by every parameter are finite, and that by every kernel is not zero."""
    assert torch.isfinite(value), what
    named = dict(network.named_parameters())
    gradients = torch.autograd.grad(value, list(named.values()), retain_graph=True, allow_unused=True)
    for (name, parameter), gradient in zip(named.items(), gradients, strict=True):
        # A critic's slope does not depend on the last bias, nor on any before leaky ReLUs.
        if gradient is None:
            assert parameter.dim() == 1, f"{what} does not depend on {name}"
            continue
        assert torch.isfinite(gradient).all(), f"{what} by {name}"
        assert parameter.dim() == 1 or gradient.any(), f"{what} by {name} is zero"


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_every_loss_has_gradients_of_both_networks(pair: Pair, channels: int, length: int) -> None:
    representation = representation_of(pair, channels, length)
    makes, judges = networks_of(pair, representation.sample_shape)
    rng = torch.Generator().manual_seed(0)
    real = representation.encode(torch.rand(BATCH, channels, length, generator=rng) * 2 - 1)
    fake = makes(makes.sample_latent(BATCH, rng=rng))
    assert real.shape == fake.shape == (BATCH, *representation.sample_shape)
    assert representation.decode(fake).shape == (BATCH, channels, length)
    of_real, of_fake = judges(real), judges(fake)
    assert of_real.shape == of_fake.shape == (BATCH,)
    for name, loss in losses():
        step = Step(1, rng, judges)
        terms = loss.discriminator_terms(step.judge(real), step.judge(fake.detach()), step)
        assert_descends(terms["adversarial"], judges, f"{name}: discriminator")
        assert_descends(loss.generator_terms(step.judge(fake), None, step)["adversarial"], makes, f"{name}: generator")
        assert ("gradient_penalty" in terms) == (name == "wgan-gp")
        if "gradient_penalty" in terms:
            assert terms["gradient_penalty"] > 0
            assert_descends(terms["gradient_penalty"], judges, f"{name}: penalty")


@pytest.mark.parametrize("length", ODD_LENGTHS)
@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_no_value_of_a_sample_is_left_out_by_a_discriminator(pair: Pair, length: int) -> None:
    representation = representation_of(pair, 2, length)
    _, judges = networks_of(pair, representation.sample_shape)
    samples = torch.randn(1, *representation.sample_shape, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(judges.double()(samples).sum(), samples)
    assert int((gradient == 0).sum()) == 0


@pytest.mark.parametrize("length", ODD_LENGTHS)
@pytest.mark.parametrize("upsample", ["zeros", "nearest"])
@pytest.mark.parametrize("pair", [PAIRS[0], PAIRS[-1]], ids=lambda pair: pair.generator)
def test_every_value_of_a_generated_sample_depends_on_the_latent(pair: Pair, upsample: str, length: int) -> None:
    representation = representation_of(pair, 2, length)
    makes, _ = networks_of(pair, representation.sample_shape, dim=12, upsample=upsample)
    one, other = makes.double()(torch.randn(2, 8, dtype=torch.float64))
    assert one.shape == representation.sample_shape
    assert int((one == other).sum()) == 0


@pytest.mark.parametrize("length", ODD_LENGTHS)
def test_a_spectrogram_hears_every_sample_but_the_first_where_hanns_window_is_zero(length: int) -> None:
    representation = representation_of(PAIRS[-1], 1, length)
    waveform = (torch.rand(1, 1, length, dtype=torch.float64) * 2 - 1).requires_grad_()
    (gradient,) = torch.autograd.grad(representation.double().encode(waveform).square().sum(), waveform)
    assert (gradient == 0).flatten().nonzero().flatten().tolist() == [0]
