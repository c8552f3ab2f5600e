"""What a run shows while it runs: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from audiogan.cli.display.live import LiveDisplay
from audiogan.cli.display.plain import PlainDisplay
from audiogan.cli.display.quiet import QuietDisplay
from audiogan.training.observer import Observer


@contextmanager
def choose_display(*, quiet: bool) -> Iterator[Observer]:
    """Live where standard output is a terminal, a line now and then where it is not, only warnings with ``quiet``."""
    console = Console(highlight=False)
    if quiet:
        yield QuietDisplay()
    elif console.is_terminal:
        display = LiveDisplay(console)
        with display.shown():
            yield display
    else:
        yield PlainDisplay()
