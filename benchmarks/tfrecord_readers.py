"""The readers that race: each an endless stream of arrays ``[examples, 16384]`` from one TFRecord file.

Whatever a reader needs to import it imports itself, in a process of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.data.loader import BatchLoader
from audiogan.data.record_list import open_shards
from audiogan_datasets.tfrecord import TFRecordDataset, TFRecordDatasetOptions

SAMPLES = 16_384
BATCH_SIZE = 64

Stream = Generator[NDArray[np.float32]]


@frozen
class Reader:
    """A way to read TFRecord files."""

    name: str
    read: Callable[[Path], Stream]
    needs: str = "audiogan"
    """The package without which it cannot run."""

    def is_installed(self) -> bool:
        """Whether there is what it needs."""
        return find_spec(self.needs) is not None


def audiogan_batches(path: Path, *, workers: int = 0) -> Stream:
    """Windows in shuffled order in batches of 64; every checksum is checked, the range of a record once."""
    dataset = TFRecordDataset(TFRecordDatasetOptions(path=str(path)))
    with BatchLoader(dataset, batch_size=BATCH_SIZE, seed=0, workers=workers) as loader:
        for batch in loader:
            yield batch.waveforms.numpy()[:, 0]


def audiogan_batches_of_a_worker(path: Path) -> Stream:
    """The same, read ahead by one process."""
    return audiogan_batches(path, workers=1)


def audiogan_batches_of_two_workers(path: Path) -> Stream:
    """The same, read ahead by two processes."""
    return audiogan_batches(path, workers=2)


def audiogan_records(path: Path) -> Stream:
    """The feature of one record after the other in stored order, as a view of the file; every checksum checked."""
    records = open_shards([path])
    for number in count():
        yield records.example(number % len(records)).floats("samples")[None]


def tfrecord_package(path: Path) -> Stream:
    """The ``tfrecord`` package's own loader, which checks no checksums; stored order, one record after the other."""
    from tfrecord import tfrecord_loader

    while True:
        for features in tfrecord_loader(str(path), None, {"samples": "float"}):
            yield features["samples"][None]


def tf_data(path: Path) -> Stream:
    """TensorFlow's pipeline as its guide writes it: stored order, each example parsed, in batches of 64."""
    tensorflow = _tensorflow()
    examples = tensorflow.data.TFRecordDataset(str(path)).repeat().map(_parsing_one())
    return _arrays(examples.batch(BATCH_SIZE))


def tf_data_in_parallel(path: Path) -> Stream:
    """The same with as many threads as TensorFlow thinks best, and read ahead."""
    tensorflow = _tensorflow()
    automatic = tensorflow.data.AUTOTUNE
    examples = tensorflow.data.TFRecordDataset(str(path)).repeat().map(_parsing_one(), num_parallel_calls=automatic)
    return _arrays(examples.batch(BATCH_SIZE).prefetch(automatic))


def tf_data_by_the_batch(path: Path) -> Stream:
    """The same without further threads, 64 examples parsed by one call."""
    tensorflow = _tensorflow()
    records = tensorflow.data.TFRecordDataset(str(path)).repeat().batch(BATCH_SIZE)
    schema = _schema()
    return _arrays(records.map(lambda batch: tensorflow.io.parse_example(batch, schema)))


READERS = (
    OURS := Reader("audiogan, shuffled batches", audiogan_batches),
    Reader("audiogan, shuffled batches, 1 worker", audiogan_batches_of_a_worker),
    Reader("audiogan, shuffled batches, 2 workers", audiogan_batches_of_two_workers),
    OUR_RECORDS := Reader("audiogan, records", audiogan_records),
    Reader("tfrecord package", tfrecord_package, "tfrecord"),
    TF_DATA := Reader("tf.data, parse_single_example", tf_data, "tensorflow"),
    Reader("tf.data, parse_single_example, AUTOTUNE", tf_data_in_parallel, "tensorflow"),
    Reader("tf.data, parse_example on batches", tf_data_by_the_batch, "tensorflow"),
)


def _tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow

    return tensorflow


def _schema() -> dict[str, Any]:
    tensorflow = _tensorflow()
    return {"samples": tensorflow.io.FixedLenFeature([SAMPLES], tensorflow.float32)}


def _parsing_one() -> Callable[[Any], Any]:
    tensorflow, schema = _tensorflow(), _schema()
    return lambda record: tensorflow.io.parse_single_example(record, schema)


def _arrays(batches: Any) -> Stream:
    return (batch["samples"].numpy() for batch in batches)
