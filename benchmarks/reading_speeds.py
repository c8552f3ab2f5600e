"""Examples a second of several readers that took turns, and the table of them that ends a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np


class ReadingSpeeds:
    """What a session has measured: for each reader the examples a second of each round."""

    def __init__(self) -> None:
        self._rounds: dict[str, Sequence[float]] = {}
        self._notes: dict[str, str] = {}

    def record(self, reader: str, rounds: Sequence[float]) -> None:
        """Keeps the speeds of a reader, in examples a second, round by round."""
        self._rounds[reader] = rounds

    def note(self, reader: str, reason: str) -> None:
        """Says why a reader was not measured."""
        self._notes[reader] = reason

    def rows(self, beside: str) -> list[tuple[str, ...]]:
        """Reader, its best and its median speed, and the median of its speed over that of ``beside`` in the same round.

        Rounds are compared one by one, since whatever else the machine does slows all readers of a round.
        """
        rows: list[tuple[str, ...]] = []
        for reader, speeds in self._rounds.items():
            ratio = ""
            if beside in self._rounds:
                ratio = f"{np.median(np.divide(speeds, self._rounds[beside])):.2f}"
            rows.append((reader, f"{max(speeds):,.0f}", f"{median(speeds):,.0f}", ratio))
        rows += [(reader, reason, "", "") for reader, reason in self._notes.items()]
        return rows

    def as_json(self) -> Mapping[str, Sequence[float]]:
        """The same for programs."""
        return dict(self._rounds)

    def is_empty(self) -> bool:
        """Whether nothing was measured or noted."""
        return not self._rounds and not self._notes
