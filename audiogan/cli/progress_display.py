"""The display of work that is watched by a listener."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audiogan.evaluation.progress import Listener


@contextmanager
def progress_display() -> Iterator[Listener]:
    """Live where standard output is a terminal; lines alone where it is not, with warnings on standard error."""
    from audiogan.cli.display import choose_display
    from audiogan.evaluation.progress import Listener

    with choose_display() as display:
        yield Listener(display.info, display.warning, lambda now: display.progress(now.activity, now.done, now.total))
