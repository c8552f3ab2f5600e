from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

import audiogan
from audiogan import DataError
from audiogan.evaluation.classifier import ClassifierOptions
from audiogan.evaluation.features import classifier_features
from audiogan.evaluation.halves import interval_by_halves, share_interval_by_halves
from audiogan.evaluation.precision_recall import ball_membership
from audiogan.evaluation.precision_recall_halves import scores_of_halves
from audiogan.evaluation.sampling import noise_waveforms, real_waveforms
from audiogan.testing import check_metric
from audiogan_metrics import PrecisionRecall, PrecisionRecallOptions
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions

TONES = HarmonicTones(HarmonicTonesOptions(windows=150, classes=3, octaves=1), held_out_windows=100)
QUICK = ClassifierOptions(dim=6, epochs=4, batch_size=16, learning_rate=3e-3)


def _ignore(line: str) -> None:
    pass


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def metric(cache: Path) -> PrecisionRecall:
    prepared = PrecisionRecall(PrecisionRecallOptions(real_samples=150, classifier=QUICK, resamples=200))
    prepared.prepare(TONES, cache=cache, device="cpu", tell=_ignore)
    return prepared


@pytest.fixture(scope="module")
def held_out() -> torch.Tensor:
    return real_waveforms(TONES.held_out() or TONES, 100, seed=4)


def test_is_created_by_name() -> None:
    metric = audiogan.create("metric", "precision-recall", {"neighbours": 3})
    assert metric.options.neighbours == 3
    assert metric.minimum_samples() == 30
    assert PrecisionRecallOptions().neighbours == 5


def test_figures_are_those_of_the_pooled_features(metric: PrecisionRecall, held_out: torch.Tensor) -> None:
    result = metric.evaluate(held_out)
    classifier, real = metric._prepared()
    generated = classifier_features(held_out, classifier, cache=None)
    membership = ball_membership(real.pooled[:100], generated.pooled)
    assert result.figures == {
        "precision": membership.precision().mean(),
        "recall": membership.recall().mean(),
        "density": membership.density().mean(),
        "coverage": membership.coverage().mean(),
    }
    protocol = result.protocol["precision-recall"]
    assert json.loads(json.dumps(protocol)) == protocol
    assert (protocol["neighbours"], protocol["samples"], protocol["real_samples"]) == (5, 100, 150)
    assert protocol["compared_of_either"] == 100
    assert protocol["halves"] == {"divisions": 200, "level": 0.95, "seed": 0}


def test_intervals_are_those_of_the_halves(metric: PrecisionRecall, held_out: torch.Tensor) -> None:
    result = metric.evaluate(held_out)
    classifier, real = metric._prepared()
    sides = real.pooled[:100], classifier_features(held_out, classifier, cache=None).pooled
    halves = scores_of_halves(*sides, neighbours=5, divisions=200, seed=0)
    assert result.intervals == {
        "precision": share_interval_by_halves(result.figures["precision"], halves.precision, count=100),
        "recall": share_interval_by_halves(result.figures["recall"], halves.recall, count=100),
        "density": interval_by_halves(result.figures["density"], halves.density),
        "coverage": share_interval_by_halves(result.figures["coverage"], halves.coverage, count=100),
    }


def test_a_share_of_none_has_an_interval(metric: PrecisionRecall, held_out: torch.Tensor) -> None:
    collapsed = metric.evaluate(held_out[:1].expand(100, -1, -1))
    assert collapsed.figures["precision"] == 1
    # Wilson's for 100 of 100, or wider
    assert collapsed.intervals["precision"][0] < 0.9631
    assert collapsed.intervals["precision"][1] == 1


def test_a_density_of_nothing_has_the_interval_of_no_precision(metric: PrecisionRecall, held_out: torch.Tensor) -> None:
    far = metric.evaluate(1e3 * torch.sign(held_out))
    assert (far.figures["precision"], far.figures["density"]) == (0, 0)
    lower, upper = far.intervals["density"]
    assert lower == 0
    # Wilson's for none of 100
    assert upper == far.intervals["precision"][1] == pytest.approx(0.036994, abs=1e-6)


def test_real_windows_do_better_than_noise_or_a_single_sound(metric: PrecisionRecall, held_out: torch.Tensor) -> None:
    alike = metric.evaluate(held_out).figures
    noise = metric.evaluate(noise_waveforms(100, channels=1, window_length=2048, seed=0)).figures
    collapsed = metric.evaluate(held_out[:1].expand(100, -1, -1)).figures
    assert min(alike["precision"], alike["recall"], alike["coverage"]) > 0.7
    assert alike["density"] == pytest.approx(1, abs=0.4)
    # precision says little of either: noise falls into the wide ball of a single outlier, which density weighs
    assert noise["density"] < 0.5
    for worse in (noise, collapsed):
        assert worse["recall"] < 0.05
        assert worse["coverage"] < 0.2


def test_more_generated_windows_than_real_ones_change_nothing_but_the_number(
    metric: PrecisionRecall, held_out: torch.Tensor
) -> None:
    others = noise_waveforms(60, channels=1, window_length=2048, seed=0)
    first = torch.cat([held_out, held_out[:50]])
    assert metric.evaluate(torch.cat([first, others])).figures == metric.evaluate(first).figures


def test_too_few_are_refused_with_the_number_needed(metric: PrecisionRecall, cache: Path) -> None:
    with pytest.raises(DataError, match="at least 50 samples, not 49"):
        metric.evaluate(torch.zeros(49, 1, 2048))


def test_no_resamples_give_no_intervals(cache: Path, held_out: torch.Tensor) -> None:
    metric = PrecisionRecall(PrecisionRecallOptions(real_samples=150, classifier=QUICK, resamples=0))
    metric.prepare(TONES, cache=cache, device="cpu", tell=_ignore)
    assert metric.evaluate(held_out).intervals == {}


def test_keeps_to_the_interface(cache: Path) -> None:
    options = {"neighbours": 2, "resamples": 20, "real_samples": 60, "classifier": {"dim": 2, "epochs": 1}}
    dataset = HarmonicTones(HarmonicTonesOptions(windows=60, classes=3))
    check_metric(PrecisionRecall, options, dataset=dataset, cache=cache)
