"""The classes of recordings from a CSV file."""

from __future__ import annotations

import csv
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, final

from attrs import frozen

from audiogan.data.recordings.labels import NO_LABEL
from audiogan.data.recordings.listing import FoundFile
from audiogan.errors import DataError

_WAYS_TO_NAME: tuple[Callable[[FoundFile], str], ...] = (
    lambda file: file.name,
    lambda file: file.name.removesuffix(file.path.suffix),
    lambda file: file.path.name,
    lambda file: file.path.stem,
)
"""What a row may call a file, the plainest first."""

_log = logging.getLogger("audiogan")


@final
@frozen
class _Row:
    line: int
    name: str
    label: str


def labels_from_table(
    files: Sequence[FoundFile], table: Path, *, file_column: str, label_column: str
) -> tuple[str, ...]:
    """For each file the label in its row of a CSV file, whose first row names the columns.

    A row is for the file whose path within the folder that was searched stands in ``file_column``, or else for the one
    that has this path without its suffix, this name, this name without its suffix, or a path that ends like this.
    Backslashes and a leading ``./`` are taken as in any path. Rows that are for none of ``files`` are passed over.
    Files whose label is left out have none; they are counted in a warning.

    :raises DataError: the table cannot be read, is not UTF-8, lacks a column or has it twice, gives one file two
        labels, has a row with more fields than columns or one that may be for several files, or no row for a file.
    """
    rows = _read_table(table, file_column, label_column)
    row_of = _assigned(rows, files, table)
    for file in files:
        if file not in row_of:
            advice = f"its column '{file_column}' holds names like '{rows[0].name}'" if rows else "it is empty"
            raise DataError(
                f"{file.path}: no row of {table} is for it; {advice}; add a row, or leave the recording out"
            )
    labels = tuple(row_of[file].label for file in files)
    if NO_LABEL in labels:
        _log.warning("%s leaves the label of %d of %d recordings out", table, labels.count(NO_LABEL), len(labels))
    return labels


def _assigned(rows: Sequence[_Row], files: Sequence[FoundFile], table: Path) -> dict[FoundFile, _Row]:
    named = [_by_name(files, name) for name in _WAYS_TO_NAME]
    by_end: Mapping[str, Sequence[FoundFile]] | None = None
    row_of: dict[FoundFile, _Row] = {}
    for row in rows:
        name = str(PurePosixPath(row.name.replace("\\", "/")))
        meant = next((by_name[way] for way in (row.name, name) for by_name in named if way in by_name), None)
        if meant is None:
            by_end = _by_end(files) if by_end is None else by_end
            meant = by_end.get(name.lstrip("/"), ())
        if len(meant) > 1:
            raise DataError(
                f"{table}, line {row.line}: '{row.name}' may be {meant[0].path} or {meant[1].path}; write their paths "
                "below the folder that is searched"
            )
        for file in meant:
            before = row_of.setdefault(file, row)
            if before.label != row.label:
                raise DataError(
                    f"{table}, line {row.line}: '{row.name}' is labelled '{row.label}' here, and '{before.label}' in "
                    f"line {before.line} as '{before.name}'; keep one of them"
                )
    return row_of


def _by_name(files: Sequence[FoundFile], name: Callable[[FoundFile], str]) -> Mapping[str, Sequence[FoundFile]]:
    by_name: dict[str, list[FoundFile]] = defaultdict(list)
    for file in files:
        by_name[name(file)].append(file)
    return by_name


def _by_end(files: Sequence[FoundFile]) -> Mapping[str, Sequence[FoundFile]]:
    """The files by every end of their paths that begins with a name."""
    by_end: dict[str, list[FoundFile]] = defaultdict(list)
    for file in files:
        end = ""
        for part in reversed(file.path.absolute().parts[1:]):
            end = f"{part}/{end}" if end else part
            by_end[end].append(file)
    return by_end


def _read_table(table: Path, file_column: str, label_column: str) -> list[_Row]:
    if "\0" in str(table):  # of which the system only says that it is there
        raise DataError(f"label_table = {str(table)!r} is no name that a file can have; correct it")
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            _check_columns(rows.fieldnames or (), (file_column, label_column), table)
            return [_row(rows.line_num, row, file_column, label_column, table) for row in rows]
    except OSError as error:
        raise DataError(f"{table}: cannot be read: {error.strerror}; correct label_table") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{table}: not a CSV file in UTF-8 ({error}); write it again") from error


def _check_columns(columns: Sequence[str], needed: Sequence[str], table: Path) -> None:
    for column in needed:
        if column not in columns:
            raise DataError(f"{table}: no column '{column}'; its first row names {', '.join(columns) or 'none'}")
        if columns.count(column) > 1:
            raise DataError(f"{table}: several columns are called '{column}'; rename all but one")


def _row(line: int, row: dict[Any, Any], file_column: str, label_column: str, table: Path) -> _Row:
    surplus = [field for field in row.get(None, ()) if field.strip()]
    if surplus:
        raise DataError(
            f"{table}, line {line}: '{surplus[0]}' stands behind the last column that the first row names; put fields "
            "that hold commas in quotes"
        )
    return _Row(line, (row[file_column] or "").strip(), (row[label_column] or "").strip())
