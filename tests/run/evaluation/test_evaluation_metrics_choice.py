"""Which metrics are used, with which options, and what is said of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from audiogan import DataError, Dataset, Metric
from audiogan.data.cache import CACHE_VARIABLE
from audiogan.errors import PluginError, SpecError
from audiogan.evaluation.classifier import ClassifierOptions
from audiogan.evaluation.classifier.cache import classifier_folder
from audiogan.evaluation.classifier.choice import ClassifierChoice
from audiogan.run.evaluation.metrics import PreparedMetrics, metric_specs, prepared_metrics
from audiogan.spec import ComponentSpec
from audiogan_metrics.frechet_distance import FrechetDistance
from audiogan_metrics.inception_score import InceptionScore
from audiogan_metrics.ndb import NDB
from audiogan_metrics.nearest_neighbours import NearestNeighbours
from audiogan_metrics.precision_recall import PrecisionRecall
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions
from tests.run.evaluation.stand_in_metrics import Level, LevelOptions, Peak, Recognition, registry_of

ALL = registry_of(level=Level, peak=Peak, recognition=Recognition)
LABELLED = HarmonicTones(HarmonicTonesOptions(windows=4, window_length=64))
UNLABELLED = HarmonicTones(HarmonicTonesOptions(windows=4, window_length=64, classes=0))


def _prepared(
    dataset: Dataset = LABELLED, *, named: tuple[str, ...] = (), listed: tuple[ComponentSpec, ...] = (), **changes: Any
) -> tuple[PreparedMetrics, list[str]]:
    told: list[str] = []
    classifier = changes.get("classifier")
    registry = changes.get("registry", ALL)
    specs = metric_specs(named, listed=listed, classifier=classifier, registry=registry)
    arguments = {"samples": 60, "classifier": classifier, "device": "cpu", "registry": registry, **changes}
    return prepared_metrics(specs, dataset, named=bool(named), tell=told.append, **arguments), told


def test_every_metric_that_applies_is_used() -> None:
    prepared, told = _prepared()
    assert list(prepared.metrics) == ["level", "peak", "recognition"]
    (cost,) = told
    assert cost.startswith(
        "a classifier is trained first, and kept: dim 128, 4 windows, at most 60 epochs (on this CPU"
    )
    assert "--metric-set recognition.classifier.dim=16" in cost


def test_a_classifier_that_is_kept_is_not_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    classifier_folder(LABELLED, ClassifierOptions(), tmp_path).mkdir(parents=True)
    assert _prepared()[1] == []


def test_without_labels_those_that_need_them_are_left_out() -> None:
    prepared, told = _prepared(UNLABELLED)
    assert list(prepared.metrics) == ["level", "peak"]
    assert prepared.left_out == {"recognition": "the dataset has no labels"}
    assert told == ["recognition is left out: the dataset has no labels"]


def test_the_way_out_is_an_option_of_the_command() -> None:
    prepared, _ = _prepared(UNLABELLED, registry=registry_of(level=Level, score=InceptionScore), samples=200)
    assert prepared.left_out["score"].endswith("or give the metric a classifier trained elsewhere with --classifier")
    with pytest.raises(DataError, match=r"trained elsewhere with --classifier$"):
        _prepared(UNLABELLED, registry=registry_of(score=InceptionScore), named=("score",), samples=200)


def test_too_few_windows_leave_a_metric_out_with_the_number_needed() -> None:
    prepared, _ = _prepared(samples=49)
    assert prepared.left_out == {"peak": "metric 'peak' needs at least 50 windows, and there are 49"}
    assert list(_prepared(samples=50)[0].metrics) == ["level", "peak", "recognition"]


@pytest.mark.parametrize(
    ("metric", "options", "needed", "way_out"),
    [
        (InceptionScore, {"splits": 7}, "70", "'splits'"),
        (InceptionScore, {"protocol": "wavegan"}, "50,000", "'protocol'"),
        (NDB, {"bins": 12}, "60", "'bins'"),
        (NearestNeighbours, {"examples": 90}, "90", "'examples'"),
        (PrecisionRecall, {"neighbours": 6}, "60", "'neighbours'"),
        (FrechetDistance, {"classifier": ClassifierOptions(dim=64), "resamples": 0}, "65", "'classifier.dim'"),
    ],
)
def test_too_few_windows_are_told_with_the_option_that_asks_for_them(
    metric: type[Metric], options: dict[str, Any], needed: str, way_out: str
) -> None:
    spec = ComponentSpec("score", metric.options_class(**options))
    prepared, _ = _prepared(registry=registry_of(level=Level, score=metric), listed=(spec,), samples=40)
    assert prepared.left_out == {
        "score": f"metric 'score' needs at least {needed} windows, and there are 40: raise their number, or have the "
        f"metric ask for fewer by its {way_out}"
    }


def test_a_metric_that_cannot_be_prepared_is_left_out() -> None:
    unlucky = ComponentSpec("recognition", ClassifierChoice(classifier=ClassifierOptions(dim=13)))
    prepared, _ = _prepared(listed=(unlucky,))
    assert prepared.left_out == {"recognition": "the classifier has bad luck"}


def test_a_metric_that_was_asked_for_is_an_error_instead() -> None:
    with pytest.raises(DataError, match="no labels"):
        _prepared(UNLABELLED, named=("level", "recognition"))
    with pytest.raises(DataError, match="'peak' needs at least 50 windows, and there are 49"):
        _prepared(named=("peak",), samples=49)
    with pytest.raises(PluginError, match="did you mean 'level'"):
        _prepared(named=("levl",))
    assert list(_prepared(UNLABELLED, named=("level", "level"))[0].metrics) == ["level"]


def test_where_none_is_left_all_reasons_are_told() -> None:
    registry = registry_of(peak=Peak, recognition=Recognition)
    specs = metric_specs((), listed=(), classifier=None, registry=registry)
    with pytest.raises(DataError, match=r"no metric can be used:\n  peak: .*50 windows.*\n  recognition: .*no labels"):
        prepared_metrics(
            specs,
            UNLABELLED,
            samples=2,
            named=False,
            classifier=None,
            device="cpu",
            registry=registry,
            tell=lambda line: None,
        )


def test_a_given_classifier_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(DataError, match="digits: fits nothing"):
        _prepared(classifier=Path("digits"))


def test_options_are_those_of_the_experiment_and_its_classifier_is_shared() -> None:
    choice = ClassifierChoice(classifier=ClassifierOptions(dim=7))
    listed = ComponentSpec("level", LevelOptions(scale=3.0))
    heard = ComponentSpec("recognition", choice)
    registry = registry_of(level=Level, recognition=Recognition, again=Recognition)
    specs = metric_specs((), listed=(listed, heard), classifier=None, registry=registry)
    options = {spec.type: spec.options for spec in specs}
    assert options == {"again": choice, "level": LevelOptions(scale=3.0), "recognition": choice}
    given = metric_specs((), listed=(listed, heard), classifier=Path("digits"), registry=registry)
    with_path = evolve(choice, classifier_path="digits")
    assert {spec.type: spec.options for spec in given} == {
        "again": with_path,
        "level": LevelOptions(scale=3.0),
        "recognition": with_path,
    }


def test_options_are_set_from_the_command_line() -> None:
    listed = (ComponentSpec("recognition", ClassifierChoice(classifier=ClassifierOptions(dim=7, epochs=3))),)
    options = ("recognition.classifier.dim=9", "level.scale=2.5", "recognition.classifier.epochs=4")
    specs = metric_specs((), listed=listed, options=options, classifier=None, registry=ALL)
    assert {spec.type: spec.options for spec in specs} == {
        "level": LevelOptions(scale=2.5),
        "peak": LevelOptions(),
        "recognition": ClassifierChoice(classifier=ClassifierOptions(dim=9, epochs=4)),
    }


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("level", "--metric-set level: must have the form NAME.KEY=VALUE"),
        ("scale=3", "--metric-set scale=3: must have the form"),
        ("levl.scale=3", "--metric-set levl: no such metric is used; did you mean 'level'"),
        ("level.scale=loud", "--metric-set: metric 'level': scale"),
        ("level.size=3", "--metric-set: metric 'level': .*size"),
    ],
)
def test_options_that_cannot_be_set_are_refused(option: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        metric_specs((), listed=(), options=(option,), classifier=None, registry=ALL)


def test_two_metrics_with_one_figure_are_refused_before_anything_is_prepared() -> None:
    class Named(Level):
        def figure_names(self) -> tuple[str, ...]:
            return ("level",)

    Level.prepared.clear()
    registry = registry_of(one=Named, two=Named)
    with pytest.raises(SpecError, match=r"metrics 'one' and 'two' both give the figure 'level'.*--metric"):
        _prepared(registry=registry)
    assert Level.prepared == []
