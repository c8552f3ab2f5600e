"""``audiogan data bach``: Bach's chorales, played on the embedded piano."""

from __future__ import annotations

import math
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, final

from audiogan import Command

if TYPE_CHECKING:
    from audiogan_bach.chorales.chorale_folder import Manifest, Watch

_REPORTED_EVERY = 20


@final
class BachCommand(Command):
    """``audiogan data bach``."""

    help = "play Bach's chorales on the embedded piano"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds the command's options."""
        parser.description = (
            "Plays the Bach chorales of music21's corpus on the piano of the dataset 'bach-piano', for the dataset "
            "'tfrecord' or as audio files. Needs music21: pip install 'audiogan[bach]'. Run the same command again to "
            "go on after a stop."
        )
        parser.add_argument("output", type=Path, metavar="OUT", help="the folder to write to")
        parser.add_argument("--sample-rate", type=int, default=16_000, metavar="HZ", help="default: 16000")
        parser.add_argument(
            "--tempo", type=float, default=80.0, metavar="BPM", help="quarter notes a minute (default: 80)"
        )
        parser.add_argument(
            "--format", choices=("tfrecord", "wav", "flac"), default="tfrecord", help="default: tfrecord"
        )
        parser.add_argument(
            "--clip-seconds",
            type=float,
            default=1.5,
            metavar="S",
            help="length of a TFRecord file's clips (default: 1.5, the original's)",
        )
        parser.add_argument("--limit", type=int, metavar="N", help="only the first N chorales")
        parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: all cores)")

    def run(self, arguments: Namespace) -> int:
        """Renders what is missing, and says what there is and how to train on it.

        :raises DataError: something is not installed, an option cannot be used, or OUT holds something else.
        :raises Interrupted: it was stopped; the chorales that are done stay.
        """
        import os

        from audiogan_bach.chorales.catalogue import catalogue
        from audiogan_bach.chorales.chorale_folder import render_collection
        from audiogan_bach.chorales.rendering import Settings

        _check(arguments)
        settings = Settings(arguments.sample_rate, arguments.tempo, arguments.format, arguments.clip_seconds)
        chorales = catalogue()[: arguments.limit]
        with _watching() as watch:
            jobs = arguments.jobs or os.cpu_count() or 1
            manifest = render_collection(chorales, arguments.output, settings, jobs=jobs, watch=watch)
        _print_outcome(manifest, arguments.output, settings.format)
        return 0


def _check(arguments: Namespace) -> None:
    from audiogan.errors import DataError

    bounds = {
        "sample_rate": (8_000, 192_000),
        "tempo": (10, 400),
        "clip_seconds": (0.01, 3600),
        "limit": (1, math.inf),
        "jobs": (1, math.inf),
    }
    for name, (lowest, highest) in bounds.items():
        value = getattr(arguments, name)
        if value is not None and not lowest <= value <= highest:
            allowed = f"at least {lowest}" if highest == math.inf else f"from {lowest} to {highest}"
            raise DataError(f"--{name.replace('_', '-')} must be {allowed}, not {value}")


@contextmanager
def _watching() -> Iterator[Watch]:
    """A bar where standard output is a terminal, a line now and then where it is not."""
    import time

    from rich.console import Console

    from audiogan.durations import duration
    from audiogan_bach.chorales.rendering import Rendered

    console = Console(highlight=False)
    started = time.monotonic()

    def report(_rendered: Rendered, done: int, total: int) -> None:
        if done % _REPORTED_EVERY == 0 or done == total:
            left = (time.monotonic() - started) * (total - done) / done
            print(f"{done} of {total} chorales, {duration(left)} left", flush=True)

    if not console.is_terminal:
        yield report
        return
    from rich import progress as bars

    columns = (bars.BarColumn(bar_width=24), bars.MofNCompleteColumn(), bars.TimeRemainingColumn())
    with bars.Progress(*columns, bars.TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def watch(rendered: Rendered, done: int, total: int) -> None:
            bar.update(task, description=f"BWV {rendered.bwv}", completed=done, total=total)

        yield watch


def _print_outcome(manifest: Manifest, folder: Path, file_format: str) -> None:
    from audiogan.durations import duration

    for split in ("train", "test"):
        chorales = [chorale for chorale in manifest.rendered.values() if chorale.split == split]
        place = f"{folder}/{split}-*.tfrecord" if file_format == "tfrecord" else f"{folder}/{split}"
        print(f"{split}: {len(chorales)} chorales, {duration(sum(c.duration_s for c in chorales))}, {place}")
    print(f"content {manifest.content_sha256[:16]}, in full in {folder / 'manifest.json'}")
