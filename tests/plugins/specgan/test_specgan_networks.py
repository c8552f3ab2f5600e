from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from audiogan import DataSpec, LayerRow, create
from audiogan.errors import CheckpointError, SpecError
from audiogan_specgan.discriminator import SpecGANDiscriminator
from audiogan_specgan.generator import SpecGANGenerator
from tests.golden.recipe import Golden, rebuild_weights


def data_of(sample_shape: tuple[int, ...]) -> DataSpec:
    return DataSpec(sample_shape, 16_000, sample_shape[0], sample_shape[-1])


def generator(sample_shape: tuple[int, ...] = (1, 32, 32), **options: Any) -> SpecGANGenerator:
    found = create(
        "generator",
        "specgan",
        {"dim": 2, **options},
        data=data_of(sample_shape),
    )
    assert isinstance(found, SpecGANGenerator)
    return found


def discriminator(sample_shape: tuple[int, ...] = (1, 32, 32), **options: Any) -> SpecGANDiscriminator:
    found = create(
        "discriminator",
        "specgan",
        {"dim": 2, **options},
        data=data_of(sample_shape),
    )
    assert isinstance(found, SpecGANDiscriminator)
    return found


def test_generator_of_the_original(golden: Callable[[str], Golden]) -> None:
    reference = golden("specgan_generator")
    network = generator((1, 128, 128), dim=4)
    network.load_tensorflow_variables(reference.weights)
    found = network(torch.from_numpy(reference.inputs["z"]))
    expected = torch.from_numpy(reference.outputs["G_z"]).permute(0, 3, 1, 2)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)


def test_discriminator_of_the_original(golden: Callable[[str], Golden]) -> None:
    reference = golden("specgan_discriminator")
    network = discriminator((1, 128, 128), dim=4)
    network.load_tensorflow_variables(reference.weights)
    found = network(torch.from_numpy(reference.inputs["x"]).permute(0, 3, 1, 2))
    torch.testing.assert_close(found, torch.from_numpy(reference.outputs["D_x"]), rtol=1e-5, atol=1e-5)


def test_a_spectrogram_lying_on_its_side_gives_another_score(golden: Callable[[str], Golden]) -> None:
    reference = golden("specgan_discriminator")
    network = discriminator((1, 128, 128), dim=4)
    network.load_tensorflow_variables(reference.weights)
    samples = torch.from_numpy(reference.inputs["x"]).permute(0, 3, 1, 2)
    assert float((network(samples) - network(samples.transpose(2, 3))).abs().min().detach()) > 1e-2


@pytest.mark.parametrize("sample_shape", [(1, 32, 128), (2, 64, 32), (1, 96, 64), (1, 79, 128), (3, 33, 31), (1, 1, 5)])
@pytest.mark.parametrize("options", [{}, {"batch_norm": True}, {"kernel_size": 4}])
def test_any_numbers_of_frames_and_bins(sample_shape: tuple[int, ...], options: Mapping[str, Any]) -> None:
    makes, judges = generator(sample_shape, **options), discriminator(sample_shape, **options)
    samples = makes(torch.rand(3, 100) * 2 - 1)
    assert samples.shape == (3, *sample_shape)
    assert float(samples.detach().abs().max()) < 1
    scores = judges(samples)
    assert scores.shape == (3,)
    scores.sum().backward()
    for parameter in (*makes.parameters(), *judges.parameters()):
        assert parameter.grad is not None
        assert bool(torch.isfinite(parameter.grad).all())


def test_nearest_upsampling_repeats_before_a_plain_convolution() -> None:
    network = generator((1, 32, 63), upsample="nearest").double()
    latent = torch.rand(2, 100, dtype=torch.float64) * 2 - 1
    features = network.project(latent).reshape(2, 1, 2, 32).permute(0, 3, 1, 2)
    for layer, width in zip(network.convolutions, (4, 8, 16, 32, 63), strict=True):
        repeated = features.relu().repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)[..., :width]
        features = F.conv2d(repeated, layer.get_parameter("weight"), layer.get_parameter("bias"), padding=2)
    torch.testing.assert_close(network(latent), features.tanh())


def test_batch_normalisation_of_generated_features() -> None:
    network = generator(batch_norm=True)
    latent = torch.rand(16, 100) * 2 - 1
    features = network.project(latent)
    normalised = (features - features.mean(0)) / (features.var(0, unbiased=False) + 1e-3).sqrt()
    found = network.norms[0](features[:, :, None, None])[:, :, 0, 0]
    torch.testing.assert_close(found, normalised, rtol=1e-4, atol=1e-5)


def test_initial_weights_are_glorot_uniform_and_biases_zero() -> None:
    makes, judges = generator((1, 64, 64), dim=8), discriminator((1, 64, 64), dim=8)
    for network in (makes, judges):
        for name, parameter in network.named_parameters():
            if name.endswith("bias"):
                assert not parameter.any()
                continue
            window = parameter[0, 0].numel()
            limit = (6 / (window * (parameter.shape[0] + parameter.shape[1]))) ** 0.5
            assert float(parameter.detach().abs().max()) <= limit
            if parameter.numel() > 1000:
                assert float(parameter.detach().std()) == pytest.approx(limit / 3**0.5, rel=0.05)


def off_the_kinks(parameter: torch.Tensor) -> torch.Tensor:
    """Of the same shape, but no bias zero: dead features would lie exactly where a ReLU has no derivative."""
    return (parameter.detach() + 0.1 * torch.randn_like(parameter)).requires_grad_()


def test_every_gradient_and_the_second_of_the_discriminator() -> None:
    network = discriminator((1, 32, 32), dim=1).double()
    samples = torch.randn(1, 1, 32, 32, dtype=torch.float64, requires_grad=True)
    names = [name for name, _ in network.named_parameters()]
    values = [off_the_kinks(parameter) for parameter in network.parameters()]

    def slope(*parameters: torch.Tensor) -> torch.Tensor:
        scores = torch.func.functional_call(network, dict(zip(names, parameters, strict=True)), (samples,))
        (gradient,) = torch.autograd.grad(scores.sum(), samples, create_graph=True)
        total: torch.Tensor = gradient.square().sum() + scores.sum()
        return total

    assert torch.autograd.gradcheck(slope, values, fast_mode=True)


def test_gradient_of_generated_samples_by_the_latent_and_every_weight() -> None:
    network = generator((1, 32, 32), dim=1, latent_dim=3).double()
    names = [name for name, _ in network.named_parameters()]
    values = [off_the_kinks(parameter) for parameter in network.parameters()]
    latent = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)

    directions = torch.randn(2, 1, 32, 32, dtype=torch.float64)

    def projection(latent: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
        samples: torch.Tensor = torch.func.functional_call(
            network, dict(zip(names, parameters, strict=True)), (latent,)
        )
        return (samples * directions).sum()

    assert torch.autograd.gradcheck(projection, (latent, *values), fast_mode=True)


def test_non_contiguous_spectrograms() -> None:
    network = discriminator((1, 32, 64))
    samples = torch.randn(3, 1, 64, 32).transpose(2, 3)
    assert not samples.is_contiguous()
    torch.testing.assert_close(network(samples), network(samples.contiguous()))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_variables_of_the_original_with_and_without_batch_normalisation(batch_norm: bool) -> None:
    norms = ("beta", "gamma", "moving_mean", "moving_variance")
    widths = [32, 16, 8, 4, 2]
    shapes: list[tuple[str, list[int]]] = [("G/z_project/dense/kernel", [100, 32]), ("G/z_project/dense/bias", [32])]
    for layer, (taken, given) in enumerate(zip(widths, [16, 8, 4, 2, 1], strict=True)):
        shapes.append((f"G/upconv_{layer}/conv2d_transpose/kernel", [5, 5, given, taken]))
        shapes.append((f"G/upconv_{layer}/conv2d_transpose/bias", [given]))
    if batch_norm:
        scopes = ["z_project", "upconv_0", "upconv_1", "upconv_2", "upconv_3"]
        for scope, width in zip(scopes, widths, strict=True):
            shapes.extend((f"G/{scope}/batch_normalization/{norm}", [width]) for norm in norms)
    weights = rebuild_weights(0, shapes)
    network = generator(batch_norm=batch_norm).eval()
    network.load_tensorflow_variables(weights)
    latent = np.random.default_rng(0).uniform(-1, 1, (2, 100)).astype(np.float32)

    def normalised(features: torch.Tensor, scope: str) -> torch.Tensor:
        if not batch_norm:
            return features
        gamma, beta, mean, variance = (
            torch.from_numpy(weights[f"G/{scope}/batch_normalization/{norm}"])[:, None, None]
            for norm in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return (features - mean) / (variance + 1e-3).sqrt() * gamma + beta

    projected = latent @ weights["G/z_project/dense/kernel"] + weights["G/z_project/dense/bias"]
    features = normalised(torch.from_numpy(projected).reshape(2, 32, 1, 1), "z_project").relu()
    for layer in range(5):
        scope = f"G/upconv_{layer}/conv2d_transpose"
        kernel = torch.from_numpy(weights[f"{scope}/kernel"]).permute(3, 2, 0, 1)
        bias = torch.from_numpy(weights[f"{scope}/bias"])
        whole = F.conv_transpose2d(features, kernel, bias, stride=2)
        size = 2 * features.shape[-1]
        features = whole[..., 1 : 1 + size, 1 : 1 + size]
        features = normalised(features, f"upconv_{layer}").relu() if layer < 4 else features.tanh()
    torch.testing.assert_close(network(torch.from_numpy(latent)), features, rtol=1e-4, atol=1e-5)


def test_variables_that_do_not_fit_are_named(golden: Callable[[str], Golden]) -> None:
    weights: dict[str, NDArray[np.float32]] = dict(golden("specgan_discriminator").weights)
    network = discriminator((1, 128, 128), dim=4, batch_norm=True)
    with pytest.raises(CheckpointError, match="D/downconv_1/batch_normalization/gamma' is missing") as error:
        network.load_tensorflow_variables(weights)
    assert "downconv_0/batch_normalization" not in str(error.value)
    with pytest.raises(CheckpointError, match="D/output/dense/kernel' has shape"):
        discriminator((1, 64, 128), dim=4).load_tensorflow_variables(weights)
    with pytest.raises(CheckpointError, match="G/upconv_0/conv2d/kernel' is missing"):
        generator((1, 128, 128), dim=4, upsample="nearest").load_tensorflow_variables(
            golden("specgan_generator").weights
        )


def test_samples_that_are_no_spectrograms_are_refused() -> None:
    complaint = r"not samples of shape \[1, 16384\]; set representation = { type = \"spectrogram\" }"
    for make in (generator, discriminator):
        with pytest.raises(SpecError, match=complaint):
            make((1, 16384))


def test_odd_feature_maps_are_halved_upwards_and_doubled_back() -> None:
    rows = discriminator((2, 79, 100)).layer_rows()
    assert [row.output for row in rows[:6]] == [
        (79, 100, 2),
        (40, 50, 2),
        (20, 25, 4),
        (10, 13, 8),
        (5, 7, 16),
        (3, 4, 32),
    ]
    rows = generator((2, 79, 100)).layer_rows()
    assert [row.output for row in rows[2:]] == [
        (3, 4, 32),
        (5, 7, 16),
        (10, 13, 8),
        (20, 25, 4),
        (40, 50, 2),
        (79, 100, 2),
    ]


def test_layer_tables_of_the_paper() -> None:
    table = create("generator", "specgan", data=DataSpec((1, 128, 128), 16_000, 1, 16_384)).layer_rows()
    assert table[:4] == (
        LayerRow("input z ~ Uniform(-1, 1)", (), (100,)),
        LayerRow("dense", (100, 16384), (16384,)),
        LayerRow("reshape, ReLU", (), (4, 4, 1024)),
        LayerRow("transposed conv 2-D, stride 2, ReLU", (5, 5, 1024, 512), (8, 8, 512)),
    )
    assert table[-1] == LayerRow("transposed conv 2-D, stride 2, tanh", (5, 5, 64, 1), (128, 128, 1))
    assert len(table) == 8
    table = create("discriminator", "specgan", data=DataSpec((1, 128, 128), 16_000, 1, 16_384)).layer_rows()
    assert table[:2] == (
        LayerRow("input x or G(z)", (), (128, 128, 1)),
        LayerRow("conv 2-D, stride 2, leaky ReLU 0.2", (5, 5, 1, 64), (64, 64, 64)),
    )
    assert table[-3:] == (
        LayerRow("conv 2-D, stride 2, leaky ReLU 0.2", (5, 5, 512, 1024), (4, 4, 1024)),
        LayerRow("reshape", (), (16384,)),
        LayerRow("dense", (16384, 1), (1,)),
    )
    assert len(table) == 8


@pytest.mark.parametrize("upsample", ["zeros", "nearest"])
def test_layer_tables_hold_every_weight(upsample: str) -> None:
    for network in (generator((2, 32, 65), upsample=upsample), discriminator((2, 32, 65))):
        kernels = [np.prod(row.kernel) for row in network.layer_rows() if row.kernel]
        weights = [parameter.numel() for name, parameter in network.named_parameters() if name.endswith("weight")]
        assert sorted(kernels) == sorted(weights)
