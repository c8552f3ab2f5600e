from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from attrs import evolve

import audiogan
from audiogan import DataError
from audiogan.evaluation.checkerboard import (
    artifact_lines,
    figure_names,
    figures_above,
    intervals_above,
    line_prominence,
    modulation_prominence,
)
from audiogan.evaluation.real_windows import divide_windows
from audiogan.evaluation.sampling import noise_waveforms, real_waveforms
from audiogan.testing import NoiseDataset, NoiseDatasetOptions, check_metric
from audiogan_metrics import Checkerboard, CheckerboardOptions
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions

TONES = HarmonicTonesOptions(windows=60, window_length=1024)
NAMES = (
    "checkerboard_db",
    "checkerboard_db_level_1",
    "checkerboard_db_level_2",
    "checkerboard_db_level_3",
    "checkerboard_modulation_db",
    "checkerboard_modulation_db_level_1",
    "checkerboard_modulation_db_level_2",
    "checkerboard_modulation_db_level_3",
)
LEVELS = tuple(name for name in NAMES if "level" in name)


def _ignore(line: str) -> None:
    pass


def prepared(options: CheckerboardOptions) -> Checkerboard:
    metric = Checkerboard(options)
    metric.prepare(HarmonicTones(TONES, held_out_windows=40), cache=Path("unused"), device="cpu", tell=_ignore)
    return metric


@pytest.fixture(scope="module")
def metric() -> Checkerboard:
    return prepared(CheckerboardOptions(real_samples=60, resamples=200))


@pytest.fixture(scope="module")
def held_out() -> torch.Tensor:
    return real_waveforms(divide_windows(HarmonicTones(TONES, held_out_windows=40)).judged, 40, seed=1)


def test_is_created_by_name() -> None:
    metric = audiogan.create("metric", "checkerboard", {"strides": [4, 4, 2], "real_samples": 50})
    assert metric.options == CheckerboardOptions(strides=(4, 4, 2), real_samples=50)
    assert metric.figure_names() == NAMES


def test_figures_are_the_prominence_above_that_of_real_windows(metric: Checkerboard, held_out: torch.Tensor) -> None:
    lines = artifact_lines((4, 4, 4), window_length=1024)
    real = real_waveforms(HarmonicTones(TONES), 60, seed=0)

    def mean(waveforms: torch.Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        measures = (line_prominence, modulation_prominence)
        return np.array([level for measure in measures for level in measure(waveforms, lines).mean(axis=0)])

    result = metric.evaluate(held_out)
    protocol = result.protocol["checkerboard"]
    assert tuple(result.figures) == metric.figure_names() == NAMES
    above = mean(held_out) - np.array([protocol["real"][name] for name in LEVELS])
    assert [result.figures[name] for name in LEVELS] == pytest.approx(above.tolist(), abs=1e-9)
    for name, levels in (("checkerboard_db", above[:3]), ("checkerboard_modulation_db", above[3:])):
        assert result.figures[name] == pytest.approx(sum(max(level, 0) for level in levels) / 3, abs=1e-9)
    # another draw of the same 60 clips: each starts elsewhere
    assert list(protocol["real"].values()) == pytest.approx(mean(real).tolist(), abs=3)


def test_the_protocol_says_what_was_compared(metric: Checkerboard, held_out: torch.Tensor) -> None:
    protocol = metric.evaluate(torch.cat([held_out, torch.zeros(3, 1, 1024)])).protocol["checkerboard"]
    assert json.loads(json.dumps(protocol)) == protocol
    real = protocol.pop("real")
    assert tuple(real) == LEVELS
    assert protocol == {
        "samples": 40,
        "silent_samples": 3,
        "real_samples": 60,
        "silent_real_samples": 0,
        "real_windows": "training",
        "seed": 0,
        "strides": [4, 4, 4],
        "period": 64,
        "frame_length": 256,
        "lines": [2, 6, 24],
        "lowest_line_hz": [4000.0, 1000.0, 250.0],
        "bootstrap": {"resamples": 200, "level": 0.95, "seed": 0},
    }


def test_real_windows_are_within_their_interval_and_artifacts_are_not(
    metric: Checkerboard, held_out: torch.Tensor
) -> None:
    clean = metric.evaluate(held_out)
    comb = torch.zeros(1024)
    comb[::16] = 0.02
    tones = metric.evaluate(held_out + comb)
    gain = torch.ones(1024)
    gain[::4] += 0.1
    images = metric.evaluate(held_out * gain)
    for name, lower_bound in (("checkerboard_db", 5), ("checkerboard_db_level_2", 10)):
        assert clean.intervals[name][0] - 1 < 0 < clean.intervals[name][1] + 1
        assert tones.intervals[name][0] > lower_bound
    name = "checkerboard_modulation_db_level_1"
    assert clean.intervals[name][0] - 1 < 0 < clean.intervals[name][1] + 1
    assert images.intervals[name][0] > 8
    for result in (clean, tones, images):
        for figure, (lower, upper) in result.intervals.items():
            assert lower <= result.figures[figure] <= upper


def test_intervals_of_means_over_levels_begin_at_0_and_those_of_levels_go_below() -> None:
    rng = np.random.default_rng(0)
    lows = []
    for seed in range(40):
        sides = rng.normal(0, 3, (50, 6)), rng.normal(0, 3, (200, 6))
        figures, intervals = figures_above(*sides), intervals_above(*sides, resamples=100, seed=seed)
        lows.append([lower for lower, _ in intervals])
        assert all(lower <= figure <= upper for figure, (lower, upper) in zip(figures, intervals, strict=True))
    by_figure = dict(zip(figure_names(3), np.array(lows).T, strict=True))
    for name, lower in by_figure.items():
        assert lower.min() < -0.5 if "level" in name else lower.min() == 0


def test_intervals_narrow_with_the_square_root_of_the_number(metric: Checkerboard) -> None:
    noise = noise_waveforms(1600, channels=1, window_length=1024, seed=0)
    against_noise = Checkerboard(CheckerboardOptions(resamples=400))
    dataset = NoiseDataset(NoiseDatasetOptions(windows=1600))
    against_noise.prepare(dataset, cache=Path("unused"), device="cpu", tell=_ignore)
    name = "checkerboard_db_level_3"
    many, few = (against_noise.evaluate(noise[:count]) for count in (1600, 100))
    width = many.intervals[name][1] - many.intervals[name][0]
    lines = artifact_lines((4, 4, 4), window_length=1024)
    error = line_prominence(noise, lines)[:, 2].std() * np.sqrt(1 / 1600 + 1 / 1440)
    assert width == pytest.approx(2 * 1.96 * error, rel=0.15)
    assert few.intervals[name][1] - few.intervals[name][0] == pytest.approx(
        2 * 1.96 * error * np.sqrt((1 / 100 + 1 / 1440) / (1 / 1600 + 1 / 1440)), rel=0.3
    )
    assert many.intervals[name][0] < 0 < many.intervals[name][1]


def test_no_resamples_give_no_intervals(held_out: torch.Tensor) -> None:
    result = prepared(CheckerboardOptions(real_samples=60, resamples=0)).evaluate(held_out)
    assert result.intervals == {}
    assert result.protocol["checkerboard"]["bootstrap"]["resamples"] == 0


def test_too_few_windows_with_sound_are_refused_with_the_number_needed(
    metric: Checkerboard, held_out: torch.Tensor
) -> None:
    assert metric.minimum_samples() == 10
    with pytest.raises(DataError, match="at least 10 samples with sound, not 9, beside 31 without any"):
        metric.evaluate(torch.cat([held_out[:9], torch.zeros(31, 1, 1024)]))
    unprepared = Checkerboard(CheckerboardOptions())
    few = NoiseDataset(NoiseDatasetOptions(windows=8))
    with pytest.raises(DataError, match="at least 10 real windows with sound, not 8;"):
        unprepared.prepare(few, cache=Path("unused"), device="cpu", tell=_ignore)


def test_waveforms_that_are_not_finite_are_counted(metric: Checkerboard, held_out: torch.Tensor) -> None:
    broken = held_out.clone()
    broken[3, 0, 5], broken[4, 0, 6] = np.nan, np.inf
    with pytest.raises(DataError, match="2 of 40 waveforms"):
        metric.evaluate(broken)


def test_windows_that_are_too_short_are_refused_before_anything_else() -> None:
    dataset = HarmonicTones(TONES)
    metric = Checkerboard(CheckerboardOptions(strides=(4, 4, 4, 4)))
    for look in (metric.check, lambda data: metric.prepare(data, cache=Path(), device="cpu", tell=_ignore)):
        with pytest.raises(DataError, match="at least 3072 samples, not 1024"):
            look(dataset)
    with pytest.raises(DataError, match="'strides'"):
        Checkerboard(CheckerboardOptions()).check(HarmonicTones(evolve(TONES, window_length=50)))


def test_figure_names_are_known_once_the_window_length_is() -> None:
    metric = Checkerboard(CheckerboardOptions())
    assert metric.figure_names() is None
    metric.check(HarmonicTones(TONES))
    assert metric.figure_names() == NAMES
    assert metric.lower_is_better() == set(NAMES)


@pytest.mark.parametrize("strides", [(), (4, 1)])
def test_strides_that_lengthen_nothing_are_refused(strides: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"strides must be .* at least 2"):
        CheckerboardOptions(strides=strides)


def test_what_is_compared_with_makes_the_fingerprint(metric: Checkerboard) -> None:
    again = prepared(CheckerboardOptions(real_samples=60, resamples=5))
    assert again.fingerprint() == metric.fingerprint()
    assert prepared(CheckerboardOptions(real_samples=50)).fingerprint() != metric.fingerprint()


def test_evaluating_unprepared_is_a_mistake_of_the_program() -> None:
    with pytest.raises(RuntimeError, match="prepare"):
        Checkerboard(CheckerboardOptions()).evaluate(torch.zeros(20, 1, 1024))


@pytest.mark.parametrize(
    ("sample_rate", "channels", "window_length"), [(16_000, 1, 1024), (22_050, 2, 1000), (8_000, 1, 777)]
)
def test_keeps_to_the_interface(sample_rate: int, channels: int, window_length: int, tmp_path: Path) -> None:
    dataset = NoiseDataset(
        NoiseDatasetOptions(windows=12, window_length=window_length, channels=channels, sample_rate=sample_rate)
    )
    check_metric(Checkerboard, {"resamples": 20}, dataset=dataset, cache=tmp_path)
