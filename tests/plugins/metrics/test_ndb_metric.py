from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import audiogan
from audiogan import DataError
from audiogan.evaluation.classifier import ClassifierOptions
from audiogan.evaluation.features import classifier_features
from audiogan.evaluation.k_means import k_means
from audiogan.evaluation.ndb import different_bins
from audiogan.evaluation.sampling import noise_waveforms, real_waveforms
from audiogan.testing import check_metric
from audiogan_metrics import NDB, NDBOptions
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions

TONES = HarmonicTones(HarmonicTonesOptions(windows=150, classes=3, octaves=1), held_out_windows=100)
QUICK = ClassifierOptions(dim=6, epochs=4, batch_size=16, learning_rate=3e-3)


def _ignore(line: str) -> None:
    pass


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def metric(cache: Path) -> NDB:
    prepared = NDB(NDBOptions(bins=8, real_samples=150, classifier=QUICK))
    prepared.prepare(TONES, cache=cache, device="cpu", tell=_ignore)
    return prepared


def test_is_created_by_name() -> None:
    metric = audiogan.create("metric", "ndb", {"bins": 20})
    assert metric.options.bins == 20
    assert metric.minimum_samples() == 100
    assert metric.lower_is_better() == set(metric.figure_names())
    assert NDBOptions().bins == 100


def test_figures_are_those_of_bins_of_real_features(metric: NDB, cache: Path) -> None:
    waveforms = real_waveforms(TONES.held_out() or TONES, 90, seed=4)
    result = metric.evaluate(waveforms)
    classifier, real = metric._prepared()
    clustering = k_means(real.pooled, 8, seed=0, starts=4)
    generated = classifier_features(waveforms, classifier, cache=None)
    counts = [np.bincount(clustering.nearest(side.pooled), minlength=8) for side in (real, generated)]
    expected = different_bins(*counts)
    assert counts[0].min() > 0
    assert result.figures == {
        "ndb_count": expected.count,
        "ndb_share": expected.count / 8,
        "ndb_divergence": expected.divergence,
    }
    assert result.intervals == {}
    protocol = result.protocol["ndb"]
    assert json.loads(json.dumps(protocol)) == protocol
    assert (protocol["bins"], protocol["significance"], protocol["samples"]) == (8, 0.05, 90)
    assert (protocol["real_samples"], protocol["feature_dim"]) == (150, 6)


def test_real_windows_differ_in_fewer_bins_than_noise_or_a_single_sound(metric: NDB) -> None:
    real = real_waveforms(TONES.held_out() or TONES, 100, seed=4)
    alike = metric.evaluate(real).figures
    noise = metric.evaluate(noise_waveforms(100, channels=1, window_length=2048, seed=0)).figures
    collapsed = metric.evaluate(real[:1].expand(100, -1, -1)).figures
    assert alike["ndb_share"] <= 0.25
    assert alike["ndb_divergence"] < 0.1
    for worse in (noise, collapsed):
        assert worse["ndb_share"] > alike["ndb_share"] + 0.25
        assert worse["ndb_divergence"] > 0.25


def test_too_few_are_refused_with_the_number_needed(metric: NDB, cache: Path) -> None:
    with pytest.raises(DataError, match="at least 40 samples, not 39"):
        metric.evaluate(torch.zeros(39, 1, 2048))
    with pytest.raises(DataError, match=r"at least 200 real windows to compare with, not 150: .* fewer by its 'bins'$"):
        NDB(NDBOptions(bins=40, real_samples=150, classifier=QUICK)).prepare(
            TONES, cache=cache, device="cpu", tell=_ignore
        )


def test_evaluating_unprepared_is_a_mistake_of_the_program() -> None:
    with pytest.raises(RuntimeError, match="prepare"):
        NDB(NDBOptions(bins=2)).evaluate(torch.zeros(20, 1, 2048))


def test_keeps_to_the_interface(cache: Path) -> None:
    options = {"bins": 4, "real_samples": 60, "classifier": {"dim": 2, "epochs": 1}}
    check_metric(NDB, options, dataset=HarmonicTones(HarmonicTonesOptions(windows=60, classes=3)), cache=cache)
