from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attrs import evolve
from torch import Tensor

import audiogan
from audiogan import DataError, Dataset, Metric
from audiogan.errors import SpecError
from audiogan.evaluation.classifier import TrainedClassifier, save_classifier, train_classifier
from audiogan.evaluation.features import ClassifierFeatures, classifier_features
from audiogan.evaluation.features.extraction import extract_features
from audiogan.evaluation.frechet_distance import frechet_distance
from audiogan.evaluation.kernel_distance import squared_mean_discrepancy
from audiogan.evaluation.real_windows import divide_windows
from audiogan.evaluation.sampling import noise_waveforms, real_waveforms
from audiogan.registry import installed
from audiogan.testing import NoiseDataset, NoiseDatasetOptions, check_metric
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions

TONES = HarmonicTonesOptions(windows=120, classes=3, octaves=1, window_length=2048)
CLASSIFIER = {"dim": 4, "epochs": 2, "batch_size": 16, "learning_rate": 3e-3}
OPTIONS = {"classifier": CLASSIFIER, "real_samples": 90, "resamples": 20}
NAMES = ("frechet-distance", "kernel-distance")


def _ignore(line: str) -> None:
    pass


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def _prepared(name: str, cache: Path, dataset: Dataset | None = None, **options: Any) -> Any:
    metric: Metric = audiogan.create("metric", name, {**OPTIONS, **options})
    dataset = dataset or HarmonicTones(TONES, held_out_windows=70)
    metric.check(dataset)
    metric.prepare(dataset, cache=cache, device="cpu", tell=_ignore)
    return metric


def _held_out(count: int = 50) -> Tensor:
    return real_waveforms(divide_windows(HarmonicTones(TONES, held_out_windows=70)).judged, count, seed=0)


@pytest.mark.parametrize("name", NAMES)
def test_does_what_every_metric_must(name: str, cache: Path) -> None:
    component_class: Any = installed().find("metric", name).component_class
    check_metric(component_class, OPTIONS, dataset=HarmonicTones(TONES), cache=cache, count=60)


@pytest.mark.parametrize("name", NAMES)
def test_real_windows_are_nearer_to_real_ones_than_noise_is(name: str, cache: Path) -> None:
    metric = _prepared(name, cache)
    noise = noise_waveforms(50, channels=1, window_length=2048, seed=0)
    figure = metric.figure_names()[0]
    real, far = metric.evaluate(_held_out()), metric.evaluate(noise)
    assert real.figures[figure] < 0.2 * far.figures[figure]
    lower, upper = far.intervals[figure]
    assert lower < far.figures[figure] < upper
    assert real.intervals[figure][1] < lower


def test_figures_are_those_of_the_pooled_features(cache: Path) -> None:
    dataset = NoiseDataset(NoiseDatasetOptions(windows=50, window_length=2048))
    generated = noise_waveforms(50, channels=1, window_length=2048, seed=0) / 2
    frechet, kernel = (_prepared(name, cache, dataset, resamples=0).evaluate(generated) for name in NAMES)
    options = audiogan.create("metric", "frechet-distance", OPTIONS).options.classifier
    classifier = train_classifier(dataset, options, device="cpu", tell=_ignore)
    assert frechet.protocol["frechet-distance"]["classifier"] == classifier.content_hash
    sides = [
        classifier_features(waveforms, classifier, cache=None).pooled
        for waveforms in (generated, real_waveforms(dataset, 50, seed=5))
    ]
    assert frechet.figures == pytest.approx({"frechet_distance": frechet_distance(*sides)}, rel=1e-5)
    over_all_pairs = squared_mean_discrepancy(*sides)
    std = kernel.figures["kernel_distance_std"]
    assert std > 1e-3 * over_all_pairs
    assert kernel.figures["kernel_distance_mean"] == pytest.approx(over_all_pairs, abs=4 * std / 100**0.5)
    assert frechet.intervals == kernel.intervals == {}


def test_all_metrics_of_a_scoring_share_one_pass(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = [_prepared(name, cache, resamples=0) for name in NAMES]
    score = audiogan.create("metric", "inception-score", {"classifier": CLASSIFIER, "splits": 2, "resamples": 0})
    score.prepare(HarmonicTones(TONES, held_out_windows=70), cache=cache, device="cpu", tell=_ignore)
    heard: list[int] = []

    def counted(waveforms: Tensor, classifier: TrainedClassifier) -> ClassifierFeatures:
        heard.append(len(waveforms))
        return extract_features(waveforms, classifier)

    monkeypatch.setattr("audiogan.evaluation.features.by_content.extract_features", counted)
    waveforms = noise_waveforms(61, channels=1, window_length=2048, seed=77)
    for metric in (*metrics, score):
        metric.evaluate(waveforms)
    assert heard == [61]


def test_the_protocol_says_what_it_takes_to_repeat_the_figures(cache: Path) -> None:
    metric = _prepared("kernel-distance", cache, seed=3)
    result = metric.evaluate(_held_out())
    (protocol,) = result.protocol.values()
    classifier = protocol.pop("classifier")
    accuracy = protocol.pop("classifier_held_out_accuracy")
    assert len(classifier) == 64
    assert 0 <= accuracy <= 1
    assert list(result.protocol) == ["kernel-distance"]
    assert protocol == {
        "samples": 50,
        "real_samples": 90,
        "real_windows": "training",
        "seed": 3,
        "feature": "mean over time and band of the classifier's last convolution block",
        "feature_dim": 4,
        "subsets": 100,
        "subset_size": 25,
        "bootstrap": {"resamples": 20, "level": 0.95, "seed": 3},
    }
    frechet = _prepared("frechet-distance", cache).evaluate(_held_out()).protocol["frechet-distance"]
    assert frechet["classifier"] == classifier
    json.dumps([result.protocol, frechet])


def test_the_order_of_generated_windows_does_not_matter(cache: Path) -> None:
    metric = _prepared("frechet-distance", cache, real_samples=50, resamples=0)
    waveforms = _held_out()
    turned = metric.evaluate(waveforms.flip(0)).figures
    assert turned == pytest.approx(dict(metric.evaluate(waveforms).figures), rel=1e-5, abs=1e-7)


def test_too_few_generated_windows_are_refused_with_the_number_needed(cache: Path) -> None:
    metric = _prepared("frechet-distance", cache)
    assert metric.minimum_samples() == 16
    with pytest.raises(DataError, match="'frechet-distance' needs at least 16 samples, not 15"):
        metric.evaluate(_held_out(15))
    assert list(metric.evaluate(_held_out(16)).figures) == ["frechet_distance", "frechet_distance_corrected"]
    without = _prepared("frechet-distance", cache, resamples=0)
    assert without.minimum_samples() == 5
    assert list(without.evaluate(_held_out(5)).figures) == ["frechet_distance"]


def test_too_few_real_windows_are_refused_with_the_number_needed(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="real_samples must be at least 16 with 4 features a window, not 15"):
        _prepared("frechet-distance", tmp_path, real_samples=15)
    assert list(tmp_path.iterdir()) == []
    few = NoiseDataset(NoiseDatasetOptions(windows=8, window_length=2048))
    with pytest.raises(DataError, match="'frechet-distance' needs at least 32 real windows to compare with, not 8"):
        _prepared("frechet-distance", tmp_path, few, classifier={"dim": 8, "epochs": 1, "batch_size": 4})


def test_a_given_classifier_tells_how_many_samples_are_needed_before_the_run(tmp_path: Path) -> None:
    dataset = HarmonicTones(TONES)
    options = audiogan.create("metric", "frechet-distance", OPTIONS).options.classifier
    save_classifier(train_classifier(dataset, evolve(options, dim=6), device="cpu", tell=_ignore), tmp_path)
    metric = audiogan.create("metric", "frechet-distance", {"classifier_path": str(tmp_path)})
    assert metric.minimum_samples() == 512
    metric.check(HarmonicTones(evolve(TONES, classes=0)))
    assert metric.minimum_samples() == 24


def test_figures_compare_where_classifier_and_real_windows_are_the_same(cache: Path) -> None:
    metric = _prepared("frechet-distance", cache)
    assert metric.fingerprint() == _prepared("kernel-distance", cache).fingerprint()
    assert metric.fingerprint() != _prepared("frechet-distance", cache, seed=1).fingerprint()
    assert metric.fingerprint() != _prepared("frechet-distance", cache, real_samples=80).fingerprint()


def test_waveforms_that_are_not_finite_are_counted(cache: Path) -> None:
    waveforms = _held_out()
    waveforms[7, 0, 9] = np.nan
    with pytest.raises(DataError, match="1 of 50 waveforms"):
        _prepared("kernel-distance", cache).evaluate(waveforms)


@pytest.mark.parametrize("name", NAMES)
def test_evaluating_unprepared_is_a_mistake_of_the_program(name: str) -> None:
    with pytest.raises(RuntimeError, match="prepare"):
        audiogan.create("metric", name, {}).evaluate(torch.zeros(200, 1, 2048))


def test_options_out_of_bounds_are_told() -> None:
    with pytest.raises(SpecError, match="subset_size = 1: must be at least 2"):
        audiogan.create("metric", "kernel-distance", {"subset_size": 1})
