"""The errors a user can meet, each worded so that the user can fix what caused it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, final


class AudioganError(Exception):
    """A mistake outside the program: the command line prints its text and exits with status 2."""


class Problem(NamedTuple):
    """One mistake: where it was written, the value as written, and what to do about it."""

    file: str
    """The file, or what else was read: a flag such as ``--set``, or a component such as ``loss 'wgan'``."""
    line: int
    """Counted from 1; 0 where there are no lines."""
    key: str
    """The full key, such as ``experiment[0].loss.weight``; empty where the whole file is meant."""
    value: str
    """The value as an experiment file would hold it; empty for a table and for what is missing."""
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        assignment = f"{self.key} = {self.value}" if self.key and self.value else self.key
        return ": ".join(part for part in (place, assignment, self.message) if part)


@final
class SpecError(AudioganError):
    """An experiment file, an option or an override that cannot be used; its text lists every problem found."""

    def __init__(self, text: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(text)
        self.problems = tuple(problems)
        """Each mistake by its fields."""


@final
class OptionError(AudioganError, ValueError):
    """An option of a component that does not fit; the experiment file's line is found by the option's name."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(option, message)
        self.option = option
        """The option's name, dotted where it lies deeper, such as ``classifier.dim``."""
        self.message = message
        """What is wrong with its value and what to do, to be read behind the name: "must be at least 1, not 0"."""

    def __str__(self) -> str:
        return f"{self.option} {self.message}"


@final
class PluginError(AudioganError):
    """A plugin that cannot be loaded, or two plugins that claim one name."""


class DataError(AudioganError):
    """Audio or records that cannot be read, or that yield nothing to train on."""


@final
class DamagedDataError(DataError):
    """One record or one recording that is damaged while others may be valid: what ``on_error = "skip"`` passes over."""


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
