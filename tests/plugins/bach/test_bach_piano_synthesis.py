import numpy as np
import pytest
from numpy.typing import NDArray

from audiogan_bach.piano import (
    HIGHEST_FREQUENCY,
    Sinusoids,
    Strike,
    damper_time,
    decay_time,
    fundamental,
    inharmonicity,
    partial_frequencies,
    play,
    strike_samples,
    string_sinusoids,
    sum_sinusoids,
)

RATE = 16_000


def struck(pitch: int, *, velocity: float = 0.6, held_s: float = 2.0, seed: int = 0) -> NDArray[np.float64]:
    strike = Strike(pitch, 0.0, held_s, velocity)
    return strike_samples(strike, sample_rate=RATE, rng=np.random.default_rng(seed)).astype(np.float64)


def peak_near(samples: NDArray[np.float64], frequency: float, *, rate: int = RATE) -> float:
    """The frequency of the spectral peak within 2% of ``frequency``, to a hundredth of a cent."""
    windowed = samples * np.hanning(len(samples))
    n_fft = 1 << 18
    spectrum = np.log(np.abs(np.fft.rfft(windowed, n_fft)) + 1e-30)
    low, high = (round(frequency * factor * n_fft / rate) for factor in (0.98, 1.02))
    peak = low + int(np.argmax(spectrum[low:high]))
    left, middle, right = spectrum[peak - 1 : peak + 2]
    return float((peak + (left - right) / (2 * (left - 2 * middle + right))) * rate / n_fft)


def cents(a: float, b: float) -> float:
    return float(1200 * np.log2(a / b))


def level_db(samples: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(samples**2) + 1e-30))


def test_the_constants_are_as_stated() -> None:
    assert fundamental(69) == 440
    assert fundamental(57) == pytest.approx(220, rel=1e-12)
    assert inharmonicity(36) == pytest.approx(7e-5)
    assert inharmonicity(45) == pytest.approx(14e-5)
    assert decay_time(36) == 20
    assert decay_time(58) == 10
    assert damper_time(36) == pytest.approx(0.09)


@pytest.mark.parametrize("pitch", [36, 48, 60, 72, 84])
def test_the_first_partial_is_in_equal_temperament_within_a_cent(pitch: int) -> None:
    assert abs(cents(peak_near(struck(pitch)[:24_000], fundamental(pitch)), fundamental(pitch))) < 1


@pytest.mark.parametrize("pitch", [36, 48, 60])
def test_higher_partials_are_stretched_as_a_stiff_string(pitch: int) -> None:
    samples, stiffness = struck(pitch)[:24_000], inharmonicity(pitch)
    for number in (2, 3, 5, 7, 10):
        stretched = number * fundamental(pitch) * np.sqrt((1 + stiffness * number**2) / (1 + stiffness))
        assert abs(cents(peak_near(samples, stretched), stretched)) < 1.5
    assert cents(stretched, 10 * fundamental(pitch)) == pytest.approx(
        600 * np.log2((1 + 100 * stiffness) / (1 + stiffness))
    )


def test_no_partial_can_alias() -> None:
    for rate in (8_000, 16_000, 48_000):
        for pitch in (31, 60, 90, 102):
            frequencies = partial_frequencies(pitch, sample_rate=rate)
            assert 1 <= len(frequencies) <= 32
            assert frequencies[-1] < HIGHEST_FREQUENCY * rate


def test_nothing_sounds_between_the_partials() -> None:
    samples = struck(84, velocity=0.9)[4_000:28_000]
    spectrum = np.abs(np.fft.rfft(samples * np.blackman(len(samples))))
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    partials = partial_frequencies(84, sample_rate=RATE)
    away = np.min(np.abs(frequency[:, None] - partials), axis=1) > 40
    assert 20 * np.log10(spectrum[away].max() / spectrum.max()) < -70


def test_sums_of_sinusoids_match_sines_taken_one_by_one() -> None:
    rng = np.random.default_rng(3)
    sinusoids = Sinusoids(
        frequency=rng.uniform(50, 7000, 7),
        decay=rng.uniform(0.5, 90, 7),
        amplitude=rng.uniform(0.1, 1, 7),
        phase=rng.uniform(-np.pi, np.pi, 7),
    )
    for length in (1, 127, 128, 1001, 40_000):
        time = np.arange(length)[:, None] / RATE
        expected = np.sum(
            sinusoids.amplitude
            * np.exp(-sinusoids.decay * time)
            * np.sin(2 * np.pi * sinusoids.frequency * time + sinusoids.phase),
            axis=1,
        )
        np.testing.assert_allclose(sum_sinusoids(sinusoids, length, sample_rate=RATE), expected, atol=3e-6)


def test_the_slow_stage_of_the_first_partial_takes_the_stated_time() -> None:
    for pitch in (48, 72):
        samples = struck(pitch, held_s=8.0)
        time = np.arange(len(samples)) / RATE
        heard = samples * np.exp(-2j * np.pi * fundamental(pitch) * time)
        smooth = np.abs(np.convolve(heard, np.hanning(1600) / 800, mode="same"))
        late = [20 * np.log10(smooth[round(second * RATE)]) for second in (6.0, 7.5)]
        early = [20 * np.log10(smooth[round(second * RATE)]) for second in (0.1, 0.35)]
        slow = 60 * 1.5 / (late[0] - late[1])
        fast = 60 * 0.25 / (early[0] - early[1])
        assert slow == pytest.approx(decay_time(pitch), rel=0.15)
        assert decay_time(pitch) / 3 * 0.95 < fast < decay_time(pitch) / 1.5


def test_a_harder_strike_is_louder_and_brighter() -> None:
    soft, hard = struck(55, velocity=0.3)[:8000], struck(55, velocity=0.9)[:8000]
    assert 9 < level_db(hard) - level_db(soft) < 16

    def centroid(samples: NDArray[np.float64]) -> float:
        power = np.abs(np.fft.rfft(samples)) ** 2
        return float(np.sum(power * np.fft.rfftfreq(len(samples), 1 / RATE)) / np.sum(power))

    assert centroid(hard) > 1.2 * centroid(soft)


def test_the_hammer_leaves_every_eighth_partial_weak() -> None:
    strings = string_sinusoids(Strike(40, 0, 1, 0.7), sample_rate=RATE, rng=np.random.default_rng(0))
    assert strings.amplitude[7] < 0.35 * min(strings.amplitude[6], strings.amplitude[8])
    # The second half of the list is the slow stage of the same partials.
    count = len(strings.amplitude) // 2
    np.testing.assert_allclose(strings.amplitude[count:], strings.amplitude[:count] * 3 / 7)
    np.testing.assert_allclose(strings.decay[:count], strings.decay[count:] * 3)
    assert np.abs(1200 * np.log2(strings.frequency[count:] / strings.frequency[:count])).max() < 1.5


@pytest.mark.parametrize("pitch", [31, 60, 96])
@pytest.mark.parametrize("held_s", [0.03, 0.7])
def test_a_strike_begins_and_ends_at_zero_without_a_click(pitch: int, held_s: float) -> None:
    samples = struck(pitch, velocity=0.95, held_s=held_s)
    peak = np.abs(samples).max()
    assert samples[0] == 0
    assert np.abs(samples[:5]).max() < 0.15 * peak
    assert abs(samples[-1]) < 1e-6 * peak
    # A click is a jump, which the fourth difference magnifies: there is none where the damper falls.
    roughness = np.abs(np.diff(samples, n=4))
    falls = round(held_s * RATE)
    assert roughness[falls - 20 : falls + 20].max() < 1.2 * roughness[max(falls - 800, 0) : falls - 20].max()
    assert roughness[:10].max() < 0.5 * roughness[40:400].max()


def test_a_damper_silences_a_string_that_would_sound_on() -> None:
    damped, free = struck(60, held_s=0.5), struck(60, held_s=3.0)
    after = round((0.5 + 5 * damper_time(60)) * RATE)
    assert level_db(damped[after:]) < level_db(free[after : len(damped)]) - 40
    np.testing.assert_allclose(damped[: RATE // 2], free[: RATE // 2], atol=2e-6)


def test_strikes_of_one_key_differ_a_little() -> None:
    rng = np.random.default_rng(0)
    strike = Strike(60, 0.0, 0.5, 0.6)
    first, second = (strike_samples(strike, sample_rate=RATE, rng=rng) for _ in range(2))
    assert not np.array_equal(first, second)
    assert abs(level_db(first.astype(float)) - level_db(second.astype(float))) < 1.5


def test_playing_adds_the_strikes_where_they_fall_and_repeats_bit_for_bit() -> None:
    strikes = [Strike(64, 0.5, 0.9, 0.5), Strike(48, 0.0, 0.8, 0.7)]
    played = play(strikes, sample_rate=RATE, rng=np.random.default_rng(5))
    again = play(strikes[::-1], sample_rate=RATE, rng=np.random.default_rng(5))
    assert played.tobytes() == again.tobytes()
    rng = np.random.default_rng(5)
    bass, treble = (strike_samples(strike, sample_rate=RATE, rng=rng) for strike in strikes[::-1])
    expected = np.zeros(len(played), dtype=np.float32)
    expected[: len(bass)] += bass
    expected[8000 : 8000 + len(treble)] += treble
    np.testing.assert_array_equal(played, expected)
