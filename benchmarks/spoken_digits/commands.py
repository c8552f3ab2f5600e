"""The commands that a user would give, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import final

from audiogan.errors import AudioganError
from benchmarks.spoken_digits.sounds import LABEL, SAMPLE_RATE, TEST_SPLIT, WINDOW_LENGTH

DOCUMENTED_CLASSIFIER = ("dim=32", "epochs=20")
_STANDARD_ERROR = 2


@final
class CommandFailedError(AudioganError):
    """A command of audiogan did not succeed."""


def training_command(recordings: Path, folder: Path, *, options: tuple[str, ...]) -> tuple[str, ...]:
    """Trains a classifier with ``options`` on the recordings that are not of the test split, into ``folder``."""
    return (
        *("train-classifier", "audio-folder", *_dataset_options(recordings)),
        *(argument for option in options for argument in ("--classifier", option)),
        *("--output", str(folder)),
    )


def evaluation_command(sounds: Path, recordings: Path, classifier: Path, folder: Path) -> tuple[str, ...]:
    """Compares the folder ``sounds`` with the recordings by every metric that applies, into ``folder``."""
    return (
        *("evaluate", str(sounds), "--against", "audio-folder", *_dataset_options(recordings)),
        *("--classifier", str(classifier), "--output", str(folder)),
    )


def run_audiogan(command: tuple[str, ...]) -> float:
    """Runs ``audiogan COMMAND``, which shows what it prints on standard error, and gives the seconds it took.

    :raises CommandFailedError: it ended with another status than 0.
    """
    start = perf_counter()
    with subprocess.Popen([sys.executable, "-m", "audiogan", *command], stdout=_STANDARD_ERROR) as process:
        try:
            status = process.wait()
        except KeyboardInterrupt:
            process.terminate()
            raise
    if status != 0:
        raise CommandFailedError(f"'audiogan {command[0]}' ended with status {status}; what was wrong stands above")
    return perf_counter() - start


def _dataset_options(recordings: Path) -> tuple[str, ...]:
    options = {
        "path": recordings,
        "sample_rate": SAMPLE_RATE,
        "window_length": WINDOW_LENGTH,
        "label_pattern": LABEL,
        "held_out_pattern": TEST_SPLIT,
    }
    return tuple(argument for key, value in options.items() for argument in ("--set", f"{key}={value}"))
