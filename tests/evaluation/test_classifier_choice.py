from __future__ import annotations

import gc
from pathlib import Path

import pytest
from attrs import evolve

from audiogan import DataError
from audiogan.errors import CheckpointError
from audiogan.evaluation.classifier import ClassifierOptions, TrainedClassifier, save_classifier, train_classifier
from audiogan.evaluation.classifier.choice import ClassifierChoice, check_choice, chosen_classifier
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions

TONES = HarmonicTonesOptions(windows=30, classes=3, window_length=2048)
QUICK = ClassifierOptions(dim=2, epochs=1, batch_size=8)


def _ignore(line: str) -> None:
    pass


def _chosen(choice: ClassifierChoice, cache: Path, told: list[str]) -> TrainedClassifier:
    return chosen_classifier(choice, HarmonicTones(TONES), cache=cache, device="cpu", tell=told.append)


def test_metrics_that_choose_alike_share_one_object(tmp_path: Path) -> None:
    told: list[str] = []
    first = _chosen(ClassifierChoice(classifier=QUICK), tmp_path, told)
    lines = len(told)
    assert _chosen(ClassifierChoice(classifier=evolve(QUICK)), tmp_path, told) is first
    assert len(told) == lines
    other = _chosen(ClassifierChoice(classifier=evolve(QUICK, seed=1)), tmp_path, told)
    assert other.content_hash != first.content_hash


def test_it_is_let_go_with_the_last_metric_that_holds_it(tmp_path: Path) -> None:
    told: list[str] = []
    choice = ClassifierChoice(classifier=QUICK)
    content_hash = _chosen(choice, tmp_path, told).content_hash
    gc.collect()
    assert _chosen(choice, tmp_path, told).content_hash == content_hash
    assert told[-1].startswith(f"classifier from {tmp_path}")


def test_a_given_classifier_is_shared_by_content(tmp_path: Path) -> None:
    trained = train_classifier(HarmonicTones(TONES), QUICK, device="cpu", tell=_ignore)
    for name in ("one", "two"):
        save_classifier(trained, tmp_path / name)
    told: list[str] = []
    first = _chosen(ClassifierChoice(classifier_path=str(tmp_path / "one")), tmp_path, told)
    assert _chosen(ClassifierChoice(classifier_path=str(tmp_path / "two")), tmp_path, told) is first
    assert len(told) == 1
    assert first.content_hash == trained.content_hash
    assert check_choice(ClassifierChoice(classifier_path=str(tmp_path / "one")), HarmonicTones(TONES)).dim == 2


def test_what_will_not_do_is_found_before_any_work(tmp_path: Path) -> None:
    unlabelled = HarmonicTones(evolve(TONES, classes=0))
    with pytest.raises(DataError, match="no labels"):
        check_choice(ClassifierChoice(), unlabelled)
    with pytest.raises(CheckpointError, match=r"nowhere.*audiogan train-classifier"):
        check_choice(ClassifierChoice(classifier_path=str(tmp_path / "nowhere")), unlabelled)
    assert check_choice(ClassifierChoice(classifier=QUICK), HarmonicTones(TONES)) == QUICK
