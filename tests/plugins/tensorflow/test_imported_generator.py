from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import audiogan
from audiogan.errors import CheckpointError
from audiogan.registry import installed
from audiogan.run.generation import generate_files
from audiogan.spec import read_experiments
from audiogan.testing import waveform_data
from audiogan_tensorflow.generator import ImportedGenerator, import_generator, save_generator
from audiogan_tensorflow.moments import Moments
from tests.golden.recipe import Golden
from tests.plugins.tensorflow.bundles import bundle_of, wavegan_variables

STEP = np.array(7, dtype=np.int64)


def imported(variables: dict[str, Any], **options: Any) -> ImportedGenerator:
    given: dict[str, Any] = {"sample_rate": 16_000, "window_length": None, "moments": None, **options}
    return import_generator(bundle_of(variables), registry=installed(), **given)


@pytest.mark.parametrize(
    ("options", "window_length"),
    [
        ({}, 16384),
        ({"batch_norm": True, "channels": 2, "post_filter": 9}, 16384),
        ({"upsample": "nearest", "batch_norm": True}, 16384),
        ({"layers": 6, "dim": 1}, 32768),
        ({"layers": 6, "dim": 1}, 65536),
    ],
)
def test_the_network_is_that_of_the_options(options: dict[str, Any], window_length: int) -> None:
    variables = wavegan_variables(**options)
    taken = imported({**variables, "global_step": STEP}, window_length=window_length if "layers" in options else None)
    channels = options.get("channels", 1)
    expected = audiogan.create(
        "generator",
        "wavegan",
        {
            "dim": 1,
            "kernel_size": 5,
            "latent_dim": 3,
            "upsample": options.get("upsample", "zeros"),
            "batch_norm": options.get("batch_norm", False),
            "post_filter": options.get("post_filter"),
            "post_filter_fold": channels == 2,
        },
        data=waveform_data(window_length, channels=channels),
    ).eval()
    expected.load_tensorflow_variables(variables)
    latent = torch.rand(2, 3) * 2 - 1
    with torch.no_grad():
        waveforms = taken.generator(latent)
        assert waveforms.shape == (2, channels, window_length)
        assert float(waveforms.std()) > 1e-3
        torch.testing.assert_close(waveforms, expected(latent), rtol=0, atol=0)


def test_what_an_optimiser_and_the_critic_keep_is_left_out() -> None:
    variables: dict[str, Any] = wavegan_variables()
    kernel = variables["G/z_project/dense/kernel"]
    others = {
        "G/z_project/dense/kernel/Adam": kernel,
        "G/z_project/dense/kernel/Adam_1": kernel,
        "G/beta1_power": np.array(0.5, dtype=np.float32),
        "D/output/dense/kernel": kernel,
    }
    taken = imported({**variables, **others})
    assert set(taken.taken()) == set(variables)
    assert taken.bundle.names_without(taken.taken()) == sorted(others)


def test_specgan_generates_with_its_moments(golden: Callable[[str], Golden], tmp_path: Path) -> None:
    reference, features = golden("specgan_generator"), golden("specgan_features")
    moments = Moments(features.inputs["mean"], features.inputs["std"])
    taken = imported(dict(reference.weights), moments=moments)
    with torch.no_grad():
        spectrograms = taken.generator(torch.from_numpy(reference.inputs["z"]))
    expected = torch.from_numpy(reference.outputs["G_z"]).permute(0, 3, 1, 2)
    torch.testing.assert_close(spectrograms, expected, rtol=0, atol=1e-5)
    decoded = taken.representation.decode(torch.from_numpy(features.outputs["X_norm"]).permute(0, 3, 1, 2))
    original = torch.from_numpy(features.outputs["x_griffin_lim"]).permute(0, 2, 1)
    # As the spectrogram representation's own test derives.
    torch.testing.assert_close(decoded, original, rtol=0, atol=1.6e-4)
    save_generator(taken, tmp_path / "run", source={})
    paths = generate_files(
        tmp_path / "run" / "specgan",
        tmp_path / "out",
        count=1,
        seed=0,
        checkpoint="best",
        device_name="cpu",
        registry=installed(),
        warn=lambda line: None,
    )
    assert [path.name for path in paths] == ["0000.wav"]


def test_moments_and_networks_must_go_together(golden: Callable[[str], Golden]) -> None:
    with pytest.raises(CheckpointError, match=r"keeps in a file of its own, moments\.pkl; give it with --moments"):
        imported(dict(golden("specgan_generator").weights))
    moments = Moments(np.zeros(129, dtype=np.float32), np.ones(129, dtype=np.float32))
    with pytest.raises(CheckpointError, match="makes waveforms, which have no moments; leave out --moments"):
        imported(dict(wavegan_variables()), moments=moments)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("G/batch_normalization/gamma", np.ones(16), "variable 'G/batch_normalization/gamma' is unknown"),
        ("G/upconv_2/conv2d_transpose/bias", np.ones(3), r"'G/upconv_2/conv2d_transpose/bias' has shape \(3,\)"),
        ("G/upconv_1/conv2d_transpose/kernel", None, "no 'G/upconv_0/"),
        ("G/z_project/dense/bias", None, "variable 'G/z_project/dense/bias' is missing"),
        ("G/z_project/dense/bias", np.ones(256, dtype=np.int32), "holds int32 where real numbers are needed"),
    ],
)
def test_misfits_are_told_with_what_the_checkpoint_holds(name: str, value: Any, told: str) -> None:
    variables: dict[str, Any] = {**wavegan_variables(), name: value, "global_step": STEP}
    with pytest.raises(CheckpointError, match=told) as error:
        imported({name: value for name, value in variables.items() if value is not None})
    assert str(error.value).startswith("model.ckpt-7: ")
    assert "it holds G/… (" in str(error.value)
    assert str(error.value).endswith("), global_step")


def test_damage_is_told_once_and_without_what_else_there_is() -> None:
    with pytest.raises(CheckpointError) as error:
        imported({**wavegan_variables(), "G/z_project/dense/bias": np.full(256, np.nan)})
    assert str(error.value) == (
        "model.ckpt-7: variable 'G/z_project/dense/bias' holds values that are not finite: the training had diverged; "
        "take an earlier checkpoint"
    )


def test_a_length_that_the_layers_do_not_make_is_refused() -> None:
    with pytest.raises(CheckpointError, match=r"the TensorFlow variables do not fit this network"):
        imported(dict(wavegan_variables()), window_length=65536)


def test_the_experiment_is_read_again_as_it_was_written(tmp_path: Path) -> None:
    taken = imported({**wavegan_variables(batch_norm=True), "global_step": STEP}, sample_rate=44_100)
    save_generator(taken, tmp_path / "run", source={"checkpoint": "model.ckpt-7"})
    file = read_experiments(tmp_path / "run" / "spec.toml", registry=installed())
    assert file.title == "Imported from model.ckpt-7"
    assert file.experiments == (taken.spec,)
    (spec,) = file.experiments
    assert spec.training.steps == 7
    assert (spec.dataset.options.sample_rate, spec.dataset.options.window_length) == (44_100, 16_384)
