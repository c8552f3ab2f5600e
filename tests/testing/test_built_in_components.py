from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import audiogan.testing as checks
from audiogan import DataSpec
from audiogan.data.clips import Clip, write_clips
from audiogan.registry import Entry, installed

# small enough for a test; a component that is not named here is checked with its defaults
SMALL: Mapping[tuple[str, str], tuple[Mapping[str, Any], ...]] = {
    ("generator", "wavegan"): ({"dim": 2}, {"dim": 2, "upsample": "nearest", "post_filter": 16, "batch_norm": True}),
    ("generator", "specgan"): ({"dim": 2},),
    ("discriminator", "wavegan"): ({"dim": 2}, {"dim": 2, "phase_shuffle": 0, "batch_norm": True}),
    ("discriminator", "specgan"): ({"dim": 2},),
    ("discriminator", "lstm"): ({"hidden_size": 4, "frame_size": 64}, {"hidden_size": 4, "frame_size": 32}),
    ("discriminator", "lstm-conv"): ({"hidden_size": 4, "dim": 2, "frame_size": 64, "conv_layers": 2},),
}
SHAPES = {"specgan": ((1, 128, 128), (3, 79, 100))}
WAVEFORMS = ((1, 4096), (3, 4099))


def cases(kind: str) -> list[Any]:
    registry = installed()
    entries = [registry.find(kind, name) for name in registry.names(kind)]
    return [
        pytest.param(entry, options, id=f"{entry.name}-{options}")
        for entry in entries
        if str(entry.plugin).startswith("audiogan ")
        for options in SMALL.get((kind, entry.name), ({},))
    ]


@pytest.mark.parametrize(("entry", "options"), cases("generator"))
def test_generator(entry: Entry, options: Mapping[str, Any]) -> None:
    component_class: Any = entry.component_class
    for shape, classes in product(SHAPES.get(entry.name, WAVEFORMS), ((), ("zero", "one"))):
        checks.check_generator(component_class, options, data=DataSpec(shape, 16_000, shape[0], shape[-1], classes))


@pytest.mark.parametrize(("entry", "options"), cases("discriminator"))
def test_discriminator(entry: Entry, options: Mapping[str, Any]) -> None:
    component_class: Any = entry.component_class
    for shape, classes in product(SHAPES.get(entry.name, WAVEFORMS), ((), ("zero", "one"))):
        checks.check_discriminator(component_class, options, data=DataSpec(shape, 16_000, shape[0], shape[-1], classes))


@pytest.mark.parametrize(("entry", "options"), cases("loss"))
def test_loss(entry: Entry, options: Mapping[str, Any]) -> None:
    component_class: Any = entry.component_class
    checks.check_loss(component_class, options)


@pytest.mark.parametrize(("entry", "options"), cases("representation"))
def test_representation(entry: Entry, options: Mapping[str, Any]) -> None:
    component_class: Any = entry.component_class
    checks.check_representation(component_class, options)
    checks.check_representation(component_class, options, sample_rate=44_100, channels=3, window_length=10_001)


@pytest.mark.parametrize("window", ["random", "first"])
def test_tfrecord_dataset(tmp_path: Path, window: str) -> None:
    rng = np.random.default_rng(0)
    clips = [Clip("take", rng.uniform(-1, 1, length).astype(np.float32), "ab"[length % 2]) for length in (9, 64, 200)]
    write_clips(tmp_path / "clips.tfrecord", clips)
    component_class: Any = installed().find("dataset", "tfrecord").component_class
    options = {"path": str(tmp_path / "*.tfrecord"), "window_length": 64, "window": window, "label_feature": "label"}
    checks.check_dataset(component_class, options)


@pytest.mark.parametrize(
    ("sample_rate", "channels", "window_length"),
    [(16_000, 1, 4096), (8_000, 1, 1000), (22_050, 2, 10_000), (44_100, 1, 12_345), (48_000, 3, 8192)],
)
def test_inception_score(sample_rate: int, channels: int, window_length: int, tmp_path: Path) -> None:
    component_class: Any = installed().find("metric", "inception-score").component_class
    dataset = checks.NoiseDataset(
        checks.NoiseDatasetOptions(windows=12, window_length=window_length, channels=channels, sample_rate=sample_rate)
    )
    options = {"splits": 2, "classifier": {"dim": 2, "epochs": 1, "batch_size": 4}}
    checks.check_metric(component_class, options, dataset=dataset, cache=tmp_path)
