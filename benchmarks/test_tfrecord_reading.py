"""Examples of 16384 floats a second from one TFRecord file: ours beside the tfrecord package's and TensorFlow's.

``pytest benchmarks --benchmark-enable -k tfrecord`` prints them in a table at the end. Every reader has a process of
its own and keeps it; they take turns, so that whatever else the machine does meanwhile slows all. A speed counts only
if all readers gave the same examples. tf.data needs the extra ``[tensorflow]``.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audiogan.data.clips import Clip, write_clips
from benchmarks.racing import DisagreementError
from benchmarks.reader_process import ReaderProcess
from benchmarks.reading_speeds import ReadingSpeeds
from benchmarks.tfrecord_readers import READERS, SAMPLES

EXAMPLES = 2048
TIMED = 1024
ROUNDS = 15


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shards") / "noise.tfrecord"
    rng = np.random.default_rng(0)
    write_clips(
        path,
        (Clip(str(number), rng.uniform(-1, 1, SAMPLES).astype(np.float32), slice=number) for number in range(EXAMPLES)),
    )
    return path


@pytest.mark.benchmark(group="1024 examples by every reader in turn")
def test_tfrecord_readers(benchmark: Any, reading_speeds: ReadingSpeeds, shard: Path) -> None:
    with ExitStack() as stack:
        racing = {}
        for reader in READERS:
            if reader.is_installed():
                racing[reader.name] = stack.enter_context(ReaderProcess(reader, shard))
            else:
                reading_speeds.note(reader.name, f"{reader.needs} is not installed")

        contents = {name: process.contents(EXAMPLES) for name, process in racing.items()}
        first, *others = contents.items()
        for name, given in others:
            if given != first[1]:
                raise DisagreementError(f"{name} gives other examples than {first[0]}: their speeds do not compare")

        speeds: dict[str, list[float]] = {name: [] for name in racing}

        def take_turns() -> None:
            for name, process in racing.items():
                speeds[name].append(TIMED / process.seconds(TIMED))

        benchmark.pedantic(take_turns, rounds=ROUNDS, warmup_rounds=1)
    for name, rounds in speeds.items():
        reading_speeds.record(name, rounds[-ROUNDS:])
