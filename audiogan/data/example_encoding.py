"""Writing a ``tf.train.Example`` byte by byte, so that long lists of floats are copied once and never made objects.

Source: https://protobuf.dev/programming-guides/encoding/, and TensorFlow's example.proto and feature.proto.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiogan.errors import DataError

FeatureValue = bytes | NDArray[np.floating[Any]] | NDArray[np.integer[Any]]
"""What a feature is made of: one byte string, or an array of any shape, stored flat."""

MOST_RECORD_BYTES = 2**31 - 1
"""What protobuf can read, in whatever language."""

_FIRST, _SECOND, _THIRD = 0x0A, 0x12, 0x1A
"""Tags of the fields 1 to 3 where their content is preceded by its length."""
_FEATURES = _ENTRY = _KEY = _LIST_VALUE = _BYTES_LIST = _FIRST
_VALUE = _FLOAT_LIST = _SECOND
_INT64_LIST = _THIRD

_Pieces = list[bytes | memoryview]
"""Bytes that follow one another."""


def encode_example(features: Mapping[str, FeatureValue]) -> bytes:
    """A ``tf.train.Example`` with these features; the same features always give the same bytes.

    Names come in the order of their bytes, and numbers packed, as all common writers store them.

    :raises DataError: it would be longer than :data:`MOST_RECORD_BYTES`.
    """
    named = sorted((name.encode(), value) for name, value in features.items())
    entries: _Pieces = []
    for name, value in named:
        entries += _field(_ENTRY, [*_field(_KEY, [name]), *_field(_VALUE, _feature(value))])
    pieces = _field(_FEATURES, entries)
    if _length(pieces) > MOST_RECORD_BYTES:
        raise DataError(
            f"a record of {_length(pieces):,} bytes cannot be stored, since protobuf reads at most "
            f"{MOST_RECORD_BYTES:,}; cut the recording into shorter clips"
        )
    return b"".join(pieces)


def _feature(value: FeatureValue) -> _Pieces:
    if isinstance(value, bytes):
        return _field(_BYTES_LIST, _field(_LIST_VALUE, [value]))
    if np.issubdtype(value.dtype, np.floating):
        floats = np.ascontiguousarray(value, dtype="<f4").reshape(-1)
        return _field(_FLOAT_LIST, _packed(floats.view(np.uint8).data))
    return _field(_INT64_LIST, _packed(b"".join(_varint(int(number) % 2**64) for number in value.flat)))


def _packed(numbers: bytes | memoryview) -> _Pieces:
    return _field(_LIST_VALUE, [numbers]) if len(numbers) else []


def _field(tag: int, content: _Pieces) -> _Pieces:
    return [bytes([tag]) + _varint(_length(content)), *content]


def _length(pieces: Iterable[bytes | memoryview]) -> int:
    return sum(map(len, pieces))


def _varint(number: int) -> bytes:
    return bytes(_varint_bytes(number))


def _varint_bytes(number: int) -> Iterator[int]:
    while number > 0x7F:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number
