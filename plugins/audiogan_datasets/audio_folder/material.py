"""What an audio folder is made of: the recordings to train on and those held out, with their classes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import final

from attrs import frozen

from audiogan import DataError
from audiogan.audio import check_channels
from audiogan.data import (
    Classes,
    FoundFile,
    Recording,
    Split,
    classes_of,
    find_recordings,
    labels_from_folders,
    labels_from_names,
    labels_from_table,
    readable_files,
    split_by_path,
    split_by_pattern,
    split_by_share,
    warn_of_copies,
)
from audiogan_datasets.audio_folder.options import LEAVE_OUT, AudioFolderDatasetOptions

_log = logging.getLogger("audiogan")


@final
@frozen(eq=False)
class Material:
    """Recordings, and their classes where they are labelled."""

    recordings: tuple[Recording, ...]
    classes: Classes | None


@final
@frozen(eq=False)
class Parts:
    """The material to train on, and what is held out, if anything is."""

    train: Material
    held_out: Material | None


def gather(options: AudioFolderDatasetOptions) -> Parts:
    """Finds the recordings, reads their headers and labels, and sets apart what is held out.

    :raises DataError: no recording is there or left, one is not labelled or has other channels than can be used, or a
        class is held out alone.
    :raises DamagedDataError: a header cannot be read, unless ``on_error`` is ``"skip"``.
    """
    split = _split(options)
    # Before the headers, which may take long, so that a wrong pattern is reported at once.
    label_of = _labels(split, options)
    train = _material(split.train, options, label_of, None)
    if not split.held_out:
        return Parts(train, None)
    class_names = None if train.classes is None else train.classes.names
    held_out = _material(split.held_out, options, label_of, class_names)
    warn_of_copies(_paths_of(train), _paths_of(held_out))
    return Parts(train, held_out)


def _paths_of(material: Material) -> list[Path]:
    return [recording.path for recording in material.recordings]


def _split(options: AudioFolderDatasetOptions) -> Split:
    files = find_recordings(_paths(options.path))
    if options.held_out_path is not None:
        return split_by_path(files, find_recordings(_paths(options.held_out_path)))
    if options.held_out_pattern is not None:
        return split_by_pattern(files, options.held_out_pattern)
    if options.held_out_share is not None:
        return split_by_share(files, options.held_out_share)
    return Split(files, ())


def _paths(path: str | tuple[str, ...]) -> tuple[str, ...]:
    return (path,) if isinstance(path, str) else path


def _material(
    files: Sequence[FoundFile],
    options: AudioFolderDatasetOptions,
    label_of: Mapping[FoundFile, str] | None,
    class_names: tuple[str, ...] | None,
) -> Material:
    known = readable_files(files, on_error=options.on_error, cache_gb=options.decoded_cache_gb)
    for file in known:
        check_channels(file.file.path, file.header.channels, options.channels, repeat_mono=options.repeat_mono)
    clips = options.out_of_range == "clip"
    recordings = [
        (file.file, file.recording(sample_rate=options.sample_rate, channels=options.channels, clips=clips))
        for file in known
    ]
    if options.padding == LEAVE_OUT:
        recordings = _long_enough(recordings, options.window_length)
    classes = None
    if label_of is not None:
        kept = [file for file, _ in recordings]
        classes = classes_of(kept, [label_of[file] for file in kept], class_names)
    return Material(tuple(recording for _, recording in recordings), classes)


def _labels(split: Split, options: AudioFolderDatasetOptions) -> dict[FoundFile, str] | None:
    if not (options.label_folder or options.label_pattern is not None or options.label_table is not None):
        return None
    # Parts of one folder are labelled together: a row of a table that may be for a file of either is for neither.
    parts = [(*split.train, *split.held_out)] if options.held_out_path is None else [split.train, split.held_out]
    return {file: label for part in parts for file, label in zip(part, _labels_of(part, options), strict=True)}


def _labels_of(files: Sequence[FoundFile], options: AudioFolderDatasetOptions) -> tuple[str, ...]:
    if options.label_pattern is not None:
        return labels_from_names(files, options.label_pattern)
    if options.label_table is not None:
        table = Path(options.label_table).expanduser()
        return labels_from_table(files, table, file_column=options.file_column, label_column=options.label_column)
    return labels_from_folders(files)


def _long_enough(
    recordings: list[tuple[FoundFile, Recording]], window_length: int
) -> list[tuple[FoundFile, Recording]]:
    kept = [(file, recording) for file, recording in recordings if recording.length >= window_length]
    if not kept:
        longest = max(recording.length for _, recording in recordings)
        raise DataError(
            f"all {len(recordings)} recordings are shorter than window_length = {window_length} (the longest has "
            f"{longest} samples); choose another padding than '{LEAVE_OUT}', or shorter windows"
        )
    if len(kept) < len(recordings):
        _log.info(
            "left out %d of %d recordings, which are shorter than a window",
            len(recordings) - len(kept),
            len(recordings),
        )
    return kept
