"""``audiogan evaluate`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiogan.cli import main
from tests.run.evaluation.stand_in_metrics import Level, registry_of

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _level_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = registry_of(level=Level)
    monkeypatch.setattr("audiogan.registry.installed", lambda: registry)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_experiment_gets_its_files_and_a_table(run: Path, capsys: Capture) -> None:
    arguments = ["evaluate", str(run / "lsgan"), "--samples", "8", "--metric", "level", "--device", "cpu"]
    assert main(arguments) == 0
    document = json.loads((run / "lsgan" / "evaluation.json").read_text())
    figure = document["comparisons"][0]["subjects"][0]["figures"]["level"]
    out = capsys.readouterr().out
    assert "CNN with LSGAN: 8 windows\n" in out
    assert any(line.split()[:2] == ["level", f"{figure['value']:.4g}"] for line in out.splitlines())
    assert out.splitlines()[-1].startswith(f"written: {run / 'lsgan' / 'evaluation.json'}")
    assert "| level |" in (run / "lsgan" / "evaluation.md").read_text()


def test_the_same_command_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    contents = []
    for output in ("one", "two"):
        main(["evaluate", str(run), "--samples", "6", "--metric", "level", "--output", output, "--device", "cpu"])
        contents.append([(tmp_path / output / name).read_bytes() for name in ("evaluation.json", "evaluation.md")])
    assert contents[0] == contents[1]


def test_a_run_with_a_damaged_experiment_ends_with_status_1(run: Path, capsys: Capture) -> None:
    (run / "lsgan" / "checkpoints" / "best.safetensors").write_bytes(b"nothing")
    assert main(["evaluate", str(run), "--samples", "6", "--metric", "level", "--device", "cpu"]) == 1
    assert "warning: lsgan: " in capsys.readouterr().err
    document = json.loads((run / "evaluation.json").read_text())
    assert list(document["comparisons"][0]["failed"]) == ["lsgan"]


def test_nothing_is_written_into_a_folder_of_audio(run: Path, tmp_path: Path) -> None:
    audio = tmp_path / "mine"
    audio.mkdir()
    soundfile.write(audio / "a.wav", np.linspace(-0.5, 0.5, 900), 16_000)
    assert main(["evaluate", str(audio), "--against", str(run / "spec.toml"), "--device", "cpu"]) == 0
    assert [path.name for path in audio.iterdir()] == ["a.wav"]
    assert (tmp_path / "evaluations" / "mine-against-spec" / "evaluation.md").is_file()


def test_mistakes_are_told_in_a_line(run: Path, capsys: Capture) -> None:
    assert main(["evaluate", "nowhere"]) == 2
    assert capsys.readouterr().err.startswith("audiogan: nowhere: not there")
    (run / "file").write_text("in the way")
    assert main(["evaluate", str(run), "--output", str(run / "file"), "--device", "cpu"]) == 2
    assert "name another folder with --output" in capsys.readouterr().err
    for wrong in ("--samples=0", "--seed=-1", "--samples=x", "--on-error=ask"):
        with pytest.raises(SystemExit):
            main(["evaluate", str(run), wrong])
