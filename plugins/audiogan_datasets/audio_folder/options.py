"""The options of ``audio-folder``."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from attrs import frozen

from audiogan import OptionError, option
from audiogan.data import DEFAULT_CACHE_GB, compiled, label_group

PADDINGS = ("end", "both", "repeat")
"""Zeros behind the recording; zeros on both sides of it; the recording over and over from its beginning."""
LEAVE_OUT = "leave-out"


@final
@frozen
class AudioFolderDatasetOptions:
    """Options of ``audio-folder``."""

    path: str | tuple[str, ...] = option(help="folder, searched with all below it, or glob pattern, or a list of them")
    sample_rate: int = option(
        default=16_000, minimum=1, unit="Hz", help="rate of the windows; recordings of another rate are resampled"
    )
    channels: int = option(
        default=1, minimum=1, help="1: the mean of a recording's channels; more: recordings with as many"
    )
    repeat_mono: bool = option(default=False, help="where channels is more than 1, repeat recordings of one channel")
    window_length: int = option(default=16_384, minimum=1, unit="samples", help="length of a window")
    window: str = option(
        default="random",
        choices=("random", "first", "all"),
        help="random ones, as likely from all of the material; the first of each recording; all, one after the other",
    )
    overlap: float = option(
        default=0.0, minimum=0, maximum=0.99, help='share of a window that the next one repeats, for window = "all"'
    )
    padding: str = option(
        default="end",
        choices=(*PADDINGS, LEAVE_OUT),
        help="recordings shorter than a window: zeros at the end, at both ends, repeat them, or leave them out",
    )
    minimum_level_dbfs: float | None = option(
        default=None,
        maximum=0,
        unit="dBFS",
        help="quieter windows (RMS; 1 is 0 dBFS) are drawn again, or left out unless random, after one look at all",
    )
    normalize: bool = option(
        default=False, help="scale each recording so that its peak is 1; reads it once when it is first met"
    )
    out_of_range: str = option(
        default="stop", choices=("stop", "clip"), help="what to do about floats stored outside [-1, 1]"
    )
    label_folder: bool = option(default=False, help="the class is the name of the folder that a recording lies in")
    label_pattern: str | None = option(
        default=None,
        help="the class is the group 'label' of this regular expression, looked for in the path below the folder",
    )
    label_table: str | None = option(default=None, help="the class stands in this CSV file")
    file_column: str = option(default="file", help="column of label_table with the recordings' names")
    label_column: str = option(default="label", help="column of label_table with the classes")
    held_out_path: str | tuple[str, ...] | None = option(
        default=None, help="folder or glob pattern, or a list of them, set aside for testing classifiers"
    )
    held_out_pattern: str | None = option(
        default=None, help="recordings in whose path below the folder this regular expression matches are set aside"
    )
    held_out_share: float | None = option(
        default=None, above=0, maximum=0.9, help="share of the recordings set aside, by a hash of their path below path"
    )
    on_error: str = option(
        default="stop", choices=("stop", "skip"), help="what to do about damaged recordings; skipped ones are counted"
    )
    decoded_cache_gb: float = option(
        default=DEFAULT_CACHE_GB,
        minimum=0,
        unit="GB",
        help="disk space for samples of MP3, Vorbis and Opus, which are decoded once; the least recently used go first",
    )

    def __attrs_post_init__(self) -> None:
        """:raises OptionError: options contradict one another, or a pattern is no regular expression."""
        _at_most_one(self, "label_folder", "label_pattern", "label_table")
        _at_most_one(self, "held_out_path", "held_out_pattern", "held_out_share")
        if self.label_table == "":
            raise OptionError("label_table", "is empty; name a CSV file, or leave the option out")
        _check_pattern("label_pattern", self.label_pattern, label_group)
        _check_pattern("held_out_pattern", self.held_out_pattern, compiled)
        if self.overlap and self.window != "all":
            raise OptionError("overlap", f'needs window = "all"; with "{self.window}" there is none')


def _at_most_one(options: AudioFolderDatasetOptions, *names: str) -> None:
    given = [name for name in names if getattr(options, name)]
    if len(given) > 1:
        raise OptionError(given[-1], f"is given beside {given[0]}; keep one of them")


def _check_pattern(name: str, pattern: str | None, read: Callable[[str], object]) -> None:
    if pattern is None:
        return
    try:
        read(pattern)
    except ValueError as error:
        raise OptionError(name, str(error).removeprefix(f"'{pattern}' ")) from error
