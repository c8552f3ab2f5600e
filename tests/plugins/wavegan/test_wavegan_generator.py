"""The WaveGAN generator against the original, and its options."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

import audiogan
from audiogan import CheckpointError, DataSpec, SpecError
from audiogan.testing import waveform_data
from audiogan_wavegan import WaveGANGenerator, WaveGANGeneratorOptions
from tests.golden.recipe import Golden

Load = Callable[[str], Golden]


def generator(length: int = 1024, channels: int = 1, **options: object) -> WaveGANGenerator:
    made = audiogan.create("generator", "wavegan", {"dim": 2, **options}, data=waveform_data(length, channels=channels))
    assert isinstance(made, WaveGANGenerator)
    return made


@pytest.mark.parametrize(("name", "dim"), [("wavegan_generator_16384", 4), ("wavegan_checkpoint", 2)])
def test_waveforms_are_the_originals(golden: Load, name: str, dim: int) -> None:
    reference = golden(name)
    network = generator(16384, dim=dim)
    network.load_tensorflow_variables(reference.weights)
    waveforms = network(torch.from_numpy(reference.inputs["z"])).transpose(1, 2).detach().numpy()
    np.testing.assert_allclose(waveforms, reference.outputs["G_z"], rtol=1e-5, atol=1e-6)


def test_layers_read_as_table_2_of_the_study() -> None:
    rows = WaveGANGenerator(WaveGANGeneratorOptions(), data=waveform_data(16384)).layer_rows()
    assert [(row.operation, row.kernel, row.output) for row in rows] == [
        ("input z ~ Uniform(-1, 1)", (), (100,)),
        ("dense", (100, 16384), (16384,)),
        ("reshape, ReLU", (), (16, 1024)),
        ("transposed conv 1-D, stride 4, ReLU", (25, 1024, 512), (64, 512)),
        ("transposed conv 1-D, stride 4, ReLU", (25, 512, 256), (256, 256)),
        ("transposed conv 1-D, stride 4, ReLU", (25, 256, 128), (1024, 128)),
        ("transposed conv 1-D, stride 4, ReLU", (25, 128, 64), (4096, 64)),
        ("transposed conv 1-D, stride 4, tanh", (25, 64, 1), (16384, 1)),
    ]


def test_layer_rows_of_options() -> None:
    rows = generator(256, 2, upsample="nearest", batch_norm=True, post_filter=512).layer_rows()
    assert [(row.operation, row.kernel, row.output) for row in rows[2:]] == [
        ("reshape, batch norm, ReLU", (), (16, 4)),
        ("nearest upsampling, conv 1-D, stride 4, batch norm, ReLU", (25, 4, 2), (64, 2)),
        ("nearest upsampling, conv 1-D, stride 4, tanh", (25, 2, 2), (256, 2)),
        ("post-filter", (512, 2), (256, 2)),
    ]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("length", [1024, 2048, 4096, 8192, 16384, 32768, 65536, 24576, 22050, 12345])
def test_every_length_and_channel_count_is_reached_as_described(length: int, channels: int) -> None:
    network = generator(length, channels, dim=1, latent_dim=3)
    waveforms = network(torch.zeros(1, 3))
    assert waveforms.shape == (1, channels, length)
    described = [row.kernel for row in network.layer_rows() if row.operation.startswith("transposed")]
    held = [
        tuple(weight.permute(2, 0, 1).shape) for weight in network.upsampling.state_dict().values() if weight.dim() > 1
    ]
    assert described == held


def test_channels_double_towards_the_latent_as_in_the_original_at_longer_windows() -> None:
    assert generator(32768, dim=1).widths == (32, 16, 8, 4, 2, 1, 1)
    assert generator(65536, dim=1).widths == (32, 16, 8, 4, 2, 1, 1)
    assert generator(32768, dim=1).plan.strides == (4, 4, 4, 4, 4, 2)


def test_layers_of_a_length_that_strides_do_not_divide() -> None:
    rows = WaveGANGenerator(WaveGANGeneratorOptions(), data=waveform_data(22050, channels=2)).layer_rows()
    assert [row.output for row in rows] == [
        (100,),
        (22 * 1024,),
        (22, 1024),
        (87, 512),
        (345, 256),
        (1379, 128),
        (5513, 64),
        (22050, 2),
    ]


@pytest.mark.parametrize("length", [64, 65, 67, 127])
@pytest.mark.parametrize("options", [{}, {"upsample": "nearest"}, {"batch_norm": True}, {"post_filter": 6}])
def test_gradients_of_every_weight_agree_with_differences(options: dict[str, object], length: int) -> None:
    network = generator(length, 1, dim=1, latent_dim=2, kernel_size=3, **options).double()
    # With every bias zero, what a dead layer gives would sit on the next ReLU's kink.
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.1)
    latent = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    names, parameters = zip(*network.named_parameters(), strict=True)
    buffers = {name: buffer.clone() for name, buffer in network.named_buffers()}

    def apply(latent: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        state = {**{name: buffer.clone() for name, buffer in buffers.items()}, **dict(zip(names, weights, strict=True))}
        waveforms: torch.Tensor = torch.func.functional_call(network, state, (latent,))
        return waveforms

    assert torch.autograd.gradcheck(apply, (latent, *parameters), atol=1e-6)


def test_initial_weights_and_latents_follow_their_seeds() -> None:
    torch.manual_seed(2)
    first = generator()
    torch.manual_seed(2)
    second = generator()
    latents = [first.sample_latent(4, rng=torch.Generator().manual_seed(9)) for _ in range(2)]
    assert torch.equal(*latents)
    assert latents[0].shape == (4, 100)
    assert latents[0].min() < 0 < latents[0].max()
    assert torch.equal(first(latents[0]), second(latents[0]))


def test_nearest_upsampling_repeats_samples_before_it_convolves() -> None:
    network = generator(64, dim=1, upsample="nearest", kernel_size=1)
    network.load_tensorflow_variables(
        {
            "G/z_project/dense/kernel": np.zeros((100, 16), np.float32),
            "G/z_project/dense/bias": np.arange(16, dtype=np.float32) - 4,
            "G/upconv_0/conv1d/kernel": np.full((1, 1, 1), 0.1, np.float32),
            "G/upconv_0/conv1d/bias": np.zeros(1, np.float32),
        }
    )
    expected = np.tanh(0.1 * np.repeat(np.maximum(np.arange(16) - 4, 0), 4))
    np.testing.assert_allclose(network(torch.zeros(1, 100))[0, 0].detach().numpy(), expected, rtol=1e-6)


def test_nearest_upsampling_repeats_the_last_sample_less_often_where_that_is_too_long() -> None:
    network = generator(126, dim=1, upsample="nearest", kernel_size=1)
    with torch.no_grad():
        network.project.weight.zero_()
        network.project.bias.copy_(torch.arange(16).repeat_interleave(2))
        for parameter in network.upsampling.parameters():
            parameter.fill_(0.1 if parameter.dim() > 1 else 0)
    # four times and twice, two channels to one: 0.1 · (n + n) and then 0.1 of it
    expected = np.tanh(0.02 * np.repeat(np.arange(16), 8)[:126])
    np.testing.assert_allclose(network(torch.zeros(1, 100))[0, 0].detach().numpy(), expected, rtol=1e-6)


def test_variables_of_batch_normalisation_have_the_originals_names() -> None:
    network = generator(256, batch_norm=True)
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    variables = {
        "G/z_project/dense/kernel": state["project.weight"].T.numpy(),
        "G/z_project/dense/bias": state["project.bias"].numpy(),
        "G/z_project/batch_normalization/gamma": np.full(4, 2, np.float32),
        "G/z_project/batch_normalization/beta": np.full(4, 3, np.float32),
        "G/z_project/batch_normalization/moving_mean": np.full(4, 4, np.float32),
        "G/z_project/batch_normalization/moving_variance": np.full(4, 5, np.float32),
        "G/upconv_0/batch_normalization/gamma": np.full(2, 6, np.float32),
        "G/upconv_0/batch_normalization/beta": np.full(2, 7, np.float32),
        "G/upconv_0/batch_normalization/moving_mean": np.full(2, 8, np.float32),
        "G/upconv_0/batch_normalization/moving_variance": np.full(2, 9, np.float32),
    }
    for layer in (0, 1):
        scope = f"G/upconv_{layer}/conv2d_transpose"
        variables[f"{scope}/kernel"] = state[f"upsampling.{layer}.weight"].permute(2, 1, 0)[None].numpy()
        variables[f"{scope}/bias"] = state[f"upsampling.{layer}.bias"].numpy()
    network.load_tensorflow_variables(variables)
    after = network.state_dict()
    assert [after[f"normalisation.0.{key}"][0].item() for key in ("weight", "bias", "running_mean", "running_var")] == [
        2,
        3,
        4,
        5,
    ]
    assert [after[f"normalisation.1.{key}"][0].item() for key in ("weight", "bias", "running_mean", "running_var")] == [
        6,
        7,
        8,
        9,
    ]
    assert torch.equal(after["upsampling.1.weight"], state["upsampling.1.weight"])


def test_weights_of_another_size_are_refused_by_name(golden: Load) -> None:
    with pytest.raises(CheckpointError, match="'G/upconv_0/conv2d_transpose/kernel' has shape"):
        generator(16384, dim=2).load_tensorflow_variables(golden("wavegan_generator_16384").weights)


def test_unusable_samples_and_options_are_refused() -> None:
    with pytest.raises(SpecError, match="works on waveforms"):
        audiogan.create("generator", "wavegan", data=DataSpec((1, 128, 128), 16_000, 1, 16_384))
    with pytest.raises(SpecError, match="windows of 63 samples are too short: at least 64 are needed"):
        generator(63)
    with pytest.raises(SpecError, match=r"upsample.*linear.*must be one of 'zeros', 'nearest'"):
        generator(upsample="linear")
