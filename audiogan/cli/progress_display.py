"""What a long command shows while it works: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audiogan.evaluation.progress import Listener


@contextmanager
def progress_display() -> Iterator[Listener]:
    """Live where standard output is a terminal; lines alone where it is not, with warnings on standard error."""
    from rich.console import Console

    from audiogan.evaluation.progress import Listener, Progress, unwatched

    console = Console(highlight=False)
    if not console.is_terminal:
        yield Listener(
            lambda line: print(line, flush=True),
            lambda line: print(f"warning: {line}", file=sys.stderr, flush=True),
            unwatched,
        )
        return
    from rich import progress as bars
    from rich.text import Text

    columns = (
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(bar_width=24),
        bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
    )
    with bars.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(line: str) -> None:
            nonlocal task
            bar.console.print(Text(line))
            # what comes now has a length and a beginning of its own
            bar.remove_task(task)
            task = bar.add_task("", total=None)

        def watch(progress: Progress) -> None:
            bar.update(task, description=progress.activity, completed=progress.done, total=progress.total)

        yield Listener(tell, lambda line: bar.console.print(Text(f"warning: {line}", style="yellow")), watch)
