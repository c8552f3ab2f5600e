"""``metrics.jsonl``: one line a step and one a scoring."""

from __future__ import annotations

import json
from pathlib import Path
from typing import final

from audiogan.errors import CheckpointError
from audiogan.files import record_to_json, write_bytes
from audiogan.interfaces.records import RECORD_KINDS, ScoreRecord, StepRecord


@final
class MetricsLog:
    """Appends records to a file; a line is on its way to the disk as soon as it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, record: StepRecord | ScoreRecord) -> None:
        """Adds a line.

        :raises CheckpointError: the disk refuses.
        """
        kind = next(kind for kind, record_class in RECORD_KINDS.items() if isinstance(record, record_class))
        line = json.dumps({"kind": kind, **record_to_json(record)}, allow_nan=False) + "\n"
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise CheckpointError(f"{self._path}: cannot be written: {error.strerror}; free space and go on") from error

    def rewind(self, *, step: int, score_pending: bool) -> None:
        """Drops what lies after a checkpoint: later steps, and the scoring of ``step`` itself if it is still owed.

        A sitting that was killed has logged steps that its last checkpoint knows nothing of; they are about to be taken
        again.

        :raises CheckpointError: a line other than an unfinished last one cannot be read.
        """
        if not self._path.exists():
            return
        kept = [
            line
            for line, kind, number in self._lines()
            if number < step or (number == step and not (score_pending and kind == "score"))
        ]
        write_bytes(self._path, b"".join(line + b"\n" for line in kept))

    def _lines(self) -> list[tuple[bytes, str, int]]:
        try:
            content = self._path.read_bytes()
        except OSError as error:
            raise CheckpointError(f"{self._path}: cannot be read: {error.strerror}") from error
        lines = content.removesuffix(b"\n").split(b"\n") if content else []
        records = []
        for number, line in enumerate(lines, start=1):
            try:
                record = json.loads(line)
                records.append((line, str(record["kind"]), int(record["step"])))
            except (ValueError, TypeError, KeyError) as error:
                if number < len(lines):
                    raise CheckpointError(
                        f"{self._path}:{number}: not a line of metrics: {error}; delete the line to go on"
                    ) from error
        return records
