from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from audiogan.errors import CheckpointError
from audiogan_tensorflow.inventory import described, inventory, weights_of
from audiogan_tensorflow.layout import GeneratorLayout, generator_layout
from tests.plugins.tensorflow.bundles import wavegan_variables


def layout_of(**options: Any) -> GeneratorLayout:
    return generator_layout({name: value.shape for name, value in wavegan_variables(**options).items()})


@pytest.mark.parametrize("upsample", ["zeros", "nearest"])
@pytest.mark.parametrize("channels", [1, 2])
def test_options_are_read_from_names_and_shapes(upsample: str, channels: int) -> None:
    layout = layout_of(dim=3, kernel_size=7, latent_dim=11, upsample=upsample, channels=channels)
    assert layout == GeneratorLayout(
        "wavegan",
        {"dim": 3, "kernel_size": 7, "latent_dim": 11, "upsample": upsample, "batch_norm": False},
        channels=channels,
        layers=5,
    )


@pytest.mark.parametrize("channels", [1, 2])
def test_batch_norm_and_post_filter_are_seen(channels: int) -> None:
    options = layout_of(batch_norm=True, post_filter=512, channels=channels).options
    assert options["batch_norm"] is True
    assert (options["post_filter"], options["post_filter_fold"]) == (512, channels == 2)


def test_window_lengths_follow_the_layers() -> None:
    assert layout_of().window_length(None) == 16384
    assert layout_of().window_length(8192) == 8192
    assert layout_of(layers=6).window_length(65536) == 65536
    with pytest.raises(CheckpointError, match=r"6 layers make windows of 32768 or 65536 samples.*--window-length"):
        layout_of(layers=6).window_length(None)
    with pytest.raises(CheckpointError, match=r"4 layers make windows of lengths that the original does not make"):
        layout_of(layers=4).window_length(None)


def specgan_shapes(kind: str = "conv2d_transpose") -> dict[str, tuple[int, ...]]:
    widths = [32, 16, 8, 4, 2, 1]
    shapes: dict[str, tuple[int, ...]] = {"G/z_project/dense/kernel": (100, 512)}
    for layer in range(5):
        taken, given = widths[layer : layer + 2]
        shapes[f"G/upconv_{layer}/{kind}/kernel"] = (
            (5, 5, given, taken) if kind == "conv2d_transpose" else (5, 5, taken, given)
        )
    return shapes


@pytest.mark.parametrize(("kind", "upsample"), [("conv2d_transpose", "zeros"), ("conv2d", "nearest")])
def test_specgan_is_told_by_kernels_of_two_dimensions(kind: str, upsample: str) -> None:
    layout = generator_layout(specgan_shapes(kind))
    assert (layout.name, layout.channels, layout.window_length(None)) == ("specgan", 1, 16384)
    assert layout.options == {
        "dim": 2,
        "kernel_size": 5,
        "latent_dim": 100,
        "upsample": upsample,
        "batch_norm": False,
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"G/z_project/dense/kernel": None}, "no 'G/z_project/dense/kernel' of two axes"),
        ({"G/z_project/dense/kernel": (3,)}, "no 'G/z_project/dense/kernel' of two axes"),
        ({"G/upconv_1/conv2d_transpose/kernel": None}, "others that count on from it"),
        (dict.fromkeys(f"G/upconv_{layer}/conv2d_transpose/kernel" for layer in range(5)), "no 'G/upconv_0/"),
        ({"G/upconv_4/conv2d_transpose/kernel": (5, 2, 1)}, r"has shape \(5, 2, 1\), too many or too few axes"),
        ({"G/upconv_4/conv2d_transpose/kernel": None, "G/upconv_4/conv1d/kernel": (5, 2, 1)}, "of several kinds"),
    ],
)
def test_other_networks_are_refused(changes: dict[str, tuple[int, ...] | None], told: str) -> None:
    shapes: dict[str, Any] = {name: value.shape for name, value in wavegan_variables().items()}
    shapes = {name: shape for name, shape in {**shapes, **changes}.items() if shape is not None}
    with pytest.raises(CheckpointError, match=told):
        generator_layout(shapes)


def test_weights_are_told_from_what_an_optimiser_keeps() -> None:
    names = [
        "G/z_project/dense/kernel",
        "G/z_project/dense/kernel/Adam",
        "G/z_project/dense/kernel/Adam_1",
        "G/z_project/dense/kernel/ExponentialMovingAverage",
        "G/beta1_power",
        "G/upconv_0/batch_normalization/moving_mean",
        "GG/dense/kernel",
        "D/output/dense/bias",
    ]
    assert weights_of("G", names) == (names[0], names[5])


def test_what_is_left_out_is_counted_by_its_kind() -> None:
    names = ["G/a/kernel/Adam", "G/a/kernel/Adam_1", "G/a/bias/RMSProp", "D/a/kernel", "D/a/bias", "beta1_power"]
    assert described(names) == "Adam (2), RMSProp (1), D (2), beta1_power"
    assert described([]) == ""


def test_an_inventory_counts_below_the_first_name() -> None:
    assert inventory({"D/a": (), "D/b/c": (1,), "step": ()}) == "D/… (2), step"
    assert inventory({}) == "nothing"


def test_the_recipe_draws_batch_norm_as_the_network_needs_it() -> None:
    names = {name for name in wavegan_variables(batch_norm=True) if "batch_normalization" in name}
    assert len(names) == 5 * 4
    assert np.all(wavegan_variables(batch_norm=True)["G/z_project/batch_normalization/moving_variance"] >= 1)
