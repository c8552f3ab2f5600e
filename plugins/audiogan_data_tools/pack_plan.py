"""From the arguments of ``audiogan data pack`` to the shards to be written."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import inf

from audiogan.audio import check_channels
from audiogan.data.recordings.content import warn_of_copies
from audiogan.data.recordings.known_files import KnownFile, readable_files
from audiogan.data.recordings.label_table import labels_from_table
from audiogan.data.recordings.labels import NO_LABEL, labels_from_folders, labels_from_names
from audiogan.data.recordings.listing import FoundFile, find_recordings
from audiogan.data.recordings.recording import Recording
from audiogan.data.recordings.split import Split, split_by_pattern, split_by_share
from audiogan.errors import DamagedDataError, DataError
from audiogan_data_tools.packing.plan import PackOptions, PlannedShard, plan_shards

_WHOLE = "whole"
_SHORTEST_CLIP_S = 0.01
_BOUNDS = {"sample_rate": (1_000, 192_000), "channels": (1, inf), "shard_mib": (1, inf), "jobs": (1, inf)}


def planned(arguments: argparse.Namespace) -> tuple[tuple[PlannedShard, ...], PackOptions]:
    """The shards of the training part, ``train-*``, and of what is held out, ``test-*``.

    :raises DataError: an argument cannot be used, or a recording is damaged or does not fit.
    """
    options = _options(arguments)
    files = find_recordings([arguments.recordings])
    split = _split(files, arguments)
    label_of = dict(zip(files, _labels(files, arguments), strict=True))
    train = _sound(split.train, options)
    held_out = _sound(split.held_out, options) if split.held_out else ()
    warn_of_copies([entry.file.path for entry in train], [entry.file.path for entry in held_out])
    shards: tuple[PlannedShard, ...] = ()
    for name, known in (("train", train), ("test", held_out)):
        labels = [label_of[entry.file] for entry in known]
        shards += plan_shards(name, [_recording(entry, options) for entry in known], labels, options)
    return shards, options


def _sound(files: tuple[FoundFile, ...], options: PackOptions) -> tuple[KnownFile, ...]:
    try:
        return readable_files(files, on_error=options.on_error)
    except DamagedDataError as error:
        raise DamagedDataError(f"{error} (here --on-error skip)") from error


def _options(arguments: argparse.Namespace) -> PackOptions:
    for name, (lowest, highest) in _BOUNDS.items():
        given = getattr(arguments, name)
        if given is not None and not lowest <= given <= highest:
            allowed = f"at least {lowest}" if highest == inf else f"from {lowest} to {highest}"
            raise DataError(f"--{name.replace('_', '-')} {given}: must be {allowed}")
    return PackOptions(
        sample_rate=arguments.sample_rate,
        channels=arguments.channels,
        repeat_mono=arguments.repeat_mono,
        clip_s=_clip_s(arguments.clip_seconds),
        out_of_range=arguments.out_of_range,
        on_error=arguments.on_error,
        compression=arguments.compression,
        shard_mib=arguments.shard_mib,
    )


def _clip_s(given: str) -> float | None:
    if given == _WHOLE:
        return None
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not _SHORTEST_CLIP_S <= seconds < inf:
        raise DataError(f"--clip-seconds {given}: give {_SHORTEST_CLIP_S} seconds or more, or '{_WHOLE}'")
    return seconds


def _split(files: tuple[FoundFile, ...], arguments: argparse.Namespace) -> Split:
    if arguments.held_out_pattern is not None:
        with _given_as("--held-out-pattern"):
            return split_by_pattern(files, arguments.held_out_pattern)
    if arguments.held_out_share is not None:
        if not 0 < arguments.held_out_share < 1:
            raise DataError(f"--held-out-share {arguments.held_out_share:g}: must lie between 0 and 1")
        with _given_as("--held-out-share"):
            return split_by_share(files, arguments.held_out_share)
    return Split(files, ())


def _labels(files: Sequence[FoundFile], arguments: argparse.Namespace) -> tuple[str, ...]:
    if arguments.label_folder:
        return labels_from_folders(files)
    if arguments.label_table is not None:
        with _given_as("--label-table, --file-column and --label-column"):
            return labels_from_table(
                files, arguments.label_table, file_column=arguments.file_column, label_column=arguments.label_column
            )
    if arguments.label_pattern is None:
        return (NO_LABEL,) * len(files)
    with _given_as("--label-pattern"):
        return labels_from_names(files, arguments.label_pattern)


@contextmanager
def _given_as(option: str) -> Iterator[None]:
    """Names this command's option in what goes wrong, which otherwise names the dataset's."""
    try:
        yield
    except ValueError as error:
        raise DataError(f"{option}: {error}") from error
    except DataError as error:
        raise DataError(f"{error} (here {option})") from error


def _recording(known: KnownFile, options: PackOptions) -> Recording:
    try:
        check_channels(known.file.path, known.header.channels, options.channels, repeat_mono=options.repeat_mono)
    except DataError as error:
        raise DataError(f"{error} (here --repeat-mono and --channels)") from error
    clips = options.out_of_range == "clip"
    return known.recording(sample_rate=options.sample_rate, channels=options.channels, clips=clips)
