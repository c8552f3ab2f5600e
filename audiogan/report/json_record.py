"""Reading what a run has left in JSON, with every surprise named by file, line, key and value."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

from attrs import frozen

from audiogan.errors import DataError


@final
@frozen
class JsonRecord:
    """A JSON object and the place that it came from, which its errors begin with."""

    place: str
    values: Mapping[str, Any]

    def text(self, key: str) -> str:
        """:raises DataError: there is no text under ``key``."""
        value = self._required(key)
        if not isinstance(value, str):
            raise self._mismatch(key, "text", value)
        return value

    def optional_text(self, key: str) -> str | None:
        """``None`` where the key is absent or null.

        :raises DataError: something else than text is under ``key``.
        """
        return None if self.values.get(key) is None else self.text(key)

    def number(self, key: str) -> float:
        """Not necessarily finite: Python writes NaN and Infinity as such.

        :raises DataError: there is no number under ``key``.
        """
        value = self._required(key)
        if not _is_number(value):
            raise self._mismatch(key, "a number", value)
        return float(value)

    def number_or_nan(self, key: str) -> float:
        """NaN for null, which is all that strict JSON has for a number that is not finite.

        :raises DataError: there is neither a number nor null under ``key``.
        """
        return math.nan if self._required(key) is None else self.number(key)

    def optional_number(self, key: str) -> float | None:
        """``None`` where the key is absent or null.

        :raises DataError: something else than a number is under ``key``.
        """
        return None if self.values.get(key) is None else self.number(key)

    def count(self, key: str) -> int:
        """:raises DataError: there is no whole number, zero or above, under ``key``."""
        value = self._required(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._mismatch(key, "a whole number, zero or above", value)
        return value

    def optional_count(self, key: str) -> int | None:
        """``None`` where the key is absent or null.

        :raises DataError: something else than a whole number is under ``key``.
        """
        return None if self.values.get(key) is None else self.count(key)

    def table(self, key: str) -> Mapping[str, Any]:
        """The object under ``key``, empty where the key is absent or null.

        :raises DataError: something else than an object is under ``key``.
        """
        value = self.values.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self._mismatch(key, "a table of names and values", value)
        return value

    def texts(self, key: str) -> Mapping[str, str]:
        """The named texts under ``key``, none where the key is absent or null.

        :raises DataError: something else than a table of texts is under ``key``.
        """
        table = self.table(key)
        for name, value in table.items():
            if not isinstance(value, str):
                raise self._mismatch(f"{key}.{name}", "text", value)
        return table

    def figures(self, key: str) -> Mapping[str, float]:
        """The named numbers under ``key``, none where the key is absent or null; a figure that is null is NaN.

        :raises DataError: something else than a table of numbers is under ``key``.
        """
        table = self.table(key)
        for name, value in table.items():
            if value is not None and not _is_number(value):
                raise self._mismatch(f"{key}.{name}", "a number", value)
        return {name: math.nan if value is None else value for name, value in table.items()}

    def intervals(self, key: str) -> Mapping[str, tuple[float, float]]:
        """The named pairs of numbers under ``key``, none where the key is absent or null; a null bound is NaN.

        :raises DataError: something else than a table of pairs is under ``key``.
        """
        pairs = self.table(key)
        for name, pair in pairs.items():
            if not isinstance(pair, list) or len(pair) != 2 or not all(b is None or _is_number(b) for b in pair):
                raise self._mismatch(f"{key}.{name}", "a lower and an upper bound", pair)
        bounds = {name: [math.nan if bound is None else bound for bound in pair] for name, pair in pairs.items()}
        return {name: (low, high) for name, (low, high) in bounds.items()}

    def records(self, key: str) -> list[JsonRecord]:
        """The objects in the list under ``key``.

        :raises DataError: there is no list of objects under ``key``.
        """
        return records_in(self._required(key), self.place, key)

    def names(self, key: str) -> tuple[str, ...]:
        """:raises DataError: there is no list of texts under ``key``."""
        value = self._required(key)
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self._mismatch(key, "a list of names", value)
        return tuple(value)

    def optional_names(self, key: str) -> tuple[str, ...]:
        """None where the key is absent or null.

        :raises DataError: something else than a list of texts is under ``key``.
        """
        return () if self.values.get(key) is None else self.names(key)

    def _required(self, key: str) -> Any:
        if key not in self.values:
            raise DataError(f"{self.place}: '{key}' is missing; delete the file and run the experiment again")
        return self.values[key]

    def _mismatch(self, key: str, wanted: str, value: object) -> DataError:
        return DataError(f"{self.place}: '{key}' should be {wanted}, not {value!r}")


def records_in(value: object, place: str, key: str) -> list[JsonRecord]:
    """``value`` as a list of objects, the one at position 2 named ``key[2]`` in errors.

    :raises DataError: ``value`` is something else.
    """
    if not isinstance(value, list):
        raise DataError(f"{place}: '{key}' should be a list, not {value!r}")
    return [record_of(item, f"{place}: {key}[{position}]") for position, item in enumerate(value)]


def record_of(value: object, place: str) -> JsonRecord:
    """:raises DataError: ``value`` is not a JSON object."""
    if not isinstance(value, dict):
        raise DataError(f"{place}: should be an object in braces, not {value!r}")
    return JsonRecord(place, value)


def read_json(path: Path) -> Any:
    """The value in a JSON file.

    :raises DataError: the file cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_bytes().decode())
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: damaged: byte {error.start} is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {error.lineno}: damaged: {error.msg}") from error


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
