from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from audiogan.cli import train_classifier
from audiogan.errors import DataError, PluginError, SpecError
from audiogan.evaluation.classifier import load_classifier
from audiogan.registry import Registry, installed
from audiogan.registry.registry import Entry
from tests.evaluation.harmonic_tones import HarmonicTones


@pytest.fixture(autouse=True)
def _tones_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = installed()
    entry = Entry("dataset", "harmonic-tones", HarmonicTones, "tests 1.0")
    with_tones = Registry({**found.entries, "dataset": {**found.entries["dataset"], entry.name: entry}})
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


def test_the_module_imports_nothing_slow() -> None:
    module = Path(train_classifier.__file__).read_text()
    assert "import torch" not in module
    assert train_classifier.__name__ in sys.modules
