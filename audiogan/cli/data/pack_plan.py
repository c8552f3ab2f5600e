"""From the arguments of ``audiogan data pack`` to the shards to be written."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from audiogan.audio.channels import check_channels
from audiogan.data.packing.plan import PackOptions, PlannedShard, plan_shards
from audiogan.data.recordings.copies import warn_of_copies
from audiogan.data.recordings.headers import KnownFile, sound_files
from audiogan.data.recordings.label_table import labels_from_table
from audiogan.data.recordings.labels import NO_LABEL, labels_from_folders, labels_from_names
from audiogan.data.recordings.listing import FoundFile, find_recordings
from audiogan.data.recordings.recording import Recording
from audiogan.data.recordings.split import Split, split_by_pattern, split_by_share
from audiogan.errors import DamagedDataError, DataError

_WHOLE = "whole"


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
        return sound_files(files, on_error=options.on_error)
    except DamagedDataError as error:
        raise DamagedDataError(f"{error} (here --on-error skip)") from error


def _options(arguments: argparse.Namespace) -> PackOptions:
    for name in ("sample_rate", "channels", "shard_mib", "jobs"):
        given = getattr(arguments, name)
        if given is not None and given < 1:
            raise DataError(f"--{name.replace('_', '-')} {given}: must be at least 1")
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
    if not 0 < seconds < float("inf"):
        raise DataError(f"--clip-seconds {given}: give a number of seconds above 0, or '{_WHOLE}'")
    return seconds


def _split(files: tuple[FoundFile, ...], arguments: argparse.Namespace) -> Split:
    try:
        if arguments.held_out_pattern is not None:
            return split_by_pattern(files, arguments.held_out_pattern)
        if arguments.held_out_share is not None:
            if not 0 < arguments.held_out_share < 1:
                raise DataError(f"--held-out-share {arguments.held_out_share:g}: must lie between 0 and 1")
            return split_by_share(files, arguments.held_out_share)
    except ValueError as error:
        raise DataError(f"--held-out-pattern: {error}") from error
    return Split(files, ())


def _labels(files: Sequence[FoundFile], arguments: argparse.Namespace) -> tuple[str, ...]:
    if arguments.label_folder:
        return labels_from_folders(files)
    if arguments.label_table is not None:
        return labels_from_table(
            files, arguments.label_table, file_column=arguments.file_column, label_column=arguments.label_column
        )
    if arguments.label_pattern is None:
        return (NO_LABEL,) * len(files)
    try:
        return labels_from_names(files, arguments.label_pattern)
    except ValueError as error:
        raise DataError(f"--label-pattern: {error}") from error


def _recording(known: KnownFile, options: PackOptions) -> Recording:
    try:
        check_channels(known.file.path, known.header.channels, options.channels, repeat_mono=options.repeat_mono)
    except DataError as error:
        raise DataError(f"{error} (here --repeat-mono and --channels)") from error
    return Recording(
        known.file.path,
        known.file.name,
        known.header,
        options.sample_rate,
        options.channels,
        clips=options.out_of_range == "clip",
    )
