from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from audiogan.errors import CheckpointError
from audiogan.evaluation.classifier import TrainedClassifier, load_classifier, save_classifier
from audiogan_tensorflow.classifier import SC09_CLASSES, import_classifier
from tests.golden.recipe import Golden, rebuild_weights
from tests.plugins.tensorflow.bundles import bundle_of


def small_variables(*, dim: int = 2, rows: int = 1, classes: int = 3) -> dict[str, Any]:
    features = rows * 8 * dim
    shapes: list[tuple[str, list[int]]] = []
    for layer in range(4):
        scope = f"classifier/conv2d{f'_{layer}' if layer else ''}"
        shapes += [(f"{scope}/kernel", [5, 5, dim if layer else 1, dim]), (f"{scope}/bias", [dim])]
    for layer, width in enumerate((128, dim, dim, dim, features)):
        scope = f"classifier/batch_normalization{f'_{layer}' if layer else ''}"
        shapes += [(f"{scope}/{kind}", [width]) for kind in ("gamma", "beta", "moving_mean", "moving_variance")]
    shapes += [("classifier/dense/kernel", [features, classes]), ("classifier/dense/bias", [classes])]
    return dict(rebuild_weights(5, shapes))


def imported(variables: dict[str, Any], names: tuple[str, ...] = ("a", "b", "c")) -> TrainedClassifier:
    return import_classifier(bundle_of(variables), sample_rate=16_000, class_names=names, source={"checkpoint": "x"})


def test_probabilities_are_the_originals(golden: Callable[[str], Golden], tmp_path: Path) -> None:
    reference = golden("sc09_classifier")
    classifier = imported({**reference.weights, "global_step": np.array(103_005)}, SC09_CLASSES)
    save_classifier(classifier, tmp_path)
    loaded = load_classifier(tmp_path, device="cpu")
    assert loaded.class_names == SC09_CLASSES
    assert (loaded.network.sample_rate, loaded.network.window_length) == (16_000, 16_384)
    assert loaded.held_out_accuracy is None
    assert (loaded.protocol["protocol"], loaded.protocol["steps"]) == ("imported", 103_005)
    assert loaded.protocol["import"] == {"checkpoint": "x"}
    probabilities = loaded.probabilities(torch.from_numpy(reference.inputs["x"])[:, None])
    np.testing.assert_allclose(probabilities, reference.outputs["scores"], rtol=0, atol=1e-6)


@pytest.mark.parametrize("rows", [1, 3])
def test_size_and_window_length_are_read_from_the_shapes(rows: int) -> None:
    classifier = imported(small_variables(rows=rows))
    assert classifier.options.dim == 2
    assert classifier.network.window_length == 2048 * rows
    assert classifier.probabilities(torch.zeros(1, 1, 2048 * rows)).shape == (1, 3)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"classifier/dense/kernel": np.ones((15, 3))}, "15 features are no multiple of 8 bands with 2 channels"),
        ({"classifier/dense/kernel": None}, "no 'classifier/conv2d/kernel' or no 'classifier/dense/kernel'"),
        ({"classifier/conv2d/kernel": np.ones(3)}, "no 'classifier/conv2d/kernel' or no"),
        ({"classifier/conv2d_2/kernel": np.ones((5, 5, 2, 3))}, r"'classifier/conv2d_2/kernel' has shape \(5, 5, 2, 3"),
        ({"classifier/dense/bias": None}, "'classifier/dense/bias' is missing"),
    ],
)
def test_other_networks_are_refused(changes: dict[str, Any], told: str) -> None:
    variables = {name: value for name, value in {**small_variables(), **changes}.items() if value is not None}
    with pytest.raises(CheckpointError, match=told):
        imported(variables)


def test_damage_is_told_once() -> None:
    with pytest.raises(CheckpointError, match=r"'classifier/dense/bias' holds values that are not finite") as error:
        imported({**small_variables(), "classifier/dense/bias": np.full(3, np.inf)})
    assert str(error.value).count("model.ckpt-7: ") == 1


def test_as_many_names_as_classes_are_needed() -> None:
    with pytest.raises(CheckpointError, match=r"tells 3 classes apart, and 10 names are given.*--classes"):
        imported(small_variables(), SC09_CLASSES)
