"""The WaveGAN discriminator against the original, and its options."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np
import pytest
import torch

import audiogan
from audiogan import CheckpointError, SpecError
from audiogan.testing import waveform_data
from audiogan_wavegan import WaveGANDiscriminator, WaveGANDiscriminatorOptions
from audiogan_wavegan.phase_shuffle import PhaseShuffle
from tests.golden.recipe import Golden

Load = Callable[[str], Golden]


def discriminator(length: int = 1024, channels: int = 1, **options: object) -> WaveGANDiscriminator:
    made = audiogan.create(
        "discriminator", "wavegan", {"dim": 2, **options}, data=waveform_data(length, channels=channels)
    )
    assert isinstance(made, WaveGANDiscriminator)
    return made


def test_scores_and_gradients_are_the_originals(golden: Load) -> None:
    reference = golden("wavegan_discriminator_16384")
    network = discriminator(16384, dim=4).eval()
    network.load_tensorflow_variables(reference.weights)
    waveforms = torch.from_numpy(reference.inputs["x"]).transpose(1, 2).requires_grad_()
    scores = network(waveforms)
    np.testing.assert_allclose(scores.detach().numpy(), reference.outputs["D_x"], rtol=1e-5, atol=1e-6)
    (gradient,) = torch.autograd.grad(scores.sum(), waveforms)
    np.testing.assert_allclose(gradient.transpose(1, 2).numpy(), reference.outputs["dD_dx"], rtol=1e-5, atol=1e-7)


def test_layers_of_the_default() -> None:
    rows = WaveGANDiscriminator(WaveGANDiscriminatorOptions(), data=waveform_data(16384)).layer_rows()
    assert [(row.operation, row.kernel, row.output) for row in rows] == [
        ("input x or G(z)", (), (16384, 1)),
        ("conv 1-D, stride 4, leaky ReLU, phase shuffle (n = 2)", (25, 1, 64), (4096, 64)),
        ("conv 1-D, stride 4, leaky ReLU, phase shuffle (n = 2)", (25, 64, 128), (1024, 128)),
        ("conv 1-D, stride 4, leaky ReLU, phase shuffle (n = 2)", (25, 128, 256), (256, 256)),
        ("conv 1-D, stride 4, leaky ReLU, phase shuffle (n = 2)", (25, 256, 512), (64, 512)),
        ("conv 1-D, stride 4, leaky ReLU", (25, 512, 1024), (16, 1024)),
        ("reshape", (), (16384,)),
        ("dense", (16384, 1), (1,)),
    ]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("length", [1024, 2048, 4096, 8192, 16384, 32768, 65536, 24576, 22050, 12345])
def test_every_length_and_channel_count_is_read_as_described(length: int, channels: int) -> None:
    network = discriminator(length, channels, dim=1)
    assert network(torch.zeros(3, channels, length)).shape == (3,)
    described = [row.kernel for row in network.layer_rows() if row.operation.startswith("conv")]
    held = [weight.permute(2, 1, 0) for weight in network.convolutions.state_dict().values() if weight.dim() > 1]
    assert described == [tuple(weight.shape) for weight in held]
    assert network.layer_rows()[-1].kernel == tuple(network.output.weight.T.shape)


@pytest.mark.parametrize(("length", "calls"), [(65536, 4), (16384, 4), (4096, 3), (1024, 2), (12345, 4)])
def test_phase_shuffle_follows_the_first_four_layers_but_never_the_last(length: int, calls: int) -> None:
    network = discriminator(length, dim=1)
    shuffled: list[int] = []
    network.phase_shuffle.register_forward_hook(lambda _module, inputs, _output: shuffled.append(inputs[0].shape[-1]))
    network(torch.zeros(1, 1, length))
    assert shuffled == [ceil(length / 4 ** (layer + 1)) for layer in range(calls)]


def test_phase_shuffle_changes_scores_in_training_only_and_follows_the_seed() -> None:
    network, waveforms = discriminator(), torch.randn(2, 1, 1024)
    torch.manual_seed(1)
    first = [network(waveforms) for _ in range(6)]
    torch.manual_seed(1)
    assert all(torch.equal(network(waveforms), scores) for scores in first)
    assert len({scores[0].item() for scores in first}) > 1
    network.eval()
    assert torch.equal(network(waveforms), network(waveforms))


def test_phase_shuffle_options_reach_the_layer() -> None:
    layer = discriminator(phase_shuffle=5, phase_shuffle_per_sample=True).phase_shuffle
    assert isinstance(layer, PhaseShuffle)
    assert (layer.radius, layer.per_sample) == (5, True)


def test_batch_normalisation_spares_the_first_layer_and_carries_the_originals_names() -> None:
    network = discriminator(256, batch_norm=True)
    names = {name for name in network._tensorflow_variables() if "batch_normalization" in name}
    assert names == {
        f"D/downconv_1/batch_normalization/{part}" for part in ("gamma", "beta", "moving_mean", "moving_variance")
    }
    operations = [row.operation for row in network.layer_rows()]
    assert operations[2] == "conv 1-D, stride 4, batch norm, leaky ReLU"


@pytest.mark.parametrize(("length", "channels"), [(64, 1), (64, 2), (71, 3), (125, 1)])
def test_first_and_second_derivatives_of_waveforms_and_weights_agree_with_differences(
    length: int, channels: int
) -> None:
    network = discriminator(length, channels, dim=2, kernel_size=5).double().eval()
    waveforms = torch.randn(2, channels, length, dtype=torch.float64, requires_grad=True)
    names, parameters = zip(*network.named_parameters(), strict=True)

    def apply(waveforms: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = torch.func.functional_call(network, dict(zip(names, weights, strict=True)), (waveforms,))
        return scores

    assert torch.autograd.gradcheck(apply, (waveforms, *parameters))
    assert torch.autograd.gradgradcheck(apply, (waveforms, *parameters))


def test_non_contiguous_waveforms_score_alike() -> None:
    network = discriminator(channels=2).eval()
    waveforms = torch.randn(3, 1024, 2).transpose(1, 2)
    torch.testing.assert_close(network(waveforms), network(waveforms.contiguous()))


def test_weights_of_another_size_are_refused_by_name(golden: Load) -> None:
    with pytest.raises(CheckpointError, match="'D/downconv_4/conv1d/kernel' has shape"):
        discriminator(16384, dim=2).load_tensorflow_variables(golden("wavegan_discriminator_16384").weights)


def test_a_window_that_is_too_short_is_refused() -> None:
    with pytest.raises(SpecError, match="windows of 63 samples are too short: at least 64 are needed"):
        discriminator(63)


def test_a_shift_longer_than_a_feature_map_is_refused() -> None:
    with pytest.raises(SpecError, match=r"phase_shuffle = 64: .* use at most 63"):
        discriminator(1024, phase_shuffle=64)
    assert discriminator(1024, phase_shuffle=63)(torch.zeros(1, 1, 1024)).shape == (1,)
