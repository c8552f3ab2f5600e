"""The errors a user can meet, each worded so that the user can mend what caused it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final


class AudioganError(Exception):
    """A mistake outside the program: the command line prints its text and exits with status 2."""


@final
class SpecError(AudioganError):
    """An experiment file or an override that cannot be used; its text lists every problem found."""


@final
class OptionError(AudioganError, ValueError):
    """An option of a component that does not fit; the experiment file's line is found by the option's name."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(f"{option} {message}")
        self.option = option
        """The option's name, dotted where it lies deeper, such as ``classifier.dim``."""
        self.message = message
        """What is wrong with its value and what to do, to be read behind the name: "must be at least 1, not 0"."""


@final
class PluginError(AudioganError):
    """A plugin that cannot be loaded, or two plugins that claim one name."""


class DataError(AudioganError):
    """Audio or records that cannot be read, or that yield nothing to train on."""


@final
class DamagedDataError(DataError):
    """One record or one recording that is damaged while others may be sound: what ``on_error = "skip"`` passes over."""


@final
class CheckpointError(AudioganError):
    """A checkpoint that is missing, damaged, or belongs to another experiment."""


@final
class TrainingError(AudioganError):
    """A training that cannot go on, such as one whose loss is no longer finite."""


def suggest(name: str, known: Iterable[str], *, label: str = "installed") -> str:
    """The tail of an "unknown …" message: the nearest known name, then all of them behind ``label``.

    >>> suggest("lstmm", ["lstm", "wavegan"])
    "; did you mean 'lstm'? installed: lstm, wavegan"
    >>> suggest("bach", [], label="profiles")
    '; profiles: none'
    """
    from difflib import get_close_matches  # imported here because `audiogan --help` needs this module, not difflib

    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    guess = f"; did you mean '{close[0]}'?" if close else ";"
    return f"{guess} {label}: {', '.join(names) or 'none'}"
