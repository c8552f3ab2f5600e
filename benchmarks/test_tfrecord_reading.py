"""Examples of 16384 floats a second in one process: ours, which checks every checksum, beside the tfrecord package's.

``pytest benchmarks --benchmark-enable -k tfrecord`` prints them in one table, with their ratio in brackets.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tfrecord import tfrecord_loader

from audiogan.data.clips import Clip, write_clips
from audiogan.data.order import turns, window_rng
from audiogan_datasets.tfrecord import TFRecordDataset, TFRecordDatasetOptions

EXAMPLES = 512
SAMPLES = 16_384


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shards") / "noise.tfrecord"
    rng = np.random.default_rng(0)
    write_clips(
        path,
        (Clip(str(number), rng.uniform(-1, 1, SAMPLES).astype(np.float32), slice=number) for number in range(EXAMPLES)),
    )
    return path


def measure(benchmark: Any, read: Callable[[], float]) -> None:
    checksum = benchmark(read)
    assert abs(checksum) < EXAMPLES
    if benchmark.stats is not None:
        benchmark.extra_info["examples_per_s"] = EXAMPLES / benchmark.stats.stats.median


@pytest.mark.benchmark(group="one pass over 512 examples")
def test_audiogan_in_stored_order(benchmark: Any, shard: Path) -> None:
    dataset = TFRecordDataset(TFRecordDatasetOptions(path=str(shard)))
    rng = window_rng(seed=0, position=0)
    measure(benchmark, lambda: sum(float(dataset.window(index, rng=rng).waveform[0, 0]) for index in range(EXAMPLES)))


@pytest.mark.benchmark(group="one pass over 512 examples")
def test_audiogan_in_shuffled_order(benchmark: Any, shard: Path) -> None:
    dataset = TFRecordDataset(TFRecordDatasetOptions(path=str(shard)))

    def first_sample(turn: Turn) -> float:
        rng = window_rng(seed=0, position=turn.position)
        return float(dataset.window(turn.index, rng=rng).waveform[0, 0])

    measure(benchmark, lambda: sum(map(first_sample, islice(turns(EXAMPLES, seed=0), EXAMPLES))))


@pytest.mark.benchmark(group="one pass over 512 examples")
def test_tfrecord_package_in_stored_order(benchmark: Any, shard: Path) -> None:
    def read() -> float:
        return sum(
            float(features["samples"][0]) for features in tfrecord_loader(str(shard), None, {"samples": "float"})
        )

    measure(benchmark, read)
