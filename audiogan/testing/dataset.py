"""What a dataset must do."""

from __future__ import annotations

import json
import pickle
import random
from functools import partial
from typing import Any

import numpy as np

from audiogan.interfaces import Dataset, Window
from audiogan.interfaces.contracts import check_window
from audiogan.testing.construction import broken_contracts, construct

_INSPECTED = 8


def check_dataset(dataset_class: type[Dataset], options: Any = None) -> None:
    """Checks windows, labels, that randomness comes from ``rng`` alone, pickling, the fingerprint, the held-out part.

    ``options`` is a table as in an experiment file, or an instance of the options class.

    :raises AssertionError: the dataset breaks the interface; the text says how.
    """
    dataset: Dataset = construct("dataset", dataset_class, options)
    _check_windows(dataset)
    fingerprint = dataset.fingerprint()
    assert isinstance(fingerprint, str), "fingerprint must be a text"
    assert fingerprint, "fingerprint is empty"
    again: Dataset = construct("dataset", dataset_class, options)
    assert again.fingerprint() == fingerprint, "two datasets with the same options have different fingerprints"
    json.dumps(dataset.protocol(), allow_nan=False)
    held_out = dataset.held_out()
    if held_out is not None:
        assert held_out.class_names == dataset.class_names, "the held-out part has other class_names"
        assert held_out.sample_rate == dataset.sample_rate, "the held-out part has another sample_rate"
        _check_windows(held_out)


def _check_windows(dataset: Dataset) -> None:
    assert len(dataset) > 0, "the dataset has no windows"
    # a loader's worker receives a copy; S301: the bytes are our own
    copied: Dataset = pickle.loads(pickle.dumps(dataset))  # noqa: S301 - made on the spot
    for index in sorted({*range(min(_INSPECTED, len(dataset))), len(dataset) - 1}):
        window = _window(dataset, index)
        with broken_contracts():
            check_window(
                window, index, shape=(dataset.channels, dataset.window_length), classes=len(dataset.class_names)
            )
        # a draw from global states moves them on, so that a window which depends on them differs
        random.random()  # noqa: S311 - to disturb, not to hide
        np.random.random_sample()
        for other in (_window(dataset, index), _window(copied, index)):
            assert np.array_equal(other.waveform, window.waveform), (
                f"window {index} differs for the same rng: it depends on something else, or is lost in pickling"
            )
            assert other.label == window.label, f"the label of window {index} differs for the same rng"
        written = np.full((dataset.channels, dataset.window_length), np.nan, dtype=np.float32)
        label = dataset.write_window(index, rng=partial(np.random.default_rng, index), into=written)
        assert np.array_equal(written, window.waveform), f"write_window writes another window {index} than window gives"
        assert label == window.label, f"write_window gives window {index} another label than window does"


def _window(dataset: Dataset, index: int) -> Window:
    return dataset.window(index, rng=np.random.default_rng(index))
