"""What is written byte by byte is what protobuf writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from audiogan.data.clips import Clip, encode_clip
from audiogan.data.example_encoding import FeatureValue, encode_example
from audiogan.data.example_schema import ExampleMessage
from audiogan.errors import DataError

FLOATS = st.lists(st.floats(width=32), max_size=50).map(lambda values: np.array(values, dtype=np.float32))
INTEGERS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20).map(lambda values: np.array(values, dtype=np.int64))


def by_protobuf(features: Mapping[str, FeatureValue]) -> bytes:
    message: Any = ExampleMessage()
    message.features.SetInParent()
    for name, value in features.items():
        feature = message.features.feature[name]
        if isinstance(value, bytes):
            feature.bytes_list.value.append(value)
            continue
        numbers = feature.float_list if np.issubdtype(value.dtype, np.floating) else feature.int64_list
        numbers.SetInParent()
        numbers.value.extend(value.ravel().tolist())
    encoded: bytes = message.SerializeToString(deterministic=True)
    return encoded


# where one name is the beginning of another, protobuf's order of them is its own
NAMES = st.text(min_size=2, max_size=2)


@given(st.dictionaries(NAMES, st.binary(max_size=200) | FLOATS | INTEGERS, max_size=5))
@settings(deadline=None)
def test_the_bytes_are_protobufs(features: Mapping[str, FeatureValue]) -> None:
    assert encode_example(features) == by_protobuf(features)


@pytest.mark.parametrize("length", [0, 31, 32, 4095, 4096, 2**19])
def test_lengths_of_any_number_of_bytes_are_protobufs(length: int) -> None:
    samples = np.random.default_rng(length).normal(size=length).astype(np.float32)
    assert encode_example({"samples": samples}) == by_protobuf({"samples": samples})


@pytest.mark.parametrize(
    "samples",
    [
        np.arange(24, dtype=np.float64).reshape(2, 3, 4) / 7,
        np.arange(24, dtype=">f4").reshape(4, 6)[::2, ::-3],
        np.arange(24, dtype=np.float16).reshape(4, 6).T,
        np.array(0.1),
        np.arange(-12, 12, dtype=np.int8).reshape(4, 6).T,
        np.array([2**63, 2**64 - 1], dtype=np.uint64).astype(np.int64),
        np.arange(3, dtype=np.uint16)[::-1],
    ],
)
def test_arrays_of_any_type_and_order_are_stored_flat(samples: np.ndarray) -> None:
    flat: NDArray[Any] = samples.ravel().astype(np.float32 if samples.dtype.kind == "f" else np.int64)
    assert encode_example({"x": samples}) == by_protobuf({"x": flat})


def test_a_record_that_protobuf_could_not_read_is_refused() -> None:
    @final
    class Endless(bytes):
        """Says that it is longer than a test's memory may be."""

        def __len__(self) -> int:
            return 2**31 - 60

    with pytest.raises(DataError, match=r"protobuf reads at most 2,147,483,647; cut the recording into shorter clips"):
        encode_example({"x" * 100: Endless()})


def test_channels_are_interleaved_in_a_clip() -> None:
    channels = np.arange(12, dtype=np.float32).reshape(2, 6)[:, ::2]
    record = encode_clip(Clip("é", channels, label="x", slice=300))
    assert record == by_protobuf(
        {
            "id": "é".encode(),
            "label": b"x",
            "slice": np.array([300]),
            "samples": np.array([0, 6, 2, 8, 4, 10], dtype=np.float32),
        }
    )
