"""How a long computation goes on, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from attrs import frozen


@final
@frozen
class Progress:
    """``done`` of ``total`` units of ``activity`` ("reading windows", "epoch 3 of 60") are behind it."""

    activity: str
    done: int
    total: int


Watch = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """Nobody looks."""


@final
@frozen
class Listener:
    """Where lines of information and warnings go, and who watches every step."""

    tell: Callable[[str], None]
    warn: Callable[[str], None]
    watch: Watch
