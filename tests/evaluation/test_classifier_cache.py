from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from attrs import evolve

from audiogan.errors import CheckpointError
from audiogan.evaluation.classifier import (
    ClassifierOptions,
    TrainedClassifier,
    cached_classifier,
    load_classifier,
    save_classifier,
    train_classifier,
)
from audiogan.evaluation.classifier.cache import cache_key
from audiogan.evaluation.classifier.trained import hash_content
from tests.evaluation.harmonic_tones import HarmonicTones, HarmonicTonesOptions

TONES = HarmonicTonesOptions(windows=30, classes=3, window_length=2048)
QUICK = ClassifierOptions(dim=2, epochs=1, batch_size=8)


def _ignore(line: str) -> None:
    pass


@pytest.fixture(scope="module")
def classifier() -> TrainedClassifier:
    return train_classifier(HarmonicTones(TONES), QUICK, device="cpu", tell=_ignore)


@pytest.fixture
def folder(classifier: TrainedClassifier, tmp_path: Path) -> Path:
    save_classifier(classifier, tmp_path / "some" / "classifier")
    return tmp_path / "some" / "classifier"


def _cached(cache: Path, options: ClassifierOptions = QUICK) -> tuple[TrainedClassifier, list[str]]:
    lines: list[str] = []
    found = cached_classifier(HarmonicTones(TONES), options, cache=cache, device="cpu", tell=lines.append)
    return found, lines


def test_what_is_loaded_is_what_was_saved(classifier: TrainedClassifier, folder: Path) -> None:
    loaded = load_classifier(folder, device="cpu")
    waveforms = torch.rand(5, 1, 2048, generator=torch.Generator().manual_seed(0)) - 0.5
    np.testing.assert_array_equal(loaded.probabilities(waveforms), classifier.probabilities(waveforms))
    assert loaded.content_hash == classifier.content_hash
    assert (loaded.class_names, loaded.confusion) == (classifier.class_names, classifier.confusion)
    assert (loaded.options, loaded.protocol) == (classifier.options, classifier.protocol)
    assert not loaded.network.training
    assert sorted(path.name for path in folder.iterdir()) == [
        "classifier.json",
        "classifier.safetensors",
        "confusion.csv",
    ]


@pytest.mark.parametrize("name", ["classifier.json", "classifier.safetensors"])
@pytest.mark.parametrize("position", [0.02, 0.3, 0.6, 0.99])
def test_any_changed_byte_is_noticed(folder: Path, name: str, position: float) -> None:
    content = bytearray((folder / name).read_bytes())
    content[int(position * len(content))] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(CheckpointError, match="train the classifier again"):
        load_classifier(folder, device="cpu")


@pytest.mark.parametrize("name", ["classifier.json", "classifier.safetensors"])
def test_a_missing_or_truncated_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:-40])
    with pytest.raises(CheckpointError, match=name):
        load_classifier(folder, device="cpu")
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=rf"{name}: cannot be read \(No such file"):
        load_classifier(folder, device="cpu")


@pytest.mark.parametrize("text", ["", "[]", "null", '{"format": 0}', "{}", "\xff"])
def test_a_description_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / "classifier.json").write_text(text, encoding="latin-1")
    with pytest.raises(CheckpointError, match=r"classifier\.json"):
        load_classifier(folder, device="cpu")


@pytest.mark.parametrize("confusion", [[[1]], [[1, 2], [3, 4]], [[0] * 3] * 3, [[-1, 2, 3]] * 3, [["1"] * 3] * 3, 7])
def test_counts_that_are_no_confusion_matrix_are_refused(
    classifier: TrainedClassifier, folder: Path, confusion: object
) -> None:
    description = {**classifier.description(), "confusion": confusion}
    hashed = {"content_hash": hash_content(description, classifier.weights()), **description}
    (folder / "classifier.json").write_text(json.dumps(hashed))
    with pytest.raises(CheckpointError, match="not a classifier"):
        load_classifier(folder, device="cpu")


def test_a_classifier_from_elsewhere_states_no_accuracy(classifier: TrainedClassifier, folder: Path) -> None:
    save_classifier(evolve(classifier, confusion=None), folder)
    loaded = load_classifier(folder, device="cpu")
    assert (loaded.confusion, loaded.held_out_accuracy) == (None, None)
    assert loaded.accuracy_in_words == "held-out accuracy unknown"
    assert not (folder / "confusion.csv").exists()


def test_the_second_request_is_answered_from_the_cache(tmp_path: Path) -> None:
    first, told = _cached(tmp_path)
    assert told[0].startswith("classifier: training on")
    second, told = _cached(tmp_path)
    assert len(told) == 1
    assert "held-out accuracy" in told[0]
    assert second.content_hash == first.content_hash


def test_a_damaged_entry_is_told_of_and_replaced(tmp_path: Path) -> None:
    first, _ = _cached(tmp_path)
    (weights,) = tmp_path.rglob("classifier.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x55")
    second, told = _cached(tmp_path)
    assert told[0].startswith("the cached classifier is not usable")
    assert second.content_hash == first.content_hash
    _, told = _cached(tmp_path)
    assert len(told) == 1


def test_a_cache_that_cannot_be_written_costs_nothing_but_a_word(tmp_path: Path) -> None:
    (tmp_path / "classifiers").write_text("in the way")
    trained, told = _cached(tmp_path)
    assert "could not be kept" in told[-1]
    assert trained.confusion is not None
    assert trained.confusion.windows == 3


def test_the_key_holds_the_data_and_every_option() -> None:
    tones = HarmonicTones(TONES)
    keys = {
        cache_key(tones, QUICK),
        cache_key(HarmonicTones(evolve(TONES, seed=1)), QUICK),
        cache_key(HarmonicTones(TONES, held_out_windows=5), QUICK),
        cache_key(tones, evolve(QUICK, seed=1)),
        cache_key(tones, evolve(QUICK, dim=3)),
        cache_key(tones, evolve(QUICK, learning_rate=0.5)),
        cache_key(tones, evolve(QUICK, mel_upper_hz=5000.0)),
        cache_key(tones, evolve(QUICK, validation_share=0.2)),
    }
    assert len(keys) == 8
    assert cache_key(HarmonicTones(TONES), evolve(QUICK)) in keys


def test_the_description_is_plain_json(folder: Path) -> None:
    description = json.loads((folder / "classifier.json").read_text())
    assert description["class_names"] == ["C", "E", "G#"]
    assert description["options"]["dim"] == 2
    assert (description["sample_rate"], description["window_length"]) == (16000, 2048)
