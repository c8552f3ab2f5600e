from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
import torch
from attrs import evolve
from torch import Tensor

from audiogan import DataError, Dataset, Window
from audiogan.errors import DamagedDataError
from audiogan.evaluation.classifier import AudioClassifier, ClassifierOptions
from audiogan.evaluation.classifier.split import split_windows
from audiogan.evaluation.real_windows import (
    WindowSubset,
    divide_windows,
    judged_waveforms,
    reference_waveforms,
)
from audiogan.testing import NoiseDataset, NoiseDatasetOptions
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions

FIXED = NoiseDatasetOptions(windows=30, window_length=64)
RANDOM = HarmonicTonesOptions(windows=3, classes=3, window_length=64)


class NothingHeldOut(NoiseDataset):
    def held_out(self) -> Any:
        return None


class Clicks(NoiseDataset):
    """Windows that are all alike but one."""

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        return Window(np.full((1, self.window_length), float(index == 2), dtype=np.float32), 0)


class Damaged(NoiseDataset):
    """Windows that cannot be read from the third on."""

    on_error = "skip"

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        if index >= 3:
            raise DamagedDataError(f"take {index}.wav: cut off")
        return super().window(index, rng=rng)


def _all(dataset: Dataset, count: int, seed: int = 0) -> Tensor:
    return torch.cat(list(reference_waveforms(dataset, count, seed=seed)))


def _rows(waveforms: Tensor) -> set[bytes]:
    return {waveform.numpy().tobytes() for waveform in waveforms}


def test_what_the_dataset_holds_out_is_judged_against_all_the_rest() -> None:
    dataset = NoiseDataset(FIXED)
    divided = divide_windows(dataset)
    assert divided.reference is dataset
    assert (len(divided.judged), divided.judged_origin) == (15, "held out")


@pytest.mark.parametrize(("windows", "judged"), [(2, 1), (14, 1), (30, 3), (107, 11)])
def test_where_nothing_is_held_out_a_tenth_is(windows: int, judged: int) -> None:
    divided = divide_windows(NothingHeldOut(evolve(FIXED, windows=windows)))
    sides = _rows(_all(divided.reference, 1_000)), _rows(_all(divided.judged, 1_000))
    assert [len(side) for side in sides] == [windows - judged, judged]
    assert not sides[0] & sides[1]
    again = divide_windows(NothingHeldOut(evolve(FIXED, windows=windows)))
    assert again.judged.fingerprint() == divided.judged.fingerprint()
    assert again.judged.fingerprint() != divided.reference.fingerprint()


def test_the_tenth_is_the_one_that_the_classifier_was_not_trained_on() -> None:
    dataset = NothingHeldOut(evolve(FIXED, windows=60, window_length=2048))
    options = ClassifierOptions(dim=1)
    network = AudioClassifier(options, class_count=2, sample_rate=16_000, window_length=2048)
    split = split_windows(dataset, network, options, tell=lambda line: None)
    judged = network.features(_all(divide_windows(dataset).judged, 1_000))
    assert _rows(judged) == _rows(split.held_out.features)


def test_a_single_window_is_both_sides() -> None:
    divided = divide_windows(NothingHeldOut(evolve(FIXED, windows=1)))
    assert len(divided.reference) == len(divided.judged) == 1


def test_each_window_is_taken_once_in_an_order_of_the_seed() -> None:
    dataset = NoiseDataset(FIXED)
    everything = _all(dataset, 1_000)
    assert everything.shape == (30, 1, 64)
    assert len(_rows(everything)) == 30
    assert torch.equal(_all(dataset, 1_000), everything)
    assert not torch.equal(_all(dataset, 1_000, seed=1), everything)
    assert _rows(_all(dataset, 1_000, seed=1)) == _rows(everything)
    assert torch.equal(_all(dataset, 7), everything[:7])


def test_windows_that_start_at_random_are_drawn_until_there_are_enough() -> None:
    waveforms = _all(HarmonicTones(RANDOM), 50)
    assert waveforms.shape == (50, 1, 64)
    assert len(_rows(waveforms)) == 50


@pytest.mark.parametrize(("fixed", "taken"), [(0, 100), (2, 100), (3, 20), (19, 20)])
def test_a_few_windows_that_start_at_random_do_not_outweigh_the_others(fixed: int, taken: int) -> None:
    class PartlyRandom(HarmonicTones):
        def window(self, index: int, *, rng: np.random.Generator) -> Window:
            return super().window(index, rng=np.random.default_rng(0) if index < fixed else rng)

    waveforms = _all(PartlyRandom(evolve(RANDOM, windows=20)), 100)
    assert len(waveforms) == len(_rows(waveforms)) == taken


def test_many_windows_come_in_parts() -> None:
    dataset = NoiseDataset(evolve(FIXED, windows=2_500, window_length=8))
    parts = list(reference_waveforms(dataset, 2_100, seed=0))
    assert [len(part) for part in parts] == [1_024, 1_024, 52]
    assert len(_rows(torch.cat(parts))) == 2_100


def test_windows_that_are_alike_by_themselves_stay_as_often_as_they_are() -> None:
    waveforms = _all(Clicks(evolve(FIXED, windows=5)), 100)
    assert sorted(waveforms[:, 0, 0].tolist()) == [0, 0, 0, 0, 1]


def test_judged_windows_are_never_repeated() -> None:
    dataset = NoiseDataset(evolve(FIXED, windows=10))
    different = _all(dataset, 1_000)
    assert torch.equal(judged_waveforms(dataset, 100, seed=0), different)
    assert torch.equal(judged_waveforms(dataset, 4, seed=0), different[:4])
    assert len(different) == 10


def test_damaged_windows_are_passed_over_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    dataset = Damaged(evolve(FIXED, windows=5))
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        assert len(_rows(_all(dataset, 100))) == 3
    assert "real windows: 2 of 5 windows are damaged and were passed over" in caplog.messages
    with pytest.raises(DataError):
        _all(WindowSubset(dataset, [3, 4]), 100)
    dataset.on_error = "stop"
    with pytest.raises(DamagedDataError, match=r"take \d.wav: cut off"):
        _all(dataset, 100)


def test_an_empty_dataset_is_refused() -> None:
    with pytest.raises(DataError, match="no windows"):
        list(reference_waveforms(WindowSubset(NoiseDataset(FIXED), []), 5, seed=0))


def test_memory_is_taken_for_the_windows_that_there_are() -> None:
    waveforms = judged_waveforms(NoiseDataset(FIXED), 2**62, seed=3)
    assert waveforms.shape == (30, 1, 64)
    torch.testing.assert_close(waveforms, judged_waveforms(NoiseDataset(FIXED), 30, seed=3), rtol=0, atol=0)
    assert len(judged_waveforms(NoiseDataset(evolve(FIXED, windows=2500)), 2**62, seed=3)) == 2500


def test_a_subset_is_a_dataset() -> None:
    subset = WindowSubset(NoiseDataset(FIXED), [4, 2, 9])
    assert len(subset) == 3
    whole = NoiseDataset(FIXED)
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(subset.window(1, rng=rng).waveform, whole.window(2, rng=rng).waveform)
    assert (subset.class_names, subset.sample_rate, subset.on_error) == (("soft", "loud"), 16_000, "stop")
    assert subset.held_out() is None
    fingerprints = {WindowSubset(whole, rows).fingerprint() for rows in ([4, 2, 9], [2, 4, 9], [4, 2])}
    assert len({*fingerprints, whole.fingerprint()}) == 4
