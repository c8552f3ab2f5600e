"""A folder of audio, made by anything, as windows: one of each file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, final

import numpy as np
import torch
from attrs import frozen
from torch import Tensor

from audiogan.audio import AudioDecoder, check_channels, resampler_with_version
from audiogan.data.recordings.content import content_digest
from audiogan.data.recordings.known_files import KnownFile, read_headers
from audiogan.data.recordings.listing import FoundFile, find_recordings
from audiogan.data.recordings.recording import Recording
from audiogan.errors import DamagedDataError, DataError
from audiogan.evaluation.progress import Progress, Watch
from audiogan.evaluation.window_memory import check_windows_fit
from audiogan.run.evaluation.format import AudioFormat
from audiogan.system_memory import available_memory


@final
@frozen(eq=False)
class FittedRecordings:
    """A window of each recording, and what was done to fit them."""

    waveforms: Tensor
    """``[N, channels, window_length]``"""
    names: tuple[str, ...]
    """The path of each recording within the folder."""
    protocol: dict[str, Any]
    damaged: tuple[str, ...]
    """What is wrong with each recording that was left out."""


def fitted_recordings(
    folder: Path,
    audio: AudioFormat,
    *,
    limit: int | None,
    seed: int,
    on_error: str,
    out_of_range: str,
    watch: Watch,
) -> FittedRecordings:
    """The first ``window_length`` samples of every recording in ``folder`` and the folders in it.

    A shorter recording is followed by zeros. Another sample rate is changed to that of ``audio``; several channels
    become one by their mean, and one becomes several by repetition. Floats beyond [-1, 1] are clipped where
    ``out_of_range`` is ``"clip"``. The order is drawn by ``seed`` and by what the files hold, whatever their names:
    these often sort by class, and figures over contiguous splits want every class in each. Of more than ``limit``
    recordings, the first of that order are taken; the damaged ones among them are not made up for.

    :raises DamagedDataError: ``on_error`` is ``"stop"``, and a recording is damaged; the text names it and the fault.
    :raises DataError: the folder holds no recording that can be read, fewer than ``limit``, one whose channels do not
        fit, or, where ``out_of_range`` is ``"stop"``, one that goes beyond [-1, 1]; or memory has no room for them.
    """
    files = find_recordings([str(folder)])
    if limit is not None and limit > len(files):
        raise DataError(
            f"{folder}: holds {len(files):,} recordings, and --samples asks for {limit:,}; leave it out to take all, "
            f"or give at most {len(files):,}"
        )
    chosen = _in_order(files, seed)[:limit]
    headers = read_headers(chosen)
    damaged = [str(error) for error in headers.damaged]
    if damaged and on_error == "stop":
        raise _stopped(headers.damaged[0], len(damaged) - 1)
    known = headers.known
    for file in known:
        check_channels(file.file.path, file.header.channels, audio.channels, repeat_mono=True)
    check_windows_fit(
        len(known),
        channels=audio.channels,
        window_length=audio.window_length,
        memory=available_memory(),
        way_out="take fewer of them with --samples",
    )
    waveforms = torch.zeros(len(known), audio.channels, audio.window_length)
    decoder = AudioDecoder()
    read: list[KnownFile] = []
    for number, file in enumerate(known):
        watch(Progress("reading recordings", number, len(known)))
        recording = _recording(file, audio, clips=out_of_range == "clip")
        try:
            window = recording.read(0, min(recording.length, audio.window_length), decoder=decoder)
        except DataError as error:
            _refuse_beyond_full_scale(recording, decoder)
            if not isinstance(error, DamagedDataError):
                raise
            if on_error == "stop":
                raise _stopped(error, 0) from error
            damaged.append(str(error))
            continue
        waveforms[len(read), :, : window.shape[1]] = torch.from_numpy(np.ascontiguousarray(window))
        read.append(file)
    if not read:
        raise DataError(f"{folder}: none of {len(chosen)} recordings can be read; the first: {damaged[0]}")
    return FittedRecordings(
        waveforms[: len(read)],
        tuple(file.file.name for file in read),
        _protocol(read, audio, found=len(files), damaged=len(chosen) - len(read)),
        tuple(damaged),
    )


def _stopped(error: DamagedDataError, others: int) -> DamagedDataError:
    more = f"; {others} more {'is' if others == 1 else 'are'} damaged" if others else ""
    return DamagedDataError(f"{error}{more} (--on-error skip goes on without such recordings)")


def _refuse_beyond_full_scale(recording: Recording, decoder: AudioDecoder) -> None:
    if recording.clips or not recording.header.stores_floats:
        return
    with suppress(DamagedDataError):
        peak = recording.peak(decoder=decoder)
        if peak > 1:
            raise DataError(
                f"{recording.path}: reaches {peak:g}, outside [-1, 1]; scale the recording, or clip all such "
                "recordings with --out-of-range clip"
            )


def _in_order(files: tuple[FoundFile, ...], seed: int) -> tuple[FoundFile, ...]:
    # copies are told apart by their count, so that they spread over the order like other files
    seen = Counter[str]()
    keys = []
    for file in files:
        content = _content(file)
        keys.append(hashlib.sha256(f"{seed} {content} {seen[content]}".encode()).digest())
        seen[content] += 1
    return tuple(files[index] for index in sorted(range(len(files)), key=keys.__getitem__))


def _content(file: FoundFile) -> str:
    try:
        return content_digest(file.path)
    except DataError:  # reading its header will tell
        return ""


def _recording(file: KnownFile, audio: AudioFormat, *, clips: bool) -> Recording:
    return file.recording(sample_rate=audio.sample_rate, channels=audio.channels, clips=clips)


def _protocol(files: Sequence[KnownFile], audio: AudioFormat, *, found: int, damaged: int) -> dict[str, Any]:
    lengths = [_recording(file, audio, clips=False).length for file in files]
    resampled = sum(file.header.sample_rate != audio.sample_rate for file in files)
    return {
        "files_found": found,
        "files_damaged": damaged,
        "files_cut": sum(length > audio.window_length for length in lengths),
        "files_padded": sum(length < audio.window_length for length in lengths),
        "files_resampled": resampled,
        "sample_rates": sorted({file.header.sample_rate for file in files}),
        "channels": sorted({file.header.channels for file in files}),
        "resampler": resampler_with_version() if resampled else None,
        "window": "the first samples of each file; shorter files are followed by zeros",
        "order": "drawn by the seed and the files' content",
    }
