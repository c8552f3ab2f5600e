from __future__ import annotations

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from audiogan.audio import RateChange
from tests.audio.sound_files import sound

RATES = [
    (44_100, 16_000),
    (48_000, 16_000),
    (8_000, 16_000),
    (16_000, 44_100),
    (44_101, 16_000),
    (16_000, 16_001),
    (192_000, 8_000),
    (11_025, 48_000),
]


@pytest.mark.parametrize(("source_rate", "target_rate"), RATES)
def test_a_stretch_is_the_slice_of_the_whole_resampled(source_rate: int, target_rate: int) -> None:
    change = RateChange(source_rate, target_rate)
    waveform = np.random.default_rng(0).uniform(-1, 1, (2, 2 * source_rate + 17)).astype(np.float32)
    whole = change.apply(waveform)
    length = change.length(waveform.shape[1])
    assert whole.shape == (2, length)
    for start in (0, 1, 777, length // 2, length - 2001):
        stretch = change.read(lambda a, b: waveform[:, a:b], waveform.shape[1], start, start + 2001)
        np.testing.assert_allclose(stretch, whole[:, start : start + 2001], rtol=0, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(length=st.integers(1, 5000), rates=st.sampled_from(RATES))
def test_the_length_is_that_which_the_resampler_gives(length: int, rates: tuple[int, int]) -> None:
    given_length = len(soxr.resample(np.zeros(length, dtype=np.float32), *rates, quality="HQ"))
    assert RateChange(*rates).length(length) == max(given_length, 1)


@pytest.mark.parametrize("length", [1, 2])
def test_what_would_resample_to_nothing_gives_the_first_sample_of_what_silence_follows(length: int) -> None:
    waveform, change = np.ones((2, length), dtype=np.float32), RateChange(44_100, 8000)
    followed = np.pad(waveform, ((0, 0), (0, 1000)))
    found = change.read(lambda a, b: waveform[:, a:b], length, 0, 1)
    np.testing.assert_allclose(found, change.apply(followed)[:, :1], rtol=0, atol=1e-5)


@pytest.mark.parametrize(("source_rate", "target_rate"), RATES)
def test_what_is_read_does_not_grow_with_the_recording(source_rate: int, target_rate: int) -> None:
    change = RateChange(source_rate, target_rate)
    asked: list[tuple[int, int]] = []

    def read(start: int, stop: int) -> NDArray[np.float32]:
        asked.append((start, stop))
        return np.zeros((1, stop - start), dtype=np.float32)

    hours = 3600 * 24 * source_rate
    start = change.length(hours) // 2
    assert change.read(read, hours, start, start + target_rate).shape == (1, target_rate)
    ((begin, end),) = asked
    assert end - begin < 2.3 * source_rate
    assert begin * target_rate % source_rate == 0


def test_a_tone_keeps_its_pitch_and_level() -> None:
    time = np.arange(44_100) / 44_100
    tone = (0.5 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)[None]
    resampled = RateChange(44_100, 16_000).apply(tone)[0, 1000:15_000]
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(1000, 15_000) / 16_000)
    np.testing.assert_allclose(resampled, expected, atol=2e-4)


def test_equal_rates_leave_the_samples_as_they_are() -> None:
    waveform = sound(1, 100)[:, ::2]
    change = RateChange(8000, 8000)
    np.testing.assert_array_equal(change.apply(waveform), waveform)
    np.testing.assert_array_equal(change.read(lambda a, b: waveform[:, a:b], 50, 3, 9), waveform[:, 3:9])


def test_a_stretch_outside_the_recording_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="samples 40 to 51 do not lie within 50"):
        RateChange(16_000, 8_000).read(lambda a, b: np.zeros((1, b - a), dtype=np.float32), 100, 40, 51)
