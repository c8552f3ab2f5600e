from __future__ import annotations

import argparse
import resource
import sys
from pathlib import Path
from typing import Any

import pytest

from audiogan.cli import train_classifier
from audiogan.data.cache import CACHE_VARIABLE
from audiogan.errors import DataError, PluginError, SpecError
from audiogan.evaluation.classifier import TrainedClassifier, load_classifier
from audiogan.evaluation.classifier import train_classifier as train_classifier_on
from audiogan.registry import Entry, Plugin, installed
from tests.evaluation.harmonic_tones import HarmonicTones


@pytest.fixture(autouse=True)
def _tones_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = installed()
    entry = Entry("dataset", "harmonic-tones", HarmonicTones, Plugin("tests", "tests", "1.0"))
    with_tones = found.replacing([entry])
    monkeypatch.setattr("audiogan.build.installed", lambda: with_tones)


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    train_classifier.add_parser(parser.add_subparsers())
    return train_classifier.run(parser.parse_args(["train-classifier", *arguments]))


def test_trains_saves_and_says_how_good_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "new" / "classifier"
    status = _run(
        *("harmonic-tones", "--set", "windows=40", "--set", "classes=2", "--set", "window_length=2048"),
        *("--classifier", "dim=2", "--classifier", "epochs=1", "--output", str(output), "--device", "cpu"),
    )
    assert status == 0
    trained = load_classifier(output, device="cpu")
    assert (trained.class_names, trained.options.dim, trained.network.window_length) == (("C", "F#"), 2, 2048)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "classifier: training on 32 windows of 2 classes, 4 for validation, 4 held out"
    assert trained.confusion is not None
    low, high = trained.confusion.accuracy_interval
    stated = f"  {trained.accuracy_in_words}, 95% interval {low:.1%} to {high:.1%}, on 4 windows (10% of the windows, "
    assert stated in "\n".join(lines)
    chance = max(map(sum, trained.confusion.counts)) / 4
    assert f"  chance {chance:.1%}: always naming the class that most of these windows have" in lines
    matrix = lines.index("Confusion: a row for each true class")
    assert lines[matrix + 1].split() == ["true", "C", "F#"]
    for name, row, line in zip(("C", "F#"), trained.confusion.counts, lines[matrix + 2 :], strict=False):
        assert line.split() == [name, *(str(count) if count else "·" for count in row)]
    assert str(output) in lines[-1]


def test_mistakes_in_the_arguments_are_explained(tmp_path: Path) -> None:
    output = ("--output", str(tmp_path))
    with pytest.raises(SpecError, match="dims"):
        _run("harmonic-tones", "--classifier", "dims=2", *output)
    with pytest.raises(SpecError, match="windws"):
        _run("harmonic-tones", "--set", "windws=2", *output)
    with pytest.raises(PluginError, match="did you mean 'harmonic-tones'"):
        _run("harmonic-tone", *output)


def test_a_folder_that_cannot_be_made_is_told_before_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match=r"file/classifier: cannot be written .*--output"):
        _run("harmonic-tones", "--output", str(tmp_path / "file" / "classifier"))
    assert capsys.readouterr().out == ""


SMALL = (
    *("harmonic-tones", "--set", "windows=40", "--set", "classes=2", "--set", "window_length=2048"),
    *("--classifier", "dim=2", "--classifier", "epochs=1", "--device", "cpu"),
)


def test_another_classifier_is_replaced_only_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = ("--output", str(tmp_path / "mine"))
    assert _run(*SMALL, *output) == 0
    trained = load_classifier(tmp_path / "mine", device="cpu")
    capsys.readouterr()
    told = rf"mine: holds a classifier of 2 classes, {trained.accuracy_in_words}; .* replace it with --overwrite$"
    with pytest.raises(DataError, match=told):
        _run(*SMALL, "--set", "classes=3", *output)
    assert capsys.readouterr().out == ""
    assert load_classifier(tmp_path / "mine", device="cpu").content_hash == trained.content_hash
    assert _run(*SMALL, "--set", "classes=3", *output, "--overwrite") == 0
    assert load_classifier(tmp_path / "mine", device="cpu").class_names == ("C", "E", "G#")


@pytest.mark.parametrize("name", ["classifier.json", "classifier.safetensors"])
def test_files_of_a_damaged_classifier_are_not_replaced_either(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"half")
    with pytest.raises(DataError, match=r"holds the files of a classifier that cannot be read; .*--overwrite"):
        _run(*SMALL, "--output", str(tmp_path))
    assert (tmp_path / name).read_bytes() == b"half"


def test_a_folder_without_room_is_told_before_the_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))  # what a file may have, as on a disk that is full
    try:
        with pytest.raises(DataError, match=r"mine: cannot be written \(.+\); name another folder with --output$"):
            _run(*SMALL, "--output", str(tmp_path / "mine"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert capsys.readouterr().out == ""
    assert list((tmp_path / "mine").iterdir()) == []


def _spoil_the_folder_while_training(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[TrainedClassifier]:
    trained: list[TrainedClassifier] = []

    def train(*arguments: Any, **options: Any) -> TrainedClassifier:
        trained.append(train_classifier_on(*arguments, **options))
        folder.rmdir()
        folder.write_text("in the way")
        return trained[-1]

    monkeypatch.setattr("audiogan.evaluation.classifier.train_classifier", train)
    return trained


def test_a_folder_that_is_lost_while_training_costs_no_classifier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    trained = _spoil_the_folder_while_training(tmp_path / "mine", monkeypatch)
    with pytest.raises(DataError, match=r"mine/.*: cannot be written \(.+; the classifier is in .* instead") as error:
        _run(*SMALL, "--output", str(tmp_path / "mine"))
    (kept,) = (tmp_path / "cache" / "classifiers").iterdir()
    assert f"the classifier is in {kept} instead" in str(error.value)
    assert load_classifier(kept, device="cpu").content_hash == trained[0].content_hash
    assert trained[0].accuracy_in_words in capsys.readouterr().out


def test_without_a_cache_it_is_kept_among_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file" / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    trained = _spoil_the_folder_while_training(tmp_path / "mine", monkeypatch)
    with pytest.raises(DataError, match=r"the classifier is in .*/temporary/audiogan-classifier-"):
        _run(*SMALL, "--output", str(tmp_path / "mine"))
    (kept,) = (tmp_path / "temporary").iterdir()
    assert load_classifier(kept, device="cpu").content_hash == trained[0].content_hash
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file" / "temporary"))
    (tmp_path / "mine").unlink()
    with pytest.raises(DataError, match=r"mine/.*: cannot be written \(.+\); free space"):
        _run(*SMALL, "--output", str(tmp_path / "mine"))


def test_the_module_imports_nothing_slow() -> None:
    module = Path(train_classifier.__file__).read_text()
    assert "import torch" not in module
    assert train_classifier.__name__ in sys.modules
