"""Examples of 16384 samples at 16 kHz a second in one process, from folders of recordings of one kind each.

``pytest benchmarks --benchmark-enable -k audio_folder`` prints them in one table.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from attrs import frozen

from audiogan.data.order import permutation, window_rng
from audiogan_datasets.audio_folder import AudioFolderDataset, AudioFolderDatasetOptions

EXAMPLES = 128
RECORDINGS = 8
SECONDS = 120


@frozen
class Kind:
    """How the recordings of a folder are stored."""

    format: str
    subtype: str
    sample_rate: int
    channels: int


KINDS = {
    "wav-16k-mono": Kind("WAV", "PCM_16", 16_000, 1),
    "wav-44k-stereo": Kind("WAV", "PCM_16", 44_100, 2),
    "flac-16k-mono": Kind("FLAC", "PCM_16", 16_000, 1),
    "flac-44k-stereo": Kind("FLAC", "PCM_16", 44_100, 2),
    "mp3-44k-stereo": Kind("MP3", "MPEG_LAYER_III", 44_100, 2),
    "vorbis-44k-stereo": Kind("OGG", "VORBIS", 44_100, 2),
    "opus-48k-stereo": Kind("OGG", "OPUS", 48_000, 2),
}


def write_recording(path: Path, kind: Kind, rng: np.random.Generator) -> None:
    shape = (kind.sample_rate, kind.channels)
    tone = 0.3 * np.sin(np.arange(shape[0]) * 0.05)[:, None]
    with soundfile.SoundFile(
        path, "w", kind.sample_rate, kind.channels, format=kind.format, subtype=kind.subtype
    ) as file:
        for _ in range(SECONDS):
            file.write(tone + rng.normal(0, 0.05, shape))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.benchmark(group=f"{EXAMPLES} random windows of an audio folder")
def test_audio_folder(benchmark: Any, tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    rng = np.random.default_rng(0)
    for number in range(RECORDINGS):
        write_recording(tmp_path / f"{number}.{kind.format.lower()}", kind, rng)
    dataset = AudioFolderDataset(AudioFolderDatasetOptions(path=str(tmp_path)))
    shuffled = permutation(len(dataset), seed=0, epoch=0)[:EXAMPLES].tolist()

    def read() -> float:
        return sum(
            float(dataset.window(index, rng=window_rng(seed=0, position=position)).waveform[0, 0])
            for position, index in enumerate(shuffled)
        )

    checksum = benchmark(read)
    assert abs(checksum) < EXAMPLES
    if benchmark.stats is not None:
        benchmark.extra_info["examples_per_s"] = EXAMPLES / benchmark.stats.stats.median
