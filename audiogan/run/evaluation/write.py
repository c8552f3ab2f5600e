"""The files of an evaluation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from audiogan.atomic import atomic_file
from audiogan.errors import DataError
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
        with atomic_file(paths[name]) as file:
            file.write(content.encode())
    return paths
