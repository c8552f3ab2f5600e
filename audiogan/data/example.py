"""Records that hold a ``tf.train.Example``: named lists of floats, of 64-bit integers, or of byte strings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final, final

import numpy as np
from attrs import frozen
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from audiogan.data.example_layout import ExampleLayout
from audiogan.data.example_schema import ExampleMessage
from audiogan.data.plain_wire import Record
from audiogan.data.shard import RecordPlace
from audiogan.errors import DamagedDataError, DataError

_STORED_FLOAT: Final = np.dtype("<f4")


@final
@frozen(eq=False)
class Example:
    """A decoded record that knows its place, so that whatever it lacks can be reported."""

    _find_place: Callable[[], RecordPlace]
    _record: Record
    _layout: ExampleLayout | None = None
    """Fits the record; without one, protobuf reads it."""

    @property
    def place(self) -> RecordPlace:
        """Where the record stands."""
        return self._find_place()

    @cached_property
    def features(self) -> Mapping[str, Any]:
        """The features by name, as protobuf's messages.

        :raises DamagedDataError: the record is not a ``tf.train.Example``.
        """
        message: Any = ExampleMessage()
        try:
            message.ParseFromString(self._record)
        except DecodeError as error:
            raise DamagedDataError(f"{self.place}: the record is not a tf.train.Example ({error})") from error
        features: Mapping[str, Any] = message.features.feature
        return features

    def floats(self, name: str) -> NDArray[np.float32]:
        """The values of a float feature, ``[length]``; possibly a read-only view of the record, and unaligned.

        :raises DataError: the feature is missing or of another kind.
        """
        run = None if self._layout is None else self._layout.floats.get(name)
        if run is not None:
            return np.frombuffer(self._record, _STORED_FLOAT, run.length, run.offset)
        return np.asarray(self._values(name, "float_list"), dtype=np.float32)

    def integers(self, name: str) -> NDArray[np.int64]:
        """The values of an integer feature, ``[length]``.

        :raises DataError: the feature is missing or of another kind.
        """
        return np.asarray(self._values(name, "int64_list"), dtype=np.int64)

    def byte_string(self, name: str) -> bytes:
        """The value of a feature that holds one byte string.

        :raises DataError: the feature is missing, of another kind, or holds another number of strings.
        """
        values = self._values(name, "bytes_list")
        if len(values) != 1:
            raise DataError(f"{self.place}: feature '{name}' holds {len(values)} byte strings where one is expected")
        return bytes(values[0])

    def kind(self, name: str) -> str:
        """``"float"``, ``"int64"`` or ``"bytes"``; ``"empty"`` for a feature without a list.

        :raises DataError: the feature is missing.
        """
        return _kind(self._feature(name))

    def _values(self, name: str, list_name: str) -> Any:
        feature = self._feature(name)
        if feature.WhichOneof("kind") != list_name:
            raise DataError(
                f"{self.place}: feature '{name}' is {_kind(feature)}, not {list_name.removesuffix('_list')}; "
                f"the record has {self._inventory()}"
            )
        return getattr(feature, list_name).value

    def _feature(self, name: str) -> Any:
        # asking protobuf's map for what it does not hold would add it
        if name not in self.features:
            raise DataError(f"{self.place}: there is no feature '{name}'; the record has {self._inventory()}")
        return self.features[name]

    def _inventory(self) -> str:
        return ", ".join(f"'{name}' ({self.kind(name)})" for name in sorted(self.features)) or "no features at all"


def _kind(feature: Any) -> str:
    return str(feature.WhichOneof("kind") or "empty").removesuffix("_list")


def decode_example(record: Record, place: RecordPlace) -> Example:
    """The example that ``record`` holds.

    :raises DamagedDataError: the bytes are no ``tf.train.Example``.
    """
    example = Example(lambda: place, record)
    _ = example.features
    return example
