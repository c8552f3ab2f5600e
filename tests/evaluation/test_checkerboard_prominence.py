"""How far artifacts stand out: against closed forms for tones and modulated noise, and against sound without them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from audiogan.evaluation.checkerboard import artifact_lines, line_prominence, modulation_prominence
from audiogan.evaluation.checkerboard import prominence as prominence_module

LINES = artifact_lines((4, 4, 4), window_length=1024)
N = torch.arange(1024, dtype=torch.float64)
WINDOW_SUM, WINDOW_ENERGY = 256 / 2, 256 * 3 / 8
"""Of the Hann window of a frame."""
MEAN_LOG_OF_NOISE_DB = -10 * np.euler_gamma / math.log(10)
"""Of the power of a complex Gaussian bin, against its mean."""


def noise(count: int, length: int = 1024, *, seed: int = 0) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(count, 1, length, generator=rng, dtype=torch.float64)


def mean(prominence: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[float]:
    return [float(level) for level in prominence.mean(axis=0)]


def expected_db(line_power: float, neighbour_power: float) -> float:
    return 10 * math.log10(line_power / neighbour_power) - MEAN_LOG_OF_NOISE_DB


@pytest.mark.parametrize(("frequency", "level", "lines"), [(1 / 4, 0, 2), (3 / 16, 1, 6), (17 / 64, 2, 24)])
def test_a_tone_at_a_line_stands_out_by_its_power_over_the_noise(frequency: float, level: int, lines: int) -> None:
    tone = 0.5 * torch.cos(2 * math.pi * frequency * N + 0.4)
    prominence = mean(line_prominence(0.01 * noise(400) + tone, LINES))
    expected = [0.0, 0.0, 0.0]
    expected[level] = expected_db((0.25 * WINDOW_SUM) ** 2, 0.01**2 * WINDOW_ENERGY) / lines
    assert expected[level] > 40 / lines
    assert prominence == pytest.approx(expected, abs=0.6)


def test_a_tone_at_half_the_sample_rate_is_a_line_of_the_first_level() -> None:
    waveforms = 0.01 * noise(400) + 0.5 * torch.cos(math.pi * N)
    # the bin holds both of the tone's halves, and beside it twice the square of a real Gaussian of half the power
    real_not_complex = 10 * math.log10(2)
    expected = (expected_db((0.5 * WINDOW_SUM) ** 2, 0.01**2 * WINDOW_ENERGY) + real_not_complex) / 2
    assert mean(line_prominence(waveforms, LINES)) == pytest.approx([expected, 0, 0], abs=0.6)


def test_a_constant_added_to_every_fourth_sample_is_found() -> None:
    comb = torch.zeros(1024)
    comb[2::4] = 0.04
    lines = mean(line_prominence(0.01 * noise(400) + comb, LINES))
    # the pulses are the same cosine of amplitude 0.02 at fs/4, and of 0.01 at fs/2
    quarter = expected_db((0.01 * WINDOW_SUM) ** 2, 0.01**2 * WINDOW_ENERGY)
    half = expected_db(2 * (0.01 * WINDOW_SUM) ** 2, 0.01**2 * WINDOW_ENERGY)
    assert lines == pytest.approx([(quarter + half) / 2, 0, 0], abs=0.6)


def test_modulated_noise_shows_in_its_power_alone() -> None:
    power = 1 + 0.5 * torch.cos(2 * math.pi * N / 16)
    waveforms = noise(400) * power.sqrt()
    assert mean(line_prominence(waveforms, LINES)) == pytest.approx([0, 0, 0], abs=0.6)
    # x(n)² has mean p(n) and variance 2 p(n)², x(n) x(n - 1) mean 0 and variance p(n) p(n - 1), with p(n) the power
    squares = 2 * (1 + 0.5**2 / 2) * WINDOW_ENERGY
    products = (1 + 0.5**2 / 2 * math.cos(2 * math.pi / 16)) * WINDOW_ENERGY
    # the sum of two exponential variables of these means
    mean_log = (squares * math.log(squares) - products * math.log(products)) / (squares - products) - np.euler_gamma
    expected = 10 / math.log(10) * (2 * math.log(0.25 * WINDOW_SUM) - mean_log) / 6
    assert mean(modulation_prominence(waveforms, LINES)) == pytest.approx([0, expected, 0], abs=0.6)


@pytest.mark.parametrize("held", [1, 3])
def test_repeated_samples_show_at_one_of_the_lags(held: int) -> None:
    slow = noise(100, 1024 // 4)
    repeated = slow.repeat_interleave(4, dim=-1)
    interpolated = torch.nn.functional.interpolate(slow, scale_factor=4, mode="linear")
    for waveforms in (repeated, interpolated):
        (first, *others) = mean(modulation_prominence(waveforms.roll(held, -1), LINES))
        assert first > 12
        assert others == pytest.approx([0, 0], abs=1.5)


def test_the_image_of_a_tone_shows_in_its_power_alone() -> None:
    frequency = 42 / 1024
    waveforms = 1e-4 * noise(200) + torch.cos(2 * math.pi * frequency * N)
    image = 0.01 * torch.cos(2 * math.pi * (0.25 - frequency) * N)
    assert mean(line_prominence(waveforms + image, LINES)) == pytest.approx(
        mean(line_prominence(waveforms, LINES)), abs=1.5
    )
    rise = modulation_prominence(waveforms + image, LINES) - modulation_prominence(waveforms, LINES)
    assert mean(rise)[0] > 15
    assert mean(rise)[1:] == pytest.approx([0, 0], abs=1.5)


@pytest.mark.parametrize("measure", [line_prominence, modulation_prominence])
@pytest.mark.parametrize("colour", ["white", "integrated", "differentiated"])
def test_noise_of_any_colour_has_none(measure: object, colour: str) -> None:
    assert callable(measure)
    waveforms = noise(1500, seed=3)
    if colour == "integrated":
        waveforms = waveforms.cumsum(dim=-1)
    if colour == "differentiated":
        waveforms = waveforms.diff(dim=-1, prepend=waveforms[..., :1])
    prominence = measure(waveforms, LINES)
    error = prominence.std(axis=0) / math.sqrt(len(prominence))
    tolerance = 4 * error + 0.35
    # next to 0 and to half the sample rate such spectra bend, and a walk ends elsewhere than it began: both show where
    # a level has few lines
    assert (np.abs(prominence.mean(axis=0)) < tolerance).all()


@pytest.mark.parametrize("measure", [line_prominence, modulation_prominence])
def test_noise_has_none_where_half_the_sample_rate_is_the_only_line(measure: object) -> None:
    assert callable(measure)
    lines = artifact_lines((16, 2), window_length=512)
    assert lines.bins[0].tolist() == [64]
    first_level = measure(noise(4000, 512), lines)[:, 0]
    error = first_level.std() / math.sqrt(4000)
    assert error < 0.2
    assert first_level.mean() == pytest.approx(0, abs=3 * error)


@pytest.mark.parametrize(
    ("strides", "decibels"), [((2,), 1.45), ((3,), 0.55), ((2, 2), 0.44), ((4,), 0.21), ((2, 2, 2, 2), 0.15)]
)
def test_noise_has_the_modulation_that_the_documentation_states_at_few_strides(
    strides: tuple[int, ...], decibels: float
) -> None:
    lines = artifact_lines(strides, window_length=4_000)
    waveforms = noise(400, 4_000, seed=1)
    modulation, prominence = modulation_prominence(waveforms, lines), line_prominence(waveforms, lines)
    error, error_of_lines = (measured[:, 0].std() / math.sqrt(400) for measured in (modulation, prominence))
    assert modulation[:, 0].mean() == pytest.approx(decibels, abs=4 * error)
    assert prominence[:, 0].mean() == pytest.approx(0, abs=4 * error_of_lines)
    assert (np.abs(modulation[:, 1:].mean(axis=0)) < 0.05).all()


def test_gain_changes_nothing() -> None:
    waveforms = noise(5) + 0.1 * torch.cos(math.pi * N / 2)
    for measure in (line_prominence, modulation_prominence):
        assert measure(2**-9 * waveforms, LINES) == pytest.approx(measure(waveforms, LINES), abs=1e-9)
        assert measure(waveforms + 0.25, LINES) == pytest.approx(measure(waveforms, LINES), abs=1e-6)


def test_where_the_window_begins_changes_nothing() -> None:
    longer = noise(60, 1024 + 64)
    longer[..., ::16] *= 1.5
    longer[..., ::4] += 1.2
    for measure in (line_prominence, modulation_prominence):
        begun = [mean(measure(longer[..., start : start + 1024], LINES)) for start in (0, 1, 7, 64)]
        assert begun[0][0] > 4
        for other in begun[1:]:
            assert other == pytest.approx(begun[0], abs=0.7)


def test_what_is_added_shows_the_more_the_louder() -> None:
    waveforms = noise(30)
    for frequency, level in ((1 / 4, 0), (1 / 16, 1), (1 / 64, 2)):
        tone = torch.cos(2 * math.pi * frequency * N)
        rising = [mean(line_prominence(waveforms + 10 ** (db / 20) * tone, LINES))[level] for db in range(-30, 1, 5)]
        assert rising == sorted(rising)
        assert rising[-1] - rising[0] > 15 / len(LINES.bins[level])


def test_layout_and_type_of_the_tensor_change_nothing() -> None:
    waveforms = noise(70).float()
    expected = line_prominence(waveforms, LINES)
    sparse = torch.empty(1024, 1, 140).permute(2, 1, 0)[::2].copy_(waveforms)
    assert not sparse.is_contiguous()
    assert np.array_equal(line_prominence(sparse, LINES), expected)
    assert line_prominence(waveforms.double(), LINES) == pytest.approx(expected, abs=1e-9)
    assert expected.shape == (70, 3)


def test_channels_and_frames_are_averaged() -> None:
    first, second = noise(6, seed=1), noise(6, seed=2)
    for measure in (line_prominence, modulation_prominence):
        each = [measure(channel, LINES) for channel in (first, second)]
        assert measure(torch.cat([first, second], dim=1), LINES) == pytest.approx(np.mean(each, axis=0), abs=1e-9)
        uneven = torch.cat([first, second], dim=2)[..., :-37]
        parts = [measure(part, LINES) for part in (uneven[..., :1984], uneven[..., -1984:])]
        assert measure(uneven, LINES) == pytest.approx(np.mean(parts, axis=0), abs=1e-9)


def test_every_sample_weighs_alike_whatever_its_place() -> None:
    waveforms = noise(6)
    waveforms[..., :192:4] += 0.7
    for measure in (line_prominence, modulation_prominence):
        for periods in (1, 5, 15):
            moved = waveforms.roll(64 * periods, dims=-1)
            assert measure(moved, LINES) == pytest.approx(measure(waveforms, LINES), abs=1e-6)


@pytest.mark.parametrize("length", [1024, 1024 + 63])
@pytest.mark.parametrize("quarter", range(4))
def test_an_artifact_in_a_quarter_is_found_in_proportion(length: int, quarter: int) -> None:
    comb = 0.4 * (torch.arange(length) % 4 == 0)
    part = torch.arange(length) * 4 // length == quarter
    waveforms = noise(400, length)
    throughout = mean(line_prominence(waveforms + comb, LINES))[0]
    assert throughout > 5
    assert 0.12 < mean(line_prominence(waveforms + comb * part, LINES))[0] / throughout < 0.35


@pytest.mark.parametrize("start", [0, 300, 768])
def test_silence_beside_a_short_sound_does_not_count(start: int) -> None:
    short = torch.zeros(400, 1, 1024, dtype=torch.float64)
    sounding = slice(start, start + 256)
    short[..., sounding] = noise(400, 256)
    assert mean(line_prominence(short, LINES)) == pytest.approx([0, 0, 0], abs=0.6)
    comb = 0.6 * (N % 4 == 0)
    short[..., sounding] += comb[sounding]
    (first, *others) = mean(line_prominence(short, LINES))
    assert first > 0.4 * mean(line_prominence(noise(400) + comb, LINES))[0]
    assert others == pytest.approx([0, 0], abs=0.6)


def test_silence_has_no_figure_and_leaves_others_alone() -> None:
    waveforms = torch.cat([noise(3), torch.zeros(1, 1, 1024), torch.full((1, 1, 1024), 0.1)])
    for measure in (line_prominence, modulation_prominence):
        prominence = measure(waveforms, LINES)
        assert np.isnan(prominence[3:]).all()
        assert np.array_equal(prominence[:3], measure(waveforms[:3], LINES))
        half_silent = torch.cat([waveforms[:3], torch.zeros(3, 1, 1024)], dim=1)
        assert measure(half_silent, LINES) == pytest.approx(prominence[:3], abs=1e-9)


def test_a_spectrum_without_noise_stays_finite() -> None:
    tone = torch.cos(2 * math.pi * 0.25 * N).expand(2, 1, -1)
    (level, *others) = mean(line_prominence(tone, LINES))
    # 100 dB over the mean level of all bins is what a line can stand out from nothing at all
    assert 55 < level < 75
    assert others == pytest.approx([0, 0], abs=1e-6)


def test_odd_periods_have_no_line_at_half_the_sample_rate() -> None:
    lines = artifact_lines((3, 5), window_length=225)
    assert lines.frame_length == 60
    tone = torch.cos(2 * math.pi / 5 * torch.arange(225, dtype=torch.float64))
    prominence = mean(line_prominence(0.01 * noise(300, 225) + tone, lines))
    assert prominence[0] > 20
    assert prominence[1] == pytest.approx(0, abs=0.6)


@pytest.mark.parametrize("shape", [(2, 1024), (2, 1, 255), (1, 2, 1, 1024)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="256 or more"):
        line_prominence(torch.zeros(shape), LINES)


def test_memory_is_bounded_by_taking_some_windows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waveforms = noise(7)
    at_once = modulation_prominence(waveforms, LINES)
    for samples in (3 * 1024, 1):
        monkeypatch.setattr(prominence_module, "_SAMPLES_AT_A_TIME", samples)
        assert modulation_prominence(waveforms, LINES) == pytest.approx(at_once, abs=1e-9)


def test_no_windows_give_no_rows() -> None:
    assert line_prominence(torch.zeros(0, 1, 1024), LINES).shape == (0, 3)
