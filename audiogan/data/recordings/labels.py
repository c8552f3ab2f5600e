"""The classes of recordings, from the folders that they lie in or from their names."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from audiogan.data.classes import NO_CLASS, Classes
from audiogan.data.recordings.listing import FoundFile
from audiogan.errors import DataError

NO_LABEL = ""
_SHOWN = 5


def labels_from_folders(files: Sequence[FoundFile]) -> tuple[str, ...]:
    """For each file the name of the folder it lies in, which may be the one that was searched.

    :raises DataError: a name is not UTF-8.
    """
    return tuple(_label(file, file.path.absolute().parent.name) for file in files)


def labels_from_names(files: Sequence[FoundFile], pattern: str) -> tuple[str, ...]:
    """For each file what the group of ``pattern`` called ``label``, or else its only named group, holds of its name.

    The name is the file's path within the folder that was searched, with ``/`` between the parts, and the pattern may
    match anywhere in it. A group that took no part in the match gives no label.

    :raises DataError: the pattern does not match a name, or gives what is not UTF-8; the text names the file.
    :raises ValueError: it is no regular expression, or does not say which of its groups is the label.
    """
    expression, group = label_group(pattern)
    labels = []
    for file in files:
        match = expression.search(file.name)
        if match is None:
            raise DataError(
                f"{file.path}: its name '{file.name}' does not match label_pattern '{pattern}'; correct the "
                "pattern, or leave the recording out"
            )
        labels.append(_label(file, match[group] or NO_LABEL))
    return tuple(labels)


def label_group(pattern: str) -> tuple[re.Pattern[str], str]:
    """The compiled pattern and the name of the group that is the label.

    :raises ValueError: as :func:`labels_from_names`.
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"'{pattern}' is not a regular expression: {error}") from error
    groups = list(expression.groupindex)
    if "label" in groups:
        return expression, "label"
    if len(groups) == 1:
        return expression, groups[0]
    raise ValueError(f"'{pattern}' does not say which part is the label; name that part: (?P<label>...)")


def _label(file: FoundFile, label: str) -> str:
    try:
        label.encode()
    except UnicodeEncodeError as error:
        raise DataError(
            f"{str(file.path)!a}: its class {label!a} is not UTF-8, which names of classes are; rename the "
            "folder or file"
        ) from error
    return label


def classes_of(
    files: Sequence[FoundFile], labels: Sequence[str], class_names: tuple[str, ...] | None = None
) -> Classes:
    """The classes that ``labels`` name: ``class_names`` or, where that is ``None``, those that occur, sorted.

    They are sorted by value where all of them are integers. An empty label is none.

    :raises DataError: a label is not among ``class_names``; the text names the file.
    """
    if class_names is None:
        occurring = set(labels) - {NO_LABEL}
        numbers = all(re.fullmatch("[0-9]+", label) for label in occurring)
        class_names = tuple(sorted(occurring, key=(lambda label: (int(label), label)) if numbers else None))
    index_of = {name: index for index, name in enumerate(class_names)} | {NO_LABEL: NO_CLASS}
    strange = [number for number, label in enumerate(labels) if label not in index_of]
    if strange:
        shown = ", ".join(class_names[:_SHOWN]) + (", …" if len(class_names) > _SHOWN else "")
        raise DataError(
            f"{files[strange[0]].path}: its class '{labels[strange[0]]}' is not among those of the training part "
            f"({shown or 'none'}); add recordings of that class to it, or take these out"
        )
    return Classes(class_names, np.array([index_of[label] for label in labels], dtype=np.int64))
