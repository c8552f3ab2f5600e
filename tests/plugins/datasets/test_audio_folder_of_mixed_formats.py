"""Half an hour of recordings in every format, rate and channel count, as anybody's folder may hold them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from attrs import frozen

from audiogan.audio import RateChange, read_header
from audiogan.data.order import permutation, window_rng
from audiogan_datasets.audio_folder import AudioFolderDataset, AudioFolderDatasetOptions
from tests.audio.sound_files import FORMATS, decoded, write_sound

RATE = 8000
WINDOW = 4096
RECORDINGS = 20
SECONDS = 90


@frozen
class Kind:
    """How a recording of the folder is stored."""

    name: str
    sample_rate: int
    channels: int


def kinds() -> list[Kind]:
    rates = (8000, 11_025, 16_000, 22_050)
    names = sorted(FORMATS)
    return [
        Kind(
            names[number % len(names)],
            16_000 if names[number % len(names)] == "a.opus" else rates[number % len(rates)],
            1 + number // len(names),
        )
        for number in range(RECORDINGS)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recording ``n`` holds a tone of 200 + 100 n Hz, the same in every channel, in a little noise."""
    folder = tmp_path_factory.mktemp("half an hour")
    (folder / "README.txt").write_text("not a recording")
    for number, kind in enumerate(kinds()):
        time = np.arange(SECONDS * kind.sample_rate) / kind.sample_rate
        tone = 0.5 * np.sin(2 * np.pi * (200 + 100 * number) * time)
        noise = np.random.default_rng(number).normal(0, 0.01, len(time))
        waveform = np.repeat((tone + noise)[None].astype(np.float32), kind.channels, axis=0)
        write_sound(folder / f"{number:02}" / kind.name, waveform, kind.sample_rate)
    return folder


def pitch_of(waveform: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(waveform[0] * np.hanning(waveform.shape[1])))
    return float(np.argmax(spectrum) * RATE / waveform.shape[1])


def made(folder: Path) -> AudioFolderDataset:
    return AudioFolderDataset(
        AudioFolderDatasetOptions(path=str(folder), sample_rate=RATE, window_length=WINDOW, label_folder=True)
    )


def test_half_an_hour_is_covered_in_proportion_whatever_it_is_stored_in(folder: Path) -> None:
    dataset = made(folder)
    seconds = RECORDINGS * SECONDS
    assert len(dataset) == pytest.approx(seconds * RATE / WINDOW, abs=1)
    counts = np.zeros(RECORDINGS, dtype=int)
    for index in range(0, len(dataset), 5):
        window = dataset.window(index, rng=window_rng(seed=0, position=index))
        assert window.label is not None
        assert pitch_of(window.waveform) == pytest.approx(200 + 100 * window.label, abs=RATE / WINDOW)
        counts[window.label] += 1
    np.testing.assert_allclose(counts, len(dataset) / 5 / RECORDINGS, atol=2)


def test_windows_are_those_of_the_recordings_decoded_and_resampled_as_a_whole(folder: Path) -> None:
    dataset = AudioFolderDataset(
        AudioFolderDatasetOptions(path=str(folder), sample_rate=RATE, window_length=WINDOW, window="all")
    )
    windows_each = len(dataset) // RECORDINGS
    for number, kind in enumerate(kinds()):
        path = folder / f"{number:02}" / kind.name
        header = read_header(path)
        assert (header.sample_rate, header.channels) == (kind.sample_rate, kind.channels)
        whole = RateChange(kind.sample_rate, RATE).apply(decoded(path).mean(axis=0, keepdims=True))
        for window in (0, 77, windows_each - 1):
            start = min(window * WINDOW, whole.shape[1] - WINDOW)
            found = dataset.window(number * windows_each + window, rng=np.random.default_rng(0)).waveform
            np.testing.assert_allclose(found, whole[:, start : start + WINDOW], rtol=0, atol=1e-5)


def test_memory_is_bounded_by_windows_not_by_recordings(folder: Path) -> None:
    tracemalloc.start()
    try:
        dataset = made(folder)
        _, scan_peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for position, index in enumerate(permutation(len(dataset), seed=0, epoch=0)[:150].tolist()):
            dataset.window(index, rng=window_rng(seed=0, position=position))
        held, read_peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The shortest of the recordings takes 2.9 MB decoded, all of them together 180 MB.
    assert scan_peak < 1e6
    assert read_peak < 2.5e6
    assert held < 1e6
