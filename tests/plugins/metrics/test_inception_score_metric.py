from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from attrs import evolve

import audiogan
from audiogan import DataError
from audiogan.errors import CheckpointError, SpecError
from audiogan.evaluation.classifier import ClassifierOptions, save_classifier, train_classifier
from audiogan.evaluation.features import ClassifierFeatures
from audiogan.evaluation.inception_score import inception_score
from audiogan.evaluation.sampling import noise_waveforms, real_waveforms
from audiogan_metrics import InceptionScore, InceptionScoreOptions
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions

TONES = HarmonicTonesOptions(windows=120, classes=3, octaves=1, window_length=2048)
QUICK = ClassifierOptions(dim=8, epochs=10, batch_size=16, learning_rate=3e-3)


def _ignore(line: str) -> None:
    pass


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def metric(cache: Path) -> InceptionScore:
    prepared = InceptionScore(InceptionScoreOptions(splits=2, classifier=QUICK))
    prepared.prepare(HarmonicTones(TONES), cache=cache, device="cpu", tell=_ignore)
    return prepared


def test_is_created_by_name_with_nested_options() -> None:
    metric = audiogan.create("metric", "inception-score", {"splits": 5, "classifier": {"dim": 16, "epochs": 3}})
    assert metric.options == InceptionScoreOptions(splits=5, classifier=ClassifierOptions(dim=16, epochs=3))
    assert InceptionScoreOptions().splits == 10


def test_figures_are_the_score_of_the_classifier(metric: InceptionScore, cache: Path) -> None:
    tones = HarmonicTones(TONES)
    waveforms = real_waveforms(tones, 40, seed=0)
    result = metric.evaluate(waveforms)
    classifier = train_classifier(tones, QUICK, device="cpu", tell=_ignore)
    mean, std = inception_score(classifier.probabilities(waveforms), splits=2)
    assert result.figures == pytest.approx({"inception_score_mean": mean, "inception_score_std": std})
    assert result.protocol == {
        "samples": 40,
        "splits": 2,
        "protocol": "free",
        "classifier": classifier.content_hash,
        "classifier_held_out_accuracy": classifier.held_out_accuracy,
        "classifier_held_out_windows": 12,
        "classifier_classes": ["C", "E", "G#"],
        "bootstrap": {"resamples": 1000, "level": 0.95, "seed": 0},
    }


def test_the_intervals_are_those_of_the_bootstrap(metric: InceptionScore) -> None:
    result = metric.evaluate(real_waveforms(HarmonicTones(TONES), 40, seed=0))
    assert set(result.intervals) == {"inception_score_mean", "inception_score_std"}
    for name, (lower, upper) in result.intervals.items():
        assert 0 <= lower < result.figures[name] < upper


def test_no_resamples_no_intervals(cache: Path) -> None:
    metric = InceptionScore(InceptionScoreOptions(splits=2, classifier=QUICK, resamples=0))
    metric.prepare(HarmonicTones(TONES), cache=cache, device="cpu", tell=_ignore)
    assert metric.evaluate(real_waveforms(HarmonicTones(TONES), 40, seed=0)).intervals == {}


def test_the_protocol_of_the_paper_takes_ten_splits_of_50_000_samples(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metric = InceptionScore(InceptionScoreOptions(classifier=QUICK, protocol="wavegan", resamples=0))
    metric.prepare(HarmonicTones(TONES), cache=cache, device="cpu", tell=_ignore)
    assert metric.minimum_samples() == 50_000
    with pytest.raises(DataError, match="protocol 'wavegan' needs 50,000 samples, not 49,999"):
        metric.evaluate(torch.zeros(1, 1, 2048).expand(49_999, 1, 2048))
    heard: list[int] = []

    def probabilities(waveforms: torch.Tensor, *_: object, **__: object) -> ClassifierFeatures:
        heard.append(len(waveforms))
        rows = np.tile(np.eye(3), (20_000, 1))[: len(waveforms)]
        return ClassifierFeatures(rows, np.zeros((len(rows), 8), dtype=np.float32))

    monkeypatch.setattr("audiogan_metrics.inception_score.classifier_features", probabilities)
    result = metric.evaluate(torch.zeros(1, 1, 2048).expand(60_000, 1, 2048))
    assert heard == [50_000]
    assert result.figures == pytest.approx({"inception_score_mean": 3.0, "inception_score_std": 0.0}, abs=1e-6)
    assert (result.protocol["protocol"], result.protocol["samples"], result.protocol["splits"]) == (
        "wavegan",
        50_000,
        10,
    )


def test_the_protocol_of_the_paper_has_no_other_splits() -> None:
    with pytest.raises(SpecError, match="splits = 5: must be 10 under protocol 'wavegan', not 5"):
        audiogan.create("metric", "inception-score", {"protocol": "wavegan", "splits": 5})


def test_real_tones_score_higher_than_noise_and_silence(metric: InceptionScore) -> None:
    def mean(waveforms: torch.Tensor) -> float:
        return metric.evaluate(waveforms).figures["inception_score_mean"]

    real = mean(real_waveforms(HarmonicTones(TONES), 60, seed=0))
    noise = mean(noise_waveforms(60, channels=1, window_length=2048, seed=0))
    assert real > 1.8
    assert noise < 1.2
    assert mean(torch.zeros(60, 1, 2048)) == pytest.approx(1.0, abs=1e-9)


def test_channels_are_mixed_down_to_their_mean(metric: InceptionScore) -> None:
    mono = real_waveforms(HarmonicTones(TONES), 20, seed=0)
    assert metric.evaluate(torch.cat([2 * mono, 0 * mono], dim=1)).figures == pytest.approx(
        metric.evaluate(mono).figures, rel=1e-5
    )


def test_too_few_waveforms_are_refused_with_the_number_needed(cache: Path) -> None:
    metric = InceptionScore(InceptionScoreOptions(classifier=QUICK))
    metric.prepare(HarmonicTones(TONES), cache=cache, device="cpu", tell=_ignore)
    with pytest.raises(DataError, match="at least 100 samples, not 99"):
        metric.evaluate(torch.zeros(99, 1, 2048))


def test_waveforms_that_are_not_finite_are_counted(metric: InceptionScore) -> None:
    waveforms = torch.zeros(20, 1, 2048)
    waveforms[3, 0, 5], waveforms[4, 0, 6] = np.nan, np.inf
    with pytest.raises(DataError, match="2 of 20 waveforms"):
        metric.evaluate(waveforms)


def test_a_classifier_trained_before_is_used_on_unlabelled_data(tmp_path: Path) -> None:
    classifier = train_classifier(HarmonicTones(TONES), evolve(QUICK, epochs=1), device="cpu", tell=_ignore)
    save_classifier(classifier, tmp_path)
    metric = InceptionScore(InceptionScoreOptions(splits=2, classifier_path=str(tmp_path)))
    lines: list[str] = []
    unlabelled = HarmonicTones(evolve(TONES, classes=0))
    metric.prepare(unlabelled, cache=tmp_path / "unused", device="cpu", tell=lines.append)
    assert lines == [f"classifier from {tmp_path}: held-out accuracy {classifier.held_out_accuracy:.1%}"]
    assert metric.evaluate(torch.zeros(20, 1, 2048)).protocol["classifier"] == classifier.content_hash
    assert not (tmp_path / "unused" / "classifiers").exists()


def test_a_classifier_for_other_windows_is_refused(tmp_path: Path) -> None:
    save_classifier(
        train_classifier(HarmonicTones(TONES), evolve(QUICK, epochs=1), device="cpu", tell=_ignore), tmp_path
    )
    metric = InceptionScore(InceptionScoreOptions(classifier_path=str(tmp_path)))
    for change in ({"window_length": 1024}, {"sample_rate": 8000}):
        with pytest.raises(DataError, match=f"was trained for {next(iter(change))}"):
            metric.prepare(HarmonicTones(evolve(TONES, **change)), cache=tmp_path, device="cpu", tell=_ignore)


def test_a_missing_classifier_is_named(tmp_path: Path) -> None:
    metric = InceptionScore(InceptionScoreOptions(classifier_path=str(tmp_path / "nowhere")))
    with pytest.raises(CheckpointError, match=r"nowhere.*audiogan train-classifier"):
        metric.prepare(HarmonicTones(TONES), cache=tmp_path, device="cpu", tell=_ignore)


def test_evaluating_unprepared_is_a_mistake_of_the_program() -> None:
    with pytest.raises(RuntimeError, match="prepare"):
        InceptionScore(InceptionScoreOptions()).evaluate(torch.zeros(20, 1, 2048))
