"""Where the lists of floats stand in a ``tf.train.Example``, so that they need no parsing.

A layout is learnt from one record and fits every other whose tags, lengths and names are the same bytes at the same
places. Only records as every common writer makes them have one: each message once and whole, lists of numbers packed
into one run. Whatever else protobuf's encoding allows is left to protobuf.
Source: https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, pairwise
from typing import final

from attrs import frozen

from audiogan.data.plain_wire import FloatRun, FreeBytes, OtherEncodingError, Record, read_features

_LARGEST_COMPARED = 64
"""Bytes without meaning for the layout that are rather masked than left out."""
_LARGEST_SKELETON = 4096
_MOST_LAYOUTS = 256
_MOST_OF_A_LENGTH = 4


@final
@frozen(eq=False)
class ExampleLayout:
    """The places of float lists in all records of one shape."""

    floats: Mapping[str, FloatRun]
    """The float features by name."""
    _length: int
    _pieces: tuple[slice, ...]
    """The parts of a record that hold its structure."""
    _mask: int
    _structure: int

    def fits(self, record: Record) -> bool:
        """Whether ``record`` is an example of this layout."""
        return len(record) == self._length and _number(record, self._pieces) & self._mask == self._structure


def learn_layout(record: Record) -> ExampleLayout | None:
    """The layout of ``record``, or ``None`` where it is encoded otherwise or is no example."""
    try:
        features = read_features(record)
    except OtherEncodingError:
        return None
    pieces = tuple(_pieces(len(record), features.free))
    if sum(piece.stop - piece.start for piece in pieces) > _LARGEST_SKELETON:
        return None
    mask = bytearray(b"\xff") * len(record)
    for free in features.free:
        mask[free.start : free.stop] = bytes([free.mask]) * (free.stop - free.start)
    mask_number = _number(mask, pieces)
    return ExampleLayout(features.floats, len(record), pieces, mask_number, _number(record, pieces) & mask_number)


@final
class KnownLayouts:
    """The layouts of the records that were seen, as far as a bounded memory of them goes."""

    def __init__(self) -> None:
        self._by_length: dict[int, tuple[ExampleLayout, ...]] = {}
        self._room = _MOST_LAYOUTS

    def of(self, record: Record) -> ExampleLayout | None:
        """The layout of ``record``, or ``None`` where protobuf must find out what it holds."""
        known = self._by_length.get(len(record), ())
        for layout in known:
            if layout.fits(record):
                return layout
        if not self._room or len(known) == _MOST_OF_A_LENGTH:
            return None
        self._room -= 1
        learnt = learn_layout(record)
        if learnt is not None:
            self._by_length[len(record)] = (*known, learnt)
        return learnt


def _pieces(length: int, free: tuple[FreeBytes, ...]) -> Iterator[slice]:
    large = ((each.start, each.stop) for each in free if not each.mask and each.stop - each.start > _LARGEST_COMPARED)
    for (_, start), (stop, _) in pairwise(chain([(0, 0)], large, [(length, length)])):
        yield slice(start, stop)


def _number(record: Record | bytearray, pieces: tuple[slice, ...]) -> int:
    return int.from_bytes(b"".join([record[piece] for piece in pieces]), "little")
