"""How far a long computation is."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen


@frozen
class Progress:
    """``done`` of ``total`` units of ``activity`` ("reading windows", "epoch 3 of 60") are behind it."""

    activity: str
    done: int
    total: int


Watch = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """Nobody looks."""
