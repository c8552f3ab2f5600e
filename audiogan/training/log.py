"""``metrics.jsonl``: one line a step and one a scoring."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, final

from audiogan.data.atomic import atomic_file
from audiogan.errors import CheckpointError
from audiogan.training.records import ScoreRecord, StepRecord


@final
class MetricsLog:
    """Appends records to a file; a line is on its way to the disk as soon as it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, record: StepRecord | ScoreRecord) -> None:
        """Adds a line."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record.to_json(), allow_nan=False) + "\n")

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
            for line, record in self._lines()
            if record["step"] < step or (record["step"] == step and not (score_pending and record["kind"] == "score"))
        ]
        with atomic_file(self._path) as file:
            file.write("".join(kept).encode())

    def _lines(self) -> list[tuple[str, dict[str, Any]]]:
        lines = self._path.read_text(encoding="utf-8").splitlines(keepends=True)
        records = []
        for number, line in enumerate(lines, start=1):
            try:
                records.append((line, json.loads(line)))
            except json.JSONDecodeError as error:
                if number < len(lines):
                    raise CheckpointError(
                        f"{self._path}:{number}: not a line of metrics: {error}; delete the line to go on"
                    ) from error
        return records
