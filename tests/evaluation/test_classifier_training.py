from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from attrs import evolve

from audiogan import DataError, Dataset, Window
from audiogan.errors import TrainingError
from audiogan.evaluation.classifier import ClassifierOptions, TrainedClassifier, train_classifier
from audiogan.evaluation.classifier.features import labelled_features
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.evaluation.classifier.split import split_windows
from audiogan.evaluation.progress import Progress
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions

EASY = HarmonicTonesOptions(windows=90, classes=3, octaves=1, window_length=2048)
QUICK = ClassifierOptions(dim=8, epochs=12, batch_size=16, learning_rate=3e-3)


def _ignore(line: str) -> None:
    pass


def _trained(dataset: Dataset, options: ClassifierOptions, tell: Callable[[str], None] = _ignore) -> TrainedClassifier:
    return train_classifier(dataset, options, device="cpu", tell=tell)


@pytest.fixture(scope="module")
def classifier() -> TrainedClassifier:
    return _trained(HarmonicTones(EASY, held_out_windows=40), QUICK)


class _Relabelled(HarmonicTones):
    """The same tones with labels replaced by ``label_of(index, label)``."""

    def __init__(self, options: HarmonicTonesOptions, label_of: Callable[[int, int], int | None]) -> None:
        super().__init__(options)
        self._label_of = label_of

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        window = super().window(index, rng=rng)
        assert window.label is not None
        return Window(window.waveform, self._label_of(index, window.label))


def test_learns_the_pitch_class(classifier: TrainedClassifier) -> None:
    assert classifier.held_out_accuracy is not None
    assert classifier.held_out_accuracy >= 0.7
    assert classifier.class_names == ("C", "E", "G#")
    assert (classifier.protocol["training_windows"], classifier.protocol["validation_windows"]) == (81, 9)
    assert classifier.protocol["held_out_windows"] == 40
    assert classifier.protocol["held_out_split"] == "given by the dataset"


def test_the_stated_accuracy_is_that_of_the_returned_weights(classifier: TrainedClassifier) -> None:
    held_out = HarmonicTones(EASY, held_out_windows=40).held_out()
    assert held_out is not None
    windows = [held_out.window(i, rng=np.random.default_rng([0, 0, i])) for i in range(40)]
    probabilities = classifier.probabilities(torch.from_numpy(np.stack([window.waveform for window in windows])))
    right = [int(row.argmax()) == window.label for row, window in zip(probabilities, windows, strict=True)]
    assert classifier.held_out_accuracy == pytest.approx(np.mean(right))
    assert classifier.confusion is not None
    for true, row in enumerate(classifier.confusion.counts):
        named = [int(p.argmax()) for p, window in zip(probabilities, windows, strict=True) if window.label == true]
        assert list(row) == [named.count(other) for other in range(3)]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-12)


def test_probabilities_do_not_depend_on_the_batch_size(classifier: TrainedClassifier) -> None:
    waveforms = torch.rand(7, 1, 2048, generator=torch.Generator().manual_seed(0)) - 0.5
    np.testing.assert_allclose(
        classifier.probabilities(waveforms, batch_size=3), classifier.probabilities(waveforms), atol=1e-6
    )


def test_the_same_options_give_the_same_weights_and_leave_the_random_state_alone(
    classifier: TrainedClassifier,
) -> None:
    torch.manual_seed(99)
    before = torch.get_rng_state()
    again = _trained(HarmonicTones(EASY, held_out_windows=40), QUICK)
    assert torch.equal(torch.get_rng_state(), before)
    assert again.content_hash == classifier.content_hash
    other = _trained(HarmonicTones(EASY, held_out_windows=40), evolve(QUICK, seed=1, epochs=1))
    assert other.content_hash != classifier.content_hash


def test_a_tenth_is_held_out_by_the_seed_where_the_dataset_sets_nothing_aside() -> None:
    trained = _trained(HarmonicTones(EASY), evolve(QUICK, epochs=1))
    counts = [trained.protocol[f"{part}_windows"] for part in ("training", "validation", "held_out")]
    assert counts == [73, 8, 9]
    assert trained.protocol["held_out_split"] == "10% of the windows, by the seed"


def test_progress_is_told_line_by_line() -> None:
    lines: list[str] = []
    _trained(HarmonicTones(EASY), evolve(QUICK, epochs=2), lines.append)
    assert lines[0] == "classifier: training on 73 windows of 3 classes, 8 for validation, 9 held out"
    assert [line[:27] for line in lines[1:]] == ["classifier: epoch 1 of 2: l", "classifier: epoch 2 of 2: l"]


def test_the_budget_of_steps_ends_the_training() -> None:
    lines: list[str] = []
    _trained(HarmonicTones(EASY), evolve(QUICK, epochs=100, steps=5), lines.append)
    assert len(lines) == 1 + 2  # four batches of 16 in an epoch of 73 windows, the fifth in the second


def test_training_stops_early_when_the_accuracy_stands_still() -> None:
    lines: list[str] = []
    # every validation window is right or wrong for good: with a rate of zero nothing changes
    trained = _trained(HarmonicTones(EASY), evolve(QUICK, epochs=50, patience=2, learning_rate=0.0), lines.append)
    assert len(lines) < 1 + 50
    assert trained.protocol["epoch"] == len(lines) - 1 - 2


def test_held_out_windows_choose_nothing() -> None:
    """Another held-out part gives the same weights: neither the epoch nor the end of training depends on it."""
    one = _trained(HarmonicTones(EASY, held_out_windows=40), evolve(QUICK, epochs=6, patience=2))
    other = _trained(HarmonicTones(EASY, held_out_windows=7), evolve(QUICK, epochs=6, patience=2))
    assert one.protocol["epoch"] == other.protocol["epoch"]
    assert one.weights() == other.weights()
    assert (one.protocol["held_out_windows"], other.protocol["held_out_windows"]) == (40, 7)


def test_the_three_parts_share_no_window() -> None:
    network = AudioClassifier(QUICK, class_count=3, sample_rate=16000, window_length=2048)

    class Numbered(HarmonicTones):
        def window(self, index: int, *, rng: np.random.Generator) -> Window:
            return Window(np.full((1, 2048), index / 100, dtype=np.float32), index % 3)

    split = split_windows(Numbered(EASY), network, evolve(QUICK, validation_share=0.2), tell=_ignore)
    parts = [*split.passes, split.validation, split.held_out]
    heard = [{tuple(row.flatten().tolist()) for row in part.features} for part in parts]
    assert [len(part) for part in heard] == [65, 65, 65, 65, 16, 9]
    assert all(turn == heard[0] for turn in heard[:4])
    assert len(heard[0] | heard[4] | heard[5]) == 90


def test_every_batch_is_watched() -> None:
    seen: list[Progress] = []
    train_classifier(HarmonicTones(EASY), evolve(QUICK, epochs=2), device="cpu", tell=_ignore, watch=seen.append)
    reading = [progress for progress in seen if progress.activity == "reading windows"]
    assert [progress.done for progress in reading] == [0, 73, 146, 219, 292, 300, 309]
    assert {progress.total for progress in reading} == {309}
    batches = [(progress.activity, progress.done, progress.total) for progress in seen[len(reading) :]]
    assert batches == [(f"epoch {epoch} of 2", done, 4) for epoch in (1, 2) for done in (1, 2, 3, 4)]


def test_unlabelled_windows_are_left_out() -> None:
    dataset = _Relabelled(EASY, lambda index, label: label if index % 3 else None)
    trained = _trained(dataset, evolve(QUICK, epochs=1))
    assert sum(trained.protocol[f"{part}_windows"] for part in ("training", "validation", "held_out")) == 60


def test_features_do_not_depend_on_what_else_is_drawn() -> None:
    network = AudioClassifier(QUICK, class_count=3, sample_rate=16000, window_length=2048)
    every = labelled_features(HarmonicTones(EASY), network, range(90), seed=4, turn=0)
    some = labelled_features(HarmonicTones(EASY), network, [77, 5], seed=4, turn=0)
    torch.testing.assert_close(some.features, every.features[[77, 5]])
    assert some.labels.tolist() == every.labels[[77, 5]].tolist()


def test_each_pass_draws_other_windows_of_the_same_labels() -> None:
    network = AudioClassifier(QUICK, class_count=3, sample_rate=16000, window_length=2048)
    split = split_windows(HarmonicTones(EASY), network, evolve(QUICK, passes=3), tell=_ignore)
    assert [len(windows) for windows in split.passes] == [73, 73, 73]
    assert all(torch.equal(windows.labels, split.passes[0].labels) for windows in split.passes)
    changes = [(a.features - b.features).abs().mean() for a, b in pairwise(split.passes)]
    assert all(change > 0.1 for change in changes)


def test_a_dataset_too_large_for_the_memory_is_thinned() -> None:
    long = evolve(EASY, windows=40, window_length=16384)  # 64 KiB of features a window
    network = AudioClassifier(QUICK, class_count=3, sample_rate=16000, window_length=16384)
    lines: list[str] = []

    def split(memory_mib: int) -> list[int]:
        found = split_windows(
            HarmonicTones(long), network, evolve(QUICK, feature_memory_mib=memory_mib), tell=lines.append
        )
        return [len(windows) for windows in found.passes]

    assert split(1) == [16]
    assert lines == ["classifier: 16 of 32 windows are used, as many as fit in feature_memory_mib"]
    assert split(5) == [32, 32]
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (HarmonicTones(evolve(EASY, classes=0)), "has no labels to train a classifier on.*classifier_path"),
        (HarmonicTones(evolve(EASY, classes=1)), "the single class 'C'.*at least two"),
        (
            HarmonicTones(evolve(EASY, windows=6)),
            "4 labelled windows .* 1 for validation and 1 held out: at least 6, 1 and 1 are needed",
        ),
        (HarmonicTones(evolve(EASY, windows=0)), "0 labelled windows .* use more recordings or shorter windows"),
        (_Relabelled(EASY, lambda index, label: None), "0 labelled windows"),
        (_Relabelled(EASY, lambda index, label: 1), "all 73 labelled windows have the same label"),
        (_Relabelled(EASY, lambda index, label: index), "window 3 .* label 3, but there are 3 class names"),
    ],
)
def test_a_dataset_that_cannot_train_a_classifier_is_refused(dataset: Dataset, message: str) -> None:
    with pytest.raises(DataError, match=message):
        _trained(dataset, QUICK)


def test_a_window_that_is_not_finite_is_named() -> None:
    class Broken(HarmonicTones):
        def window(self, index: int, *, rng: np.random.Generator) -> Window:
            window = super().window(index, rng=rng)
            return Window(window.waveform * (np.float32(np.nan) if index == 7 else 1), window.label)

    with pytest.raises(DataError, match="window 7 of the dataset holds values that are not finite"):
        _trained(Broken(EASY), QUICK)


def test_a_held_out_part_of_other_classes_is_refused() -> None:
    class Mismatched(HarmonicTones):
        def held_out(self) -> Dataset:
            return HarmonicTones(evolve(EASY, classes=2))

    with pytest.raises(DataError, match=r"held-out part has class_names \('C', 'F#'\), the dataset itself \('C', 'E'"):
        _trained(Mismatched(EASY), QUICK)


def test_a_loss_that_is_not_finite_is_told() -> None:
    class Loud(HarmonicTones):
        def window(self, index: int, *, rng: np.random.Generator) -> Window:
            window = super().window(index, rng=rng)
            return Window(window.waveform * np.float32(1e38), window.label)

    with pytest.raises(TrainingError, match=r"the classifier's loss is nan: .* waveforms lie in \[-1, 1\]"):
        _trained(Loud(EASY), QUICK)
