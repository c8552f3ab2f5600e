"""Reads the reference numbers in this folder; README.md says where they come from and what the files hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from math import prod, sqrt
from pathlib import Path

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

FOLDER = Path(__file__).parent


@frozen(eq=False)
class Golden:
    """What the original computed: ``outputs`` for ``inputs``, by a network that holds ``weights``.

    ``weights`` are named and laid out as the original's TensorFlow variables, activations channels last.
    """

    inputs: Mapping[str, NDArray[np.float32]]
    outputs: Mapping[str, NDArray[np.float32]]
    weights: Mapping[str, NDArray[np.float32]]


def load_golden(name: str) -> Golden:
    """The reference numbers of ``tests/golden/NAME.npz``."""
    with np.load(FOLDER / f"{name}.npz") as archive:
        shapes = json.loads(str(archive["weights_shapes"]))
        return Golden(
            inputs=_entries_below("in/", archive),
            outputs=_entries_below("out/", archive),
            weights=rebuild_weights(int(archive["weights_seed"]), shapes),
        )


def rebuild_weights(seed: int, shapes: Iterable[tuple[str, list[int]]]) -> dict[str, NDArray[np.float32]]:
    """The weights that the original ran with: drawn one after another, in the order of ``shapes``."""
    random = np.random.RandomState(seed)
    return {name: _weight(name, shape, random).astype(np.float32) for name, shape in shapes}


def _weight(name: str, shape: list[int], random: np.random.RandomState) -> NDArray[np.float64]:
    normal = random.standard_normal(shape)
    if len(shape) >= 2:
        # This order of operations is part of the recipe: another rounds the last digit differently.
        return normal * 1.2 / sqrt(prod(shape[:-1]))
    if name.endswith(("gamma", "moving_variance")):
        return 1 + 0.3 * np.abs(normal)
    return 0.1 * normal


def _entries_below(prefix: str, archive: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    return {key.removeprefix(prefix): archive[key] for key in archive if key.startswith(prefix)}
