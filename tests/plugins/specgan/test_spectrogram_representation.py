from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from audiogan import DataError, Dataset, Window, create
from audiogan.audio import stft
from audiogan.errors import SpecError
from audiogan.testing import waveform_data
from audiogan_specgan.spectrogram import SpectrogramRepresentation
from tests.golden.recipe import Golden


@attrs.frozen
class NoOptions:
    """A dataset made in a test has none."""


class Recordings(Dataset):
    """The waveforms ``[count, channels, window_length]`` of a test."""

    options_class = NoOptions

    def __init__(self, waveforms: NDArray[Any]) -> None:
        self.waveforms = waveforms
        self.sample_rate = 16000
        self.channels, self.window_length = waveforms.shape[1:]

    def __len__(self) -> int:
        return len(self.waveforms)

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        return Window(self.waveforms[index])

    def fingerprint(self) -> str:
        return "test"


def spectrogram(
    options: Mapping[str, Any] | None = None, *, channels: int = 1, window_length: int = 1024
) -> SpectrogramRepresentation:
    found = create(
        "representation",
        "spectrogram",
        options,
        data=waveform_data(window_length, channels=channels),
    )
    assert isinstance(found, SpectrogramRepresentation)
    return found


def noise(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).uniform(-0.5, 0.5, shape).astype(np.float32)


def with_moments(golden: Golden, representation: SpectrogramRepresentation) -> SpectrogramRepresentation:
    moments = {name: torch.from_numpy(golden.inputs[name]) for name in ("mean", "std")}
    representation.load_state_dict(moments)
    return representation


def test_features_of_the_original(golden: Callable[[str], Golden]) -> None:
    reference = golden("specgan_features")
    representation = with_moments(reference, spectrogram(window_length=16384))
    waveform = torch.from_numpy(reference.inputs["x"]).permute(0, 2, 1)
    expected = torch.from_numpy(reference.outputs["X_norm"]).permute(0, 3, 1, 2)
    found = representation.encode(waveform)
    assert found.shape == (3, *representation.sample_shape) == (3, 1, 128, 128)

    # Each of the log2(256) = 8 stages of a transform rounds three times (twiddle, product, sum) by u of what it adds,
    # which is as large in one bin as in another: √24 u of the frame's bins in the root mean square, and nowhere 8 times
    # that. The logarithm divides it by the bin's own magnitude, which is next to nothing in the faintest. Logarithm,
    # subtraction of the mean and division round four times more. The original rounds as often as we do.
    u = torch.finfo(torch.float32).eps / 2
    magnitudes = stft(waveform.double(), n_fft=256, hop_length=128, pad_end=True).abs()
    of_transform = 8 * 24**0.5 * u * magnitudes.square().mean(dim=-1, keepdim=True).sqrt() / (magnitudes + 1e-6)
    of_logarithm = 4 * u * ((magnitudes + 1e-6).log().abs() + representation.mean.abs())
    allowed = (2 * (of_transform + of_logarithm) / (3 * representation.std))[..., :-1]
    assert bool(((found - expected).abs() <= allowed).all())
    assert float(allowed.median()) < 1e-4


def test_griffin_lim_waveform_of_the_original(golden: Callable[[str], Golden]) -> None:
    reference = golden("specgan_features")
    representation = with_moments(reference, spectrogram(window_length=16384))
    expected = torch.from_numpy(reference.outputs["x_griffin_lim"]).permute(0, 2, 1)
    samples = torch.from_numpy(reference.outputs["X_norm"]).permute(0, 3, 1, 2)
    # Sixteen iterations amplify: in float64, rounding the samples once to float32 moves the waveform by up to 1.6e-5.
    # Ten such are less than a thousandth of the peak, and than what an iteration more or less does (5e-3).
    torch.testing.assert_close(representation.decode(samples), expected, rtol=0, atol=1.6e-4)
    waveform = torch.from_numpy(reference.inputs["x"]).permute(0, 2, 1)
    torch.testing.assert_close(representation.decode(representation.encode(waveform)), expected, rtol=0, atol=1.6e-4)


@pytest.mark.parametrize(
    ("options", "channels", "window_length", "sample_shape"),
    [
        ({}, 1, 16384, (1, 128, 128)),
        ({}, 1, 4096, (1, 32, 128)),
        ({}, 2, 8192, (2, 64, 128)),
        ({}, 1, 5000, (1, 40, 128)),
        ({"n_fft": 64, "hop_length": 16}, 1, 1001, (1, 63, 32)),
        ({"n_fft": 64, "hop_length": 64}, 3, 640, (3, 10, 32)),
    ],
)
def test_shapes_there_and_back(
    options: Mapping[str, Any], channels: int, window_length: int, sample_shape: tuple[int, ...]
) -> None:
    representation = spectrogram(options, channels=channels, window_length=window_length)
    waveforms = noise(2, channels, window_length)
    representation.fit(Recordings(waveforms))
    samples = representation.encode(torch.from_numpy(waveforms))
    assert representation.sample_shape == sample_shape
    assert samples.shape == (2, *sample_shape)
    assert representation.decode(samples).shape == waveforms.shape


def test_moments_are_those_of_every_frame_of_the_data() -> None:
    waveforms = noise(9, 2, 1000) * np.linspace(0.01, 1, 9, dtype=np.float32)[:, None, None]
    representation = spectrogram({"n_fft": 32, "hop_length": 8, "log_offset": 1e-3}, channels=2, window_length=1000)
    representation.fit(Recordings(waveforms))
    padded = np.concatenate([waveforms.astype(np.float64), np.zeros((9, 2, 24))], axis=-1)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 32, axis=-1)[..., ::8, :]
    assert frames.shape == (9, 2, 125, 32)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(32) / 32)
    rows = np.log(np.abs(np.fft.rfft(window * frames)) + 1e-3).reshape(-1, 17)
    np.testing.assert_allclose(representation.mean.numpy(), rows.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(representation.std.numpy(), rows.std(axis=0), rtol=1e-4)
    normalised = representation.encode(torch.from_numpy(waveforms))
    expected = ((rows - rows.mean(axis=0)) / rows.std(axis=0) / 3).clip(-1, 1)[:, :-1].reshape(9, 2, 125, 16)
    np.testing.assert_allclose(normalised.numpy(), expected, atol=1e-4)


def test_clipping_at_a_chosen_number_of_deviations() -> None:
    waveforms = noise(4, 1, 1024)
    narrow, wide = spectrogram({"clip_std": 0.5}), spectrogram({"clip_std": 100.0})
    for representation in (narrow, wide):
        representation.fit(Recordings(waveforms))
    deviations = wide.encode(torch.from_numpy(waveforms)) * 100
    clipped = narrow.encode(torch.from_numpy(waveforms))
    torch.testing.assert_close(clipped, (deviations / 0.5).clamp(-1, 1), rtol=0, atol=1e-5)
    assert float(clipped.max()) == 1
    assert float(clipped.min()) == -1


def test_non_contiguous_waveforms_and_samples() -> None:
    waveforms = noise(1024, 3, 2).transpose(2, 1, 0)
    representation = spectrogram(channels=3)
    representation.fit(Recordings(waveforms[:, ::-1]))
    samples = representation.encode(torch.from_numpy(waveforms))
    torch.testing.assert_close(samples, representation.encode(torch.from_numpy(waveforms).contiguous()))
    strided = samples.transpose(2, 3).contiguous().transpose(2, 3)
    torch.testing.assert_close(representation.decode(strided), representation.decode(samples))


def test_decoding_one_by_one_or_many_at_once_is_the_same() -> None:
    representation = spectrogram({"n_fft": 32, "hop_length": 16}, window_length=64)
    waveforms = noise(130, 1, 64)
    representation.fit(Recordings(waveforms))
    samples = representation.encode(torch.from_numpy(waveforms))
    one_by_one = torch.cat([representation.decode(sample[None]) for sample in samples])
    torch.testing.assert_close(representation.decode(samples), one_by_one, rtol=0, atol=1e-4)


def test_decoded_waveforms_stay_within_full_scale() -> None:
    representation = spectrogram()
    representation.load_state_dict({"mean": torch.full((129,), 5.0), "std": torch.ones(129)})
    assert float(representation.decode(torch.ones(1, 1, 8, 128)).abs().max()) == 1


def test_silence_divides_nothing_by_zero() -> None:
    silence = torch.zeros(2, 1, 1024, requires_grad=True)
    representation = spectrogram()
    representation.fit(Recordings(silence.detach().numpy()))
    np.testing.assert_allclose(representation.mean.numpy(), np.log(1e-6), rtol=1e-6)
    np.testing.assert_allclose(representation.std.numpy(), 0, atol=1e-6)
    samples = representation.encode(silence)
    torch.testing.assert_close(samples.detach(), torch.zeros(2, 1, 8, 128), rtol=0, atol=1e-3)
    (gradient,) = torch.autograd.grad(samples.sum(), silence)
    torch.testing.assert_close(gradient, torch.zeros_like(silence))
    assert float(representation.decode(samples).abs().max()) < 1e-5
    torch.testing.assert_close(representation.encode(torch.from_numpy(noise(1, 1, 1024))), torch.ones(1, 1, 8, 128))


def test_one_silent_bin_among_others() -> None:
    time = np.arange(1024)
    waveforms = np.stack([np.sin(2 * np.pi * frequency * time)[None] for frequency in (0.1, 0.2)]).astype(np.float32)
    representation = spectrogram()
    representation.fit(Recordings(waveforms))
    representation.std[7] = 0
    samples = representation.encode(torch.from_numpy(waveforms))
    assert bool(torch.isfinite(samples).all())
    assert bool(torch.isfinite(representation.decode(samples)).all())


def test_encoding_is_differentiable_and_decoding_passes_no_gradient() -> None:
    representation = spectrogram({"n_fft": 8, "hop_length": 4}, window_length=20).double()
    waveform = torch.from_numpy(noise(2, 1, 20)).double().requires_grad_()
    representation.load_state_dict({"mean": torch.zeros(5), "std": torch.ones(5)})
    assert torch.autograd.gradcheck(representation.encode, (waveform,))
    samples = representation.encode(waveform)
    assert samples.requires_grad
    assert not representation.decode(samples).requires_grad


def test_what_was_fitted_is_saved_with_the_run() -> None:
    waveforms = noise(3, 1, 1024)
    fitted, loaded = spectrogram(), spectrogram()
    fitted.fit(Recordings(waveforms))
    assert sorted(fitted.state_dict()) == ["mean", "std"]
    loaded.load_state_dict(fitted.state_dict())
    samples = fitted.encode(torch.from_numpy(waveforms))
    assert torch.equal(loaded.encode(torch.from_numpy(waveforms)), samples)
    assert torch.equal(loaded.decode(samples), fitted.decode(samples))


def test_moments_must_be_known() -> None:
    with pytest.raises(RuntimeError, match=r"call fit\(dataset\) first"):
        spectrogram().encode(torch.zeros(1, 1, 1024))
    with pytest.raises(RuntimeError, match=r"call fit\(dataset\) first"):
        spectrogram().decode(torch.zeros(1, 1, 8, 128))


def test_data_without_moments_is_refused() -> None:
    representation = spectrogram()
    with pytest.raises(DataError, match="the dataset has no windows"):
        representation.fit(Recordings(noise(0, 1, 1024)))
    broken = noise(3, 1, 1024)
    broken[1, 0, 77] = np.nan
    with pytest.raises(DataError, match="window 1 of the dataset holds samples that are not finite"):
        representation.fit(Recordings(broken))


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"n_fft": 255}, "n_fft must be even, not 255"),
        ({"n_fft": 64}, "hop_length must be at most n_fft = 64, not 128"),
        ({"clip_std": 0.0}, "clip_std must be more than 0"),
        ({"log_offset": 0.0}, "log_offset must be more than 0"),
        ({"griffin_lim_iterations": -1}, "griffin_lim_iterations must be at least 0"),
    ],
)
def test_options_that_make_no_sense(options: Mapping[str, Any], complaint: str) -> None:
    with pytest.raises(SpecError) as error:
        spectrogram(options)
    assert complaint.split(" must ")[1] in str(error.value)
