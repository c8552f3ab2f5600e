"""Examples a second of several readers, and the table of them that ends a session."""

from __future__ import annotations

from collections.abc import Mapping


class ReadingSpeeds:
    """What a session has measured: for each reader the shortest time of a number of examples."""

    def __init__(self) -> None:
        self._per_second: dict[str, float] = {}
        self._notes: dict[str, str] = {}

    def record(self, reader: str, per_second: float) -> None:
        """Keeps a speed, in examples a second."""
        self._per_second[reader] = per_second

    def note(self, reader: str, reason: str) -> None:
        """Says why a speed was not measured."""
        self._notes[reader] = reason

    def rows(self, beside: str) -> list[tuple[str, ...]]:
        """Reader, examples a second, and how many times the speed of the reader ``beside`` that is."""
        reference = self._per_second.get(beside)
        rows = [
            (reader, f"{speed:,.0f}", "" if reference is None else f"{speed / reference:.2f}")
            for reader, speed in self._per_second.items()
        ]
        return rows + [(reader, reason, "") for reader, reason in self._notes.items()]

    def as_json(self) -> Mapping[str, float]:
        """The same for programs."""
        return dict(self._per_second)

    def is_empty(self) -> bool:
        """Whether nothing was measured or noted."""
        return not self._per_second and not self._notes
