"""The files of an evaluation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from audiogan.errors import DataError
from audiogan.files import read_json, write_bytes
from audiogan.run.evaluation.result import Evaluation
from audiogan.run.evaluation.table import markdown_document

JSON_FILE, MARKDOWN_FILE = "evaluation.json", "evaluation.md"


def make_folder(folder: Path) -> None:
    """Makes ``folder``, so that one that cannot be written is known before the work.

    :raises DataError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror}); name another folder with --output") from error


def check_replaceable(folder: Path, subject: Mapping[str, Any]) -> None:
    """Sees that a result in ``folder``, if there is one, is of the same ``subject``, and so may be replaced.

    :raises DataError: it is not, or cannot be read; the text says what differs.
    """
    path = folder / JSON_FILE
    document = read_json(path)
    if document is None:
        return
    try:
        found = document.get("subject") or {}
        differences = [
            words.format(_names(found[key])) for key, words in _DIFFERENCES.items() if found[key] != subject[key]
        ]
        if found["choices"] != subject["choices"]:
            differences.append(f"with {_changed(found['choices'], subject['choices'])}")
    except (AttributeError, KeyError, TypeError) as error:
        raise DataError(
            f"{path}: does not say what it is the result of; name another folder with --output, or delete it"
        ) from error
    if differences:
        raise DataError(
            f"{path}: holds a result {' and '.join(differences)}; name another folder with --output, or this one "
            "to replace it"
        )


_DIFFERENCES = {"folders": "of {}", "datasets": "against {} with other options", "metrics": "by other metrics ({})"}


def _changed(found: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> str:
    """What was chosen otherwise for the result that was found: ``--samples 60, --seed 0``."""
    then: dict[str, Any] = {}
    for mine, others in zip(found, now, strict=False):
        then.update((name, value) for name, value in mine.items() if others.get(name) != value)
    words = (f"--{name.replace('_', '-')} {'all' if value is None else value}" for name, value in then.items())
    return ", ".join(words) or "other options"


def _names(found: Any) -> str:
    if isinstance(found, list):
        return ", ".join(dict.fromkeys(_names(each) for each in found))
    return str(found["type"] if isinstance(found, dict) else found)


def write_evaluation(evaluation: Evaluation, folder: Path) -> Mapping[str, Path]:
    """Writes ``evaluation.json`` and ``evaluation.md`` into ``folder``, each whole or not at all; gives their paths.

    :raises DataError: they cannot be written.
    """
    contents = {
        JSON_FILE: json.dumps(evaluation.to_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        MARKDOWN_FILE: markdown_document(evaluation),
    }
    paths = {name: folder / name for name in contents}
    for name, content in contents.items():
        write_bytes(paths[name], content.encode())
    return paths
