"""Reading a ``tf.train.Example`` that is encoded in the one plain way, byte by byte.

Source: https://protobuf.dev/programming-guides/encoding/, and TensorFlow's example.proto and feature.proto.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, final

Record = bytes | memoryview

_FLOAT_BYTES = 4
_FIRST, _SECOND, _THIRD = 0x0A, 0x12, 0x1A
"""Tags of the fields 1 to 3 where their content is preceded by its length."""
_FEATURES = _ENTRY = _KEY = _LIST_VALUE = _BYTES_LIST = _FIRST
_VALUE = _FLOAT_LIST = _SECOND
_INT64_LIST = _THIRD

_MORE: Final = 0x80
"""The bit of a varint's byte which says that another one follows."""
_MOST_LENGTH_BYTES = 4
_MOST_INTEGER_BYTES = 9
"""Of the ten that a varint may have, the last must be looked at more closely."""
_LONGEST_INTEGERS = 64


@final
class OtherEncodingError(Exception):
    """The record is encoded in another way, or holds no example."""


@final
class FloatRun(NamedTuple):
    """Floats that stand one after the other."""

    offset: int
    """The byte at which the first one begins."""
    length: int
    """How many there are."""


@final
class FreeBytes(NamedTuple):
    """A stretch of a record whose bytes, but for the bits of ``mask``, may change and leave it as well encoded."""

    start: int
    stop: int
    mask: int


@final
class PlainFeatures(NamedTuple):
    """What a record holds."""

    floats: Mapping[str, FloatRun]
    free: tuple[FreeBytes, ...]
    """In order, none overlapping."""


def read_features(record: Record) -> PlainFeatures:
    """The features of ``record``; their values are passed over.

    :raises OtherEncodingError: a message is missing, repeated, empty or in another order, a name comes twice or is not
        UTF-8, a list has no value or several runs, or a length does not fit.
    """
    floats: dict[str, FloatRun] = {}
    free: list[FreeBytes] = []
    names: set[str] = set()
    at, end = _whole_field(record, 0, len(record), _FEATURES)
    while at < end:
        entry, at = _field(record, at, end, _ENTRY)
        key, key_end = _field(record, entry, at, _KEY)
        name = _text(record[key:key_end])
        if name in names:
            raise OtherEncodingError
        names.add(name)
        feature, feature_end = _whole_field(record, key_end, at, _VALUE)
        if feature == feature_end:
            raise OtherEncodingError
        kind = record[feature]
        values, values_end = _whole_field(record, feature, feature_end, kind)
        start, stop = _whole_field(record, values, values_end, _LIST_VALUE)
        free.append(FreeBytes(start, stop, _mask(record, kind, start, stop)))
        if kind == _FLOAT_LIST:
            floats[name] = FloatRun(start, (stop - start) // _FLOAT_BYTES)
    return PlainFeatures(floats, tuple(free))


def _mask(record: Record, kind: int, start: int, stop: int) -> int:
    """The bits that must stay as they are in each byte of the values of a list."""
    if kind == _BYTES_LIST:
        return 0
    if kind == _FLOAT_LIST:
        if start == stop or (stop - start) % _FLOAT_BYTES:
            raise OtherEncodingError
        return 0
    if kind == _INT64_LIST:
        _check_integers(record[start:stop])
        return _MORE
    raise OtherEncodingError


def _check_integers(varints: Record) -> None:
    if len(varints) > _LONGEST_INTEGERS:
        raise OtherEncodingError
    length = 0
    for byte in varints:
        length = length + 1 if byte & _MORE else 0
        if length == _MOST_INTEGER_BYTES:
            raise OtherEncodingError
    if length:
        raise OtherEncodingError


def _whole_field(record: Record, at: int, end: int, tag: int) -> tuple[int, int]:
    """As :func:`_field`, of a field behind which nothing stands before ``end``."""
    start, stop = _field(record, at, end, tag)
    if stop != end:
        raise OtherEncodingError
    return start, stop


def _field(record: Record, at: int, end: int, tag: int) -> tuple[int, int]:
    """Where the content of the field begins and ends that stands at ``at``, has the tag ``tag`` and ends by ``end``."""
    if at >= end or record[at] != tag:
        raise OtherEncodingError
    length = 0
    for number, byte in enumerate(record[at + 1 : min(at + 1 + _MOST_LENGTH_BYTES, end)]):
        length |= (byte & ~_MORE) << 7 * number
        if not byte & _MORE:
            start = at + 2 + number
            if length > end - start:
                break
            return start, start + length
    raise OtherEncodingError


def _text(name: Record) -> str:
    try:
        return bytes(name).decode()
    except UnicodeDecodeError:
        raise OtherEncodingError from None
