from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import torch
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from audiogan import DataError
from audiogan.errors import CheckpointError
from audiogan.evaluation.classifier import ClassifierOptions, TrainedClassifier, train_classifier
from audiogan.evaluation.features import ClassifierFeatures, by_content, classifier_features
from audiogan.evaluation.features.by_content import features_key
from audiogan.evaluation.features.extraction import extract_features
from audiogan.evaluation.features.recent import RecentFeatures
from audiogan.evaluation.features.stored import read_features, write_features
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions

LENGTH = 2048
TONES = HarmonicTonesOptions(windows=30, classes=3, window_length=LENGTH)
QUICK = ClassifierOptions(dim=3, epochs=1, batch_size=8)


def _ignore(line: str) -> None:
    pass


def _noise(count: int, seed: int = 0, *, channels: int = 1) -> Tensor:
    return torch.rand(count, channels, LENGTH, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def _equal(ours: ClassifierFeatures, theirs: ClassifierFeatures) -> bool:
    return np.array_equal(ours.pooled, theirs.pooled) and np.array_equal(ours.probabilities, theirs.probabilities)


@pytest.fixture(scope="module")
def classifier() -> TrainedClassifier:
    return train_classifier(HarmonicTones(TONES), QUICK, device="cpu", tell=_ignore)


@pytest.fixture(autouse=True)
def recent(monkeypatch: pytest.MonkeyPatch) -> RecentFeatures:
    """A memory of its own for each test."""
    memory = RecentFeatures(by_content.MEMORY_BYTES)
    monkeypatch.setattr(by_content, "_recent", memory)
    return memory


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many waveforms each pass of the classifier heard."""
    heard: list[int] = []

    def counted(waveforms: Tensor, classifier: TrainedClassifier) -> ClassifierFeatures:
        heard.append(len(waveforms))
        return extract_features(waveforms, classifier)

    monkeypatch.setattr(by_content, "extract_features", counted)
    return heard


@pytest.mark.parametrize(("count", "channels"), [(1, 1), (33, 1), (32, 2)])
def test_one_pass_gives_probabilities_and_the_mean_of_the_last_block(
    classifier: TrainedClassifier, count: int, channels: int
) -> None:
    waveforms = _noise(count, channels=channels)
    features = classifier_features(waveforms, classifier, cache=None)
    np.testing.assert_allclose(features.probabilities, classifier.probabilities(waveforms), rtol=1e-12)
    maps: list[Tensor] = []
    last = classifier.network.convolutions[-1]
    handle = last.register_forward_hook(lambda module, given, made: maps.append(made.detach()))
    with torch.no_grad():
        classifier.network(waveforms)
    handle.remove()
    pooled = torch.nn.functional.max_pool2d(maps[0].relu(), 2, ceil_mode=True).double().mean(dim=(2, 3))
    assert features.pooled.dtype == np.float32
    np.testing.assert_allclose(features.pooled, pooled.numpy(), rtol=1e-5)
    assert len(features) == count


def test_metrics_that_ask_for_the_same_waveforms_share_one_pass(
    classifier: TrainedClassifier, tmp_path: Path, passes: list[int]
) -> None:
    waveforms = _noise(5)
    first = classifier_features(waveforms, classifier, cache=tmp_path)
    assert classifier_features(waveforms.clone(), classifier, cache=tmp_path) is first
    assert classifier_features(waveforms, classifier, cache=None) is first
    assert passes == [5]


def test_the_next_run_reads_them_from_the_cache(
    classifier: TrainedClassifier, tmp_path: Path, passes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = classifier_features(_noise(5), classifier, cache=tmp_path)
    monkeypatch.setattr(by_content, "_recent", RecentFeatures(by_content.MEMORY_BYTES))
    assert _equal(classifier_features(_noise(5), classifier, cache=tmp_path), first)
    assert passes == [5]


def test_a_sample_the_order_the_shape_and_the_classifier_make_a_difference(classifier: TrainedClassifier) -> None:
    waveforms = _noise(4, channels=2)
    changed = waveforms.clone()
    changed[3, 1, 2047] += 1e-7
    other = evolve(classifier, protocol={"epoch": 99})
    keys = {
        features_key(waveforms, classifier),
        features_key(changed, classifier),
        features_key(waveforms.flip(0), classifier),
        features_key(waveforms.reshape(8, 1, LENGTH), classifier),
        features_key(waveforms[:3], classifier),
        features_key(waveforms, other),
    }
    assert len(keys) == 6


def test_layout_and_a_wider_type_make_none(classifier: TrainedClassifier, passes: list[int]) -> None:
    waveforms = _noise(6)
    turned = waveforms.permute(2, 1, 0).contiguous().permute(2, 1, 0)
    assert not turned.is_contiguous()
    first = classifier_features(waveforms, classifier, cache=None)
    assert classifier_features(turned, classifier, cache=None) is first
    assert classifier_features(waveforms.double(), classifier, cache=None) is first
    assert passes == [6]


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "other"])
def test_a_damaged_file_is_told_of_and_replaced(
    classifier: TrainedClassifier,
    tmp_path: Path,
    passes: list[int],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    damage: str,
) -> None:
    first = classifier_features(_noise(5), classifier, cache=tmp_path)
    (path,) = (tmp_path / "features").iterdir()
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
    elif damage == "cut":
        del content[-1]
    elif damage == "empty":
        content.clear()
    else:
        write_features(tmp_path, "other", first, limit_bytes=2**20)
        content = bytearray((tmp_path / "other.features").read_bytes())
    path.write_bytes(content)
    for expected in (1, 0):
        monkeypatch.setattr(by_content, "_recent", RecentFeatures(by_content.MEMORY_BYTES))
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="audiogan"):
            assert _equal(classifier_features(_noise(5), classifier, cache=tmp_path), first)
        assert len(caplog.messages) == expected
        assert all(f"{path}: damaged" in message for message in caplog.messages)
    assert passes == [5, 5]


def test_a_cache_that_cannot_be_written_costs_a_word(
    classifier: TrainedClassifier, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "features").write_text("in the way")
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        features = classifier_features(_noise(5), classifier, cache=tmp_path)
    assert len(features) == 5
    assert any("not kept for later" in message for message in caplog.messages)


def test_waveforms_that_are_not_finite_are_counted(classifier: TrainedClassifier, tmp_path: Path) -> None:
    waveforms = _noise(10)
    waveforms[3, 0, 5], waveforms[4, 0, 6] = np.nan, -np.inf
    with pytest.raises(DataError, match="2 of 10 waveforms hold values that are not finite"):
        classifier_features(waveforms, classifier, cache=tmp_path)
    with pytest.raises(DataError, match="no waveforms"):
        classifier_features(waveforms[:0], classifier, cache=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_windows_of_another_length_are_refused(classifier: TrainedClassifier) -> None:
    with pytest.raises(ValueError, match=r"\(2, 1, 100\)"):
        classifier_features(torch.zeros(2, 1, 100), classifier, cache=None)


def test_what_is_shared_cannot_be_changed(classifier: TrainedClassifier) -> None:
    features = classifier_features(_noise(2), classifier, cache=None)
    with pytest.raises(ValueError, match="read-only"):
        features.pooled[0] = 0


def _made_up(value: float) -> ClassifierFeatures:
    return ClassifierFeatures(np.full((4, 2), value), np.full((4, 8), value, dtype=np.float32))


def test_memory_lets_go_of_what_was_not_asked_for_the_longest() -> None:
    memory = RecentFeatures(limit_bytes=3 * (4 * 2 * 8 + 4 * 8 * 4))
    for name in "abc":
        memory.put(name, _made_up(1.0))
    assert memory.get("a") is not None
    memory.put("d", _made_up(1.0))
    assert [name for name in "abcd" if memory.get(name) is not None] == ["a", "c", "d"]
    assert memory.bytes == 576


def test_files_that_were_not_read_the_longest_go_first(tmp_path: Path) -> None:
    write_features(tmp_path, "a", _made_up(1.0), limit_bytes=2**20)
    size = (tmp_path / "a.features").stat().st_size
    for age, name in enumerate("bc"):
        write_features(tmp_path, name, _made_up(2.0), limit_bytes=2**20)
        os.utime(tmp_path / f"{name}.features", (1_000 - age, 1_000 - age))
    os.utime(tmp_path / "a.features", (1, 1))
    assert read_features(tmp_path, "a") is not None
    write_features(tmp_path, "d", _made_up(3.0), limit_bytes=3 * size)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.features", "b.features", "d.features"]
    assert read_features(tmp_path, "c") is None


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=200), sealed=st.booleans())
def test_whatever_a_file_holds_is_refused_in_words(content: bytes, sealed: bool) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "key.features"
        checksum = hashlib.sha256(b"key" + hashlib.sha256(content).digest()).digest()
        path.write_bytes(content + checksum if sealed else content)
        with pytest.raises(CheckpointError, match=r"key\.features: (damaged|not features)"):
            read_features(Path(name), "key")
