"""A chorale as sound, and as the file that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.audio.files import write_audio
from audiogan.audio.resampling import RateChange
from audiogan.data.clips import Clip, write_clips
from audiogan_bach.chorales.bass import bass_label
from audiogan_bach.chorales.catalogue import Chorale
from audiogan_bach.chorales.midi_file import midi_file
from audiogan_bach.chorales.performance import Performance, perform
from audiogan_bach.chorales.score import read_score
from audiogan_bach.chorales.synthesiser import SAMPLE_RATE, Synthesiser

PEAK = 0.9
"""Each recording is scaled so that its loudest sample is this."""

FORMATS = ("tfrecord", "wav", "flac")
_FULL_SCALE = 32768


@final
@frozen
class Settings:
    """What all chorales of a collection have in common."""

    sample_rate: int
    """In Hz."""
    channels: int
    """1, the mean of what is played, or 2."""
    tempo: float
    """Quarter notes a minute."""
    format: str
    """One of :data:`FORMATS`."""
    clip_s: float
    """Seconds in a clip of a TFRecord file; recordings in audio files stay whole."""


@final
@frozen
class Task:
    """A chorale to be rendered into a folder."""

    chorale: Chorale
    settings: Settings
    synthesiser: Synthesiser
    folder: Path


@final
@frozen
class Rendered:
    """A chorale that lies in its file, as the manifest tells it."""

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
    """Of the samples as 16-bit little-endian PCM, channels interleaved."""


def file_of(chorale: Chorale, settings: Settings) -> str:
    """The path of a chorale's file within the folder."""
    if settings.format == "tfrecord":
        return f"{chorale.split}-{chorale.name}.tfrecord"
    return f"{chorale.split}/{chorale.name}.{settings.format}"


def render(task: Task) -> Rendered:
    """Renders a chorale and writes its file; the same task gives the same samples.

    :raises DataError: the score cannot be read, fluidsynth fails, or the file cannot be written.
    """
    chorale, settings = task.chorale, task.settings
    score = read_score(chorale.score)
    performance = perform(score, tempo=settings.tempo)
    pcm = _pcm(task.synthesiser.play(midi_file(performance)), performance, settings)
    samples = pcm.astype(np.float32) / np.float32(_FULL_SCALE)
    path = task.folder / file_of(chorale, settings)
    if settings.format == "tfrecord":
        write_clips(path, cut_clips(chorale.name, samples, performance, settings))
    else:
        write_audio(path, samples, settings.sample_rate)
    return Rendered(
        bwv=chorale.bwv,
        title=chorale.title,
        tune=chorale.tune,
        key=score.key,
        split=chorale.split,
        file=file_of(chorale, settings),
        file_bytes=path.stat().st_size,
        duration_s=pcm.shape[1] / settings.sample_rate,
        samples_sha256=sha256(pcm.T.astype("<i2").tobytes()).hexdigest(),
    )


def cut_clips(name: str, samples: NDArray[np.float32], performance: Performance, settings: Settings) -> Iterator[Clip]:
    """Consecutive clips of ``samples`` ``[channels, length]``, each labelled with its bass.

    The last one ends with the recording and overlaps the one before, so that all clips are of one length and hold every
    sample. A recording shorter than a clip is one clip.
    """
    total = samples.shape[1]
    length = min(total, max(1, round(settings.clip_s * settings.sample_rate)))
    for number in range(-(-total // length)):
        start = min(number * length, total - length)
        label = bass_label(performance.strikes, start / settings.sample_rate, (start + length) / settings.sample_rate)
        yield Clip(id=name, samples=samples[:, start : start + length], label=label, slice=number)


def _pcm(played: NDArray[np.float32], performance: Performance, settings: Settings) -> NDArray[np.int16]:
    # fluidsynth plays on after the end of the file, how long depends on its version
    heard = played[:, : round(performance.duration_s * SAMPLE_RATE)]
    mixed = heard.mean(axis=0, keepdims=True) if settings.channels == 1 else heard
    changed = RateChange(SAMPLE_RATE, settings.sample_rate).apply(np.ascontiguousarray(mixed, dtype=np.float32))
    scaled = changed.astype(np.float64) * (PEAK * _FULL_SCALE / np.abs(changed).max())
    pcm: NDArray[np.int16] = np.rint(scaled).astype(np.int16)
    return pcm
