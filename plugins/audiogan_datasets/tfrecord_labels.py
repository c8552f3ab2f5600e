"""The classes of records."""

from __future__ import annotations

import numpy as np

from audiogan.data.classes import NO_CLASS, Classes
from audiogan.data.damage import tell_damage, tell_skipped
from audiogan.data.example import Example
from audiogan.data.record_list import RecordList
from audiogan.errors import DamagedDataError, DataError


def read_labels(records: RecordList, feature: str, class_names: tuple[str, ...] | None, *, on_error: str) -> Classes:
    """The labels in ``feature``: byte strings, of which an empty one is no label, or single integers.

    Classes are ``class_names`` or, where that is ``None``, the labels that occur: sorted, integers by value. Where
    ``on_error`` is ``"skip"``, a damaged record has no label, and a warning tells of it.

    :raises DamagedDataError: a record is damaged, and ``on_error`` is not ``"skip"``.
    :raises DataError: a record lacks the feature, holds no single label, or has a class that is not in ``class_names``.
    """
    found = [_label_of(records, number, feature, on_error) for number in range(len(records))]
    tell_skipped(found.count(None), of=len(found), reader="labels")
    if class_names is None:
        integers = sorted({label for label in found if isinstance(label, int)})
        words = sorted({label for label in found if isinstance(label, str) and label})
        class_names = tuple(dict.fromkeys([*map(str, integers), *words]))
    index_of = {name: index for index, name in enumerate(class_names)} | {"": NO_CLASS}
    indices = np.empty(len(found), dtype=np.int64)
    for number, label in enumerate(found):
        if label is None:
            indices[number] = NO_CLASS
            continue
        if str(label) not in index_of:
            raise DataError(
                f"{records.place(number)}: label '{label}' is not among the classes of the training part "
                f"({', '.join(class_names) or 'none'}); add clips of that class to it, or take these out"
            )
        indices[number] = index_of[str(label)]
    return Classes(class_names, indices)


def _label_of(records: RecordList, number: int, feature: str, on_error: str) -> int | str | None:
    try:
        return _label(records.example(number), feature)
    except DamagedDataError as damage:
        if on_error != "skip":
            raise
        tell_damage(damage)
        return None


def _label(example: Example, feature: str) -> int | str:
    try:
        kind = example.kind(feature)
        text = example.byte_string(feature) if kind not in ("int64", "empty") else b""
    except DataError as error:
        raise DataError(f"{error}; set dataset.label_feature to what the data have") from error
    if kind == "int64":
        values = example.integers(feature)
        if len(values) != 1:
            raise DataError(f"{example.place}: feature '{feature}' holds {len(values)} integers where one is a label")
        return int(values[0])
    if kind == "empty":
        return ""
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise DataError(f"{example.place}: label '{feature}' is not UTF-8 text; write the labels again") from None
