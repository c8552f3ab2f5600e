"""Checkpoints written by TensorFlow, in a process of its own, and stand-ins that need none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from audiogan_tensorflow.bundle import Bundle
from tests.golden.recipe import rebuild_weights

Variables = Mapping[str, NDArray[Any]]

_WRITER = """
import sys
import safetensors.numpy, tensorflow
for archive in sys.argv[1:]:
    arrays = safetensors.numpy.load_file(archive)
    names = sorted(arrays)
    tensorflow.raw_ops.SaveV2(
        prefix=archive.removesuffix(".safetensors"),
        tensor_names=names,
        shape_and_slices=[""] * len(names),
        tensors=[tensorflow.constant(arrays[name]) for name in names],
    )
"""


def write_checkpoints(checkpoints: Mapping[Path, Variables]) -> None:
    """A checkpoint at each prefix, all by one process, since TensorFlow takes seconds to load."""
    archives = []
    for prefix, variables in checkpoints.items():
        archive = prefix.with_name(f"{prefix.name}.safetensors")
        save_file(dict(variables), archive)
        archives.append(archive)
    done = subprocess.run(
        [sys.executable, "-c", _WRITER, *map(str, archives)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for archive in archives:
        archive.unlink()


class InMemory:
    """Variables where a bundle expects TensorFlow."""

    def __init__(self, variables: Variables) -> None:
        self._variables = variables

    def array(self, name: str) -> NDArray[Any]:
        return self._variables[name]


def bundle_of(variables: Variables) -> Bundle:
    """A bundle of these variables that lies nowhere."""
    shapes = {name: variables[name].shape for name in sorted(variables)}
    return Bundle(Path("model.ckpt-7"), shapes, InMemory(variables))


def wavegan_variables(
    *,
    dim: int = 1,
    layers: int = 5,
    channels: int = 1,
    latent_dim: int = 3,
    kernel_size: int = 5,
    upsample: str = "zeros",
    batch_norm: bool = False,
    post_filter: int | None = None,
) -> dict[str, NDArray[np.float32]]:
    """A generator under the names of the original, its weights drawn by the golden recipe."""
    widths = [dim << layer for layer in reversed(range(layers))] + [channels]
    shapes: list[tuple[str, list[int]]] = [
        ("G/z_project/dense/kernel", [latent_dim, 16 * widths[0]]),
        ("G/z_project/dense/bias", [16 * widths[0]]),
    ]
    for layer in range(layers):
        taken, given = widths[layer : layer + 2]
        scope = f"G/upconv_{layer}"
        if upsample == "zeros":
            shapes.append((f"{scope}/conv2d_transpose/kernel", [1, kernel_size, given, taken]))
            shapes.append((f"{scope}/conv2d_transpose/bias", [given]))
        else:
            shapes += [(f"{scope}/conv1d/kernel", [kernel_size, taken, given]), (f"{scope}/conv1d/bias", [given])]
    if batch_norm:
        for scope, width in zip(["z_project", *(f"upconv_{layer}" for layer in range(layers))], widths, strict=False):
            if scope != f"upconv_{layers - 1}":
                kinds = ("gamma", "beta", "moving_mean", "moving_variance")
                shapes += [(f"G/{scope}/batch_normalization/{kind}", [width]) for kind in kinds]
    if post_filter is not None:
        shapes.append(("G/pp_filt/conv1d/kernel", [post_filter, channels, 1]))
    return rebuild_weights(3, shapes)
