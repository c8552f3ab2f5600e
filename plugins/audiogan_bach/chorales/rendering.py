"""A chorale at the piano, and the file that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import final

import numpy as np
from attrs import frozen

from audiogan.audio import write_audio
from audiogan.data.clips import Clip, write_clips
from audiogan_bach.bass import PITCH_CLASSES, bass_shares, hop_length
from audiogan_bach.chorales.catalogue import Chorale
from audiogan_bach.chorales.performance import perform
from audiogan_bach.chorales.score import read_score
from audiogan_bach.recording import FULL_SCALE, Recording, record_strikes


@final
@frozen
class Settings:
    """What all chorales of a collection have in common."""

    sample_rate: int
    """In Hz."""
    tempo: float
    """Quarter notes a minute."""
    format: str
    """``tfrecord``, ``wav`` or ``flac``."""
    clip_s: float
    """Seconds in a clip of a TFRecord file; recordings in audio files stay whole."""


@final
@frozen
class Task:
    """A chorale to be rendered into a folder."""

    chorale: Chorale
    settings: Settings
    folder: Path


@final
@frozen
class Rendered:
    """A chorale that lies in its file, as the manifest has it."""

    bwv: str
    title: str
    tune: str
    """The number of the first chorale that is taken for a setting of the same tune."""
    key: str
    split: str
    file: str
    """Its path within the folder."""
    file_bytes: int
    duration_s: float
    samples_sha256: str
    """Of the samples as 16-bit little-endian PCM."""


def render(task: Task) -> Rendered:
    """Renders a chorale and writes its file; the same task gives the same samples.

    :raises DataError: the score cannot be read, or the file cannot be written.
    """
    chorale, settings = task.chorale, task.settings
    score = read_score(chorale.score)
    strikes = perform(score, tempo=settings.tempo)
    rng = np.random.default_rng(list(chorale.bwv.encode()))
    recording = record_strikes(chorale.name, strikes, sample_rate=settings.sample_rate, rng=rng)
    file = _file_of(chorale, settings.format)
    path = task.folder / file
    if settings.format == "tfrecord":
        write_clips(path, cut_whole(recording, settings))
    else:
        write_audio(path, recording.samples[None], settings.sample_rate)
    return Rendered(
        bwv=chorale.bwv,
        title=chorale.title,
        tune=chorale.tune,
        key=score.key,
        split=chorale.split,
        file=file,
        file_bytes=path.stat().st_size,
        duration_s=len(recording.samples) / settings.sample_rate,
        samples_sha256=sha256((recording.samples * FULL_SCALE).astype("<i2").tobytes()).hexdigest(),
    )


def cut_whole(recording: Recording, settings: Settings) -> Iterator[Clip]:
    """Consecutive clips of the recording, each labelled with the pitch class that is its bass for most of the time.

    The last one ends with the recording and overlaps the one before, so that all clips are of one length and hold every
    sample. A recording shorter than a clip is one clip; a clip without a bass has no label.
    """
    total = len(recording.samples)
    length = min(total, max(1, round(settings.clip_s * settings.sample_rate)))
    for number in range(-(-total // length)):
        start = min(number * length, total - length)
        shares = bass_shares(recording.bass, start, length, hop=hop_length(settings.sample_rate))
        label = PITCH_CLASSES[int(np.argmax(shares))] if shares.any() else ""
        yield Clip(id=recording.name, samples=recording.samples[start : start + length], label=label, slice=number)


def _file_of(chorale: Chorale, file_format: str) -> str:
    separator = "-" if file_format == "tfrecord" else "/"
    return f"{chorale.split}{separator}{chorale.name}.{file_format}"
