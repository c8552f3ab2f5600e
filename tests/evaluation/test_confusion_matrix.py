from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from audiogan.cli.classifier_tables import classifier_tables
from audiogan.evaluation.classifier import AudioClassifier, ClassifierOptions, ConfusionMatrix, TrainedClassifier
from audiogan.evaluation.classifier.confusion import confusion_csv, confusion_matrix

NAMES = ("zero", "one, or so", "two")


def _random(classes: int = 3) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
    rng = np.random.default_rng(1)
    return rng.integers(classes, size=200), rng.integers(classes, size=200)


def test_agrees_with_scikit_learn() -> None:
    labels, predicted = _random()
    matrix = confusion_matrix(NAMES, labels, predicted)
    np.testing.assert_array_equal(matrix.counts, metrics.confusion_matrix(labels, predicted))
    assert matrix.windows == 200
    assert matrix.accuracy == pytest.approx(metrics.accuracy_score(labels, predicted), rel=1e-12)
    np.testing.assert_allclose(
        [recall for recall in matrix.recalls if recall is not None],
        metrics.recall_score(labels, predicted, average=None),
    )


def test_chance_is_the_share_of_the_commonest_class() -> None:
    matrix = ConfusionMatrix(NAMES, ((1, 2, 3), (1, 0, 0), (0, 0, 3)))
    assert matrix.chance == pytest.approx(0.6)
    assert matrix.accuracy == pytest.approx(0.4)
    assert matrix.recalls == (1 / 6, 0.0, 1.0)


@pytest.mark.parametrize(("right", "windows"), [(0, 1), (1, 1), (297, 300), (300, 300), (7, 40), (0, 25)])
def test_the_interval_is_wilsons(right: int, windows: int) -> None:
    labels = np.zeros(windows, dtype=np.int64)
    predicted = (np.arange(windows) >= right).astype(np.int64)
    expected = stats.binomtest(right, windows).proportion_ci(method="wilson")
    found = confusion_matrix(("C", "G"), labels, predicted).accuracy_interval
    np.testing.assert_allclose(found, (expected.low, expected.high), rtol=1e-9, atol=1e-12)


def test_a_class_without_windows_has_no_recall() -> None:
    matrix = confusion_matrix(NAMES, np.array([0, 0, 2]), np.array([0, 1, 2]))
    assert matrix.counts == ((1, 1, 0), (0, 0, 0), (0, 0, 1))
    assert matrix.recalls == (0.5, None, 1.0)


def test_the_csv_holds_counts_and_recalls() -> None:
    matrix = confusion_matrix(NAMES, np.array([0, 0, 2]), np.array([0, 1, 2]))
    assert list(csv.reader(io.StringIO(confusion_csv(matrix)))) == [
        ["true class", "zero", "one, or so", "two", "recall"],
        ["zero", "1", "1", "0", "0.500000"],
        ["one, or so", "0", "0", "0", ""],
        ["two", "0", "0", "1", "1.000000"],
    ]


def _classifier(matrix: ConfusionMatrix | None, classes: int) -> TrainedClassifier:
    network = AudioClassifier(ClassifierOptions(dim=1), class_count=classes, sample_rate=16000, window_length=256)
    names = tuple(f"class {i}" for i in range(classes))
    return TrainedClassifier(network, ClassifierOptions(dim=1), names, matrix, {"held_out_split": "given"})


def test_many_classes_list_the_most_frequent_confusions() -> None:
    names = tuple(f"class {i}" for i in range(30))
    labels = np.array([3] * 5 + [4] * 3 + list(range(30)))
    predicted = np.array([7] * 5 + [8] * 3 + list(range(30)))
    recalls, confusions = classifier_tables(_classifier(confusion_matrix(names, labels, predicted), 30))
    assert recalls.rows[3] == ("class 3", "6", "16.7%")
    assert list(confusions.rows) == [("class 3", "class 7", "5"), ("class 4", "class 8", "3")]
    assert confusions.notes == ("2 of 2 pairs; all of them are in confusion.csv",)


def test_without_held_out_windows_there_is_nothing_to_show() -> None:
    assert classifier_tables(_classifier(None, 2)) == []
