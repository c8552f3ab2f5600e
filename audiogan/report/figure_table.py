"""A table of any figures as texts, in parts that fit a page; every format escapes and sets them in its own way."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import final

from attrs import evolve, frozen
from rich.cells import cell_len

from audiogan.report.figure_names import words_of
from audiogan.report.formatting import ABSENT

HEADING_WIDTH = 16
"""Characters that a heading is wrapped to."""

_TITLE_WIDTH = (16, 28)
_GAP = 1


@final
@frozen
class Cell:
    """A figure, and its 95 % interval where it has one."""

    text: str
    interval: str | None = None

    def on_one_line(self) -> str:
        """The interval in parentheses behind the figure."""
        return self.text if self.interval is None else f"{self.text} ({self.interval})"


@final
@frozen
class Column:
    """What was measured under a name, or what was published under it."""

    name: str
    published: bool

    @property
    def heading(self) -> str:
        """The name in words."""
        return f"published {words_of(self.name)}" if self.published else words_of(self.name)

    @property
    def heading_lines(self) -> tuple[str, ...]:
        """The heading, wrapped."""
        words = textwrap.wrap(words_of(self.name), HEADING_WIDTH) or [""]
        return ("published", *words) if self.published else tuple(words)


@final
@frozen
class Line:
    """An experiment, or real data or noise, which are the scale of its figures; as many cells as columns."""

    title: str
    cells: tuple[Cell, ...]
    is_scale: bool = False
    status: str | None = None
    """Why there are no figures, which then stands in place of the first."""


@final
@frozen
class FigureTable:
    """Lines in groups, each the experiments that were scored alike and the scale that they share."""

    columns: tuple[Column, ...]
    groups: tuple[tuple[Line, ...], ...]

    @property
    def has_intervals(self) -> bool:
        """Whether any figure has an interval."""
        return any(cell.interval is not None for line in self.lines for cell in line.cells)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Those of all groups."""
        return tuple(line for group in self.groups for line in group)

    def blocks(self, width: int) -> tuple[FigureTable, ...]:
        """The table in parts, side by side in ``width`` characters with intervals under figures, where that suffices.

        A published figure stays beside the measured one. An experiment that has no figures stands in the first part,
        and in others only where they hold a published one of it.
        """
        fewest, most = _TITLE_WIDTH
        room = width - min(most, max([fewest, *(cell_len(line.title) for line in self.lines)]))
        units = self._units()
        parts = _packed([sum(_GAP + self._width(position) for position in unit) for unit in units], room)
        first, *others = (self._part([position for unit in part for position in units[unit]]) for part in parts)
        return (first, *(part._without_bare_statuses() for part in others))

    def _without_bare_statuses(self) -> FigureTable:
        published = [position for position, column in enumerate(self.columns) if column.published]
        groups = (
            tuple(
                line
                for line in group
                if line.status is None or any(line.cells[position].text != ABSENT for position in published)
            )
            for group in self.groups
        )
        return evolve(self, groups=tuple(group for group in groups if group))

    def _units(self) -> list[list[int]]:
        units: list[list[int]] = []
        for position, column in enumerate(self.columns):
            if units and self.columns[units[-1][0]].name == column.name:
                units[-1].append(position)
            else:
                units.append([position])
        return units

    def _width(self, position: int) -> int:
        cells = (line.cells[position] for line in self.lines)
        texts = (text for cell in cells for text in (cell.text, cell.interval) if text is not None)
        statuses = (line.status for line in self.lines if line.status is not None)
        return max(cell_len(text) for text in (*self.columns[position].heading_lines, *texts, *statuses))

    def _part(self, positions: Sequence[int]) -> FigureTable:
        columns = tuple(self.columns[position] for position in positions)
        first_measured = next((place for place, column in enumerate(columns) if not column.published), None)

        def part_of(line: Line) -> Line:
            cells = [line.cells[position] for position in positions]
            if line.status is not None and first_measured is not None:
                cells[first_measured] = Cell(line.status)
            return evolve(line, cells=tuple(cells))

        return FigureTable(columns, tuple(tuple(map(part_of, group)) for group in self.groups))


def _packed(widths: Sequence[int], room: int) -> list[list[int]]:
    """Positions in as few parts as ``room`` allows, their widths then as even as their order allows."""
    packings = [_filled(widths, narrower) for narrower in range(room, 0, -1)]
    return [parts for parts in packings if len(parts) == len(packings[0])][-1]


def _filled(widths: Sequence[int], room: int) -> list[list[int]]:
    parts: list[list[int]] = []
    taken = 0
    for position, width in enumerate(widths):
        if not parts or taken + width > room:
            parts.append([])
            taken = 0
        parts[-1].append(position)
        taken += width
    return parts
