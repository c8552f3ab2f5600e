"""The loudness meter, held to the figures that ITU-R BS.1770-4 and EBU Tech 3341 ask for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter

from audiogan_data_tools.loudness import LoudnessMeter, loudness

RATES = (8000, 16_000, 22_050, 44_100, 48_000, 96_000)


def tone(level_dbfs: float, seconds: float, *, rate: int, channels: int = 1, hz: float = 997.0) -> NDArray[np.float32]:
    t = np.arange(round(rate * seconds)) / rate
    samples = 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hz * t)
    return np.repeat(samples[None].astype(np.float32), channels, axis=0)


@pytest.mark.parametrize("rate", RATES)
def test_a_full_scale_tone_of_997_hz_has_minus_3_lufs(rate: int) -> None:
    measured = loudness([tone(0, 3, rate=rate)], sample_rate=rate, channels=1)
    assert measured == pytest.approx(-3.01, abs=0.06)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
    ids=["EBU 1", "EBU 2", "EBU 3", "EBU 4", "EBU 5"],
)
def test_the_cases_of_ebu_tech_3341(levels: list[tuple[float, float]], expected: float) -> None:
    rate = 16_000
    pieces = [tone(level, seconds, rate=rate, channels=2, hz=1000.0) for level, seconds in levels]
    assert loudness(pieces, sample_rate=rate, channels=2) == pytest.approx(expected, abs=0.1)


# The standard's filters for 48 kHz: numerators and denominators of the shelf and of the high pass.
SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])


@pytest.mark.parametrize("hz", [20.0, 38.0, 100.0, 1500.0, 3000.0, 12_000.0])
def test_tones_are_weighted_by_the_filters_of_the_standard(hz: float) -> None:
    rate = 48_000
    samples = tone(-20, 8, rate=rate, hz=hz)
    filtered = lfilter(*HIGH_PASS, lfilter(*SHELF, samples[0].astype(np.float64)))[rate:]
    expected = -0.691 + 10 * np.log10(np.mean(filtered**2))
    assert loudness([samples], sample_rate=rate, channels=1) == pytest.approx(expected, abs=0.06)


def test_noise_is_weighted_by_the_filters_of_the_standard() -> None:
    rate = 48_000
    noise = np.random.default_rng(2).normal(0, 0.1, (2, 10 * rate)).astype(np.float32)
    filtered = lfilter(*HIGH_PASS, lfilter(*SHELF, noise.astype(np.float64), axis=1), axis=1)
    expected = -0.691 + 10 * np.log10(np.sum(np.mean(filtered**2, axis=1)))
    assert loudness([noise], sample_rate=rate, channels=2) == pytest.approx(expected, abs=0.02)


def test_pieces_of_any_size_give_what_the_whole_gives() -> None:
    rate, random = 8000, np.random.default_rng(0)
    whole = random.normal(0, 0.1, (2, 5 * rate)).astype(np.float32)
    pieces = np.split(whole, [1, 5, 3200, 3201, 20_000], axis=1)
    meter = LoudnessMeter(rate, 2)
    for piece in pieces:
        meter.add(np.asfortranarray(piece))
    assert meter.integrated() == loudness([whole], sample_rate=rate, channels=2)


def test_twice_the_amplitude_is_six_decibels() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (1, 16_000)).astype(np.float32)
    quiet, loud = (loudness([noise * gain], sample_rate=8000, channels=1) for gain in (1, 2))
    assert loud - quiet == pytest.approx(20 * np.log10(2), abs=1e-4)


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.39])
def test_what_is_shorter_than_a_block_has_the_loudness_of_its_own_length(seconds: float) -> None:
    measured = loudness([tone(-10, seconds, rate=16_000)], sample_rate=16_000, channels=1)
    assert measured == pytest.approx(-13.0, abs=0.5)


@pytest.mark.parametrize("samples", [0, 1, 100, 16_000])
def test_silence_has_none(samples: int) -> None:
    assert loudness([np.zeros((1, samples), np.float32)], sample_rate=8000, channels=1) == float("-inf")
