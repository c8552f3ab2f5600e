from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attrs import evolve
from scipy.spatial.distance import cdist
from torch import Tensor

import audiogan
from audiogan import DataError, Metric
from audiogan.audio import mel_weights
from audiogan.evaluation.classifier import AudioClassifier, ClassifierOptions
from audiogan.evaluation.sampling import noise_waveforms, real_waveforms
from audiogan.registry import installed
from audiogan.testing import NoiseDataset, NoiseDatasetOptions, check_metric

FIXED = NoiseDatasetOptions(windows=30, window_length=2048)
CLASSIFIERS = {"n_fft": 1024, "full_scale": 1.0}
OPTIONS = {"examples": 12, "resamples": 50, **CLASSIFIERS}


def _ignore(line: str) -> None:
    pass


class NothingHeldOut(NoiseDataset):
    def held_out(self) -> Any:
        return None


def _prepared(dataset: Any, tmp_path: Path, **options: Any) -> Any:
    metric: Metric = audiogan.create("metric", "nearest-neighbours", {**OPTIONS, **options})
    metric.check(dataset)
    metric.prepare(dataset, cache=tmp_path, device="cpu", tell=_ignore)
    return metric


def _log_mel(waveforms: Tensor) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    network = AudioClassifier(ClassifierOptions(dim=1), class_count=2, sample_rate=16_000, window_length=2048)
    spectrograms: np.ndarray[tuple[int, int], np.dtype[np.float64]] = (
        network.features(waveforms).flatten(start_dim=1).double().numpy()
    )
    return spectrograms


def test_does_what_every_metric_must(tmp_path: Path) -> None:
    component_class: Any = installed().find("metric", "nearest-neighbours").component_class
    check_metric(component_class, OPTIONS, dataset=NoiseDataset(FIXED), cache=tmp_path)


def test_figures_are_mean_distances_of_the_log_mel_spectrograms(tmp_path: Path) -> None:
    dataset = NoiseDataset(FIXED)
    generated = noise_waveforms(20, channels=1, window_length=2048, seed=0)
    result = _prepared(dataset, tmp_path).evaluate(generated)
    ours, theirs = _log_mel(generated[:12]), _log_mel(real_waveforms(dataset, 30, seed=9))
    within = cdist(ours, ours)
    np.fill_diagonal(within, np.inf)
    assert result.figures == pytest.approx(
        {"nearest_self": within.min(axis=1).mean(), "nearest_train": cdist(ours, theirs).min(axis=1).mean()}, rel=1e-6
    )
    assert result.protocol["nearest-neighbours"] == {
        "samples": 12,
        "training_windows": 30,
        "real_windows": "training",
        "seed": 0,
        "feature": "log-mel spectrogram of 1024-sample frames, full scale 1",
        "feature_dim": 16 * 128,
        "halves": {"divisions": 50, "level": 0.95, "seed": 0},
    }
    for name, (lower, upper) in result.intervals.items():
        assert lower < result.figures[name] < upper


def test_the_defaults_are_those_of_the_published_code(tmp_path: Path) -> None:
    """16-bit samples, frames of 2048 every 128, completed by zeros at the end; 128 HTK bands from 40 to 7800 Hz."""
    dataset = NoiseDataset(FIXED)
    metric: Any = audiogan.create("metric", "nearest-neighbours", {"examples": 12})
    metric.prepare(dataset, cache=tmp_path, device="cpu", tell=_ignore)
    generated = noise_waveforms(12, channels=1, window_length=2048, seed=0) / 8
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
    bands = mel_weights(n_mels=128, n_fft=2048, sample_rate=16_000, lower_hz=40.0, upper_hz=7800.0)
    samples = np.pad(generated[:, 0].double().numpy() * 32768, ((0, 0), (0, 2048)))
    frames = np.stack([samples[:, start : start + 2048] * window for start in range(0, 2048, 128)], axis=1)
    features = np.log(np.abs(np.fft.rfft(frames)) @ bands + 1e-6).reshape(12, -1)
    within = cdist(features, features)
    np.fill_diagonal(within, np.inf)
    assert metric.evaluate(generated).figures["nearest_self"] == pytest.approx(within.min(axis=1).mean(), rel=1e-5)


def test_training_windows_learnt_by_heart_are_found_out(tmp_path: Path) -> None:
    dataset = NoiseDataset(FIXED)
    metric = _prepared(dataset, tmp_path)
    figures = metric.evaluate(real_waveforms(dataset, 12, seed=1)).figures
    assert figures["nearest_train"] == 0
    assert figures["nearest_self"] > 10


def test_a_generator_that_says_one_thing_is_found_out(tmp_path: Path) -> None:
    metric = _prepared(NoiseDataset(FIXED), tmp_path)
    one = noise_waveforms(1, channels=1, window_length=2048, seed=0).expand(12, 1, 2048)
    figures = metric.evaluate(one).figures
    assert figures["nearest_self"] == 0
    assert figures["nearest_train"] > 10


def test_where_nothing_is_held_out_a_tenth_takes_no_part(tmp_path: Path) -> None:
    dataset = NothingHeldOut(FIXED)
    metric = _prepared(dataset, tmp_path, examples=30)
    result = metric.evaluate(real_waveforms(dataset, 30, seed=0))
    protocol = result.protocol["nearest-neighbours"]
    assert (protocol["training_windows"], protocol["real_windows"]) == (27, "nine tenths of the training windows")
    assert 0 < result.figures["nearest_train"] < result.figures["nearest_self"]


@pytest.mark.parametrize(("options", "windows"), [({"training_windows": 7}, 7), ({"memory_mib": 1}, 128), ({}, 150)])
def test_training_windows_are_bounded_in_number_and_memory(
    tmp_path: Path, options: dict[str, Any], windows: int
) -> None:
    # a spectrogram is 16 frames of 128 bands, 8 KiB: 128 of them make a MiB
    metric = _prepared(NoiseDataset(evolve(FIXED, windows=150)), tmp_path, **options)
    protocol = metric.evaluate(torch.zeros(12, 1, 2048)).protocol["nearest-neighbours"]
    assert protocol["training_windows"] == windows


def test_channels_are_mixed_down_to_their_mean(tmp_path: Path) -> None:
    metric = _prepared(NoiseDataset(FIXED), tmp_path)
    mono = noise_waveforms(12, channels=1, window_length=2048, seed=0) / 2
    stereo = metric.evaluate(torch.cat([2 * mono, 0 * mono], dim=1)).figures
    assert stereo == pytest.approx(dict(metric.evaluate(mono).figures), rel=1e-5)


def test_too_few_or_broken_waveforms_are_refused(tmp_path: Path) -> None:
    metric = _prepared(NoiseDataset(FIXED), tmp_path)
    with pytest.raises(DataError, match="needs at least 12 samples, not 11"):
        metric.evaluate(torch.zeros(11, 1, 2048))
    broken = torch.zeros(12, 1, 2048)
    broken[3, 0, 3] = np.inf
    with pytest.raises(DataError, match="1 of 12 waveforms"):
        metric.evaluate(broken)


def test_bands_beyond_the_sample_rate_are_refused() -> None:
    metric = audiogan.create("metric", "nearest-neighbours", {"mel_upper_hz": 9_000.0})
    with pytest.raises(DataError, match="change mel_lower_hz or mel_upper_hz"):
        metric.check(NoiseDataset(FIXED))


def test_the_fingerprint_is_that_of_the_training_windows(tmp_path: Path) -> None:
    metric = _prepared(NoiseDataset(FIXED), tmp_path)
    assert metric.fingerprint() == _prepared(NoiseDataset(FIXED), tmp_path, examples=5).fingerprint()
    assert metric.fingerprint() != _prepared(NoiseDataset(evolve(FIXED, seed=1)), tmp_path).fingerprint()
    with pytest.raises(RuntimeError, match="prepare"):
        audiogan.create("metric", "nearest-neighbours", {}).fingerprint()
