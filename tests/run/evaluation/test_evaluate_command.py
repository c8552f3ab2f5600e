"""``audiogan evaluate`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiogan.cli import main
from tests.run.evaluation.stand_in_metrics import Level, Mistaken, registry_of

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _level_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = registry_of(level=Level)
    for place in ("audiogan.registry", "audiogan.run.identity"):
        monkeypatch.setattr(f"{place}.installed", lambda: registry)


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


def _recordings(folder: Path, *, peak: float = 0.5) -> Path:
    folder.mkdir(parents=True)
    soundfile.write(folder / "a.wav", np.linspace(-peak, peak, 900), 16_000, subtype="FLOAT")
    return folder


def test_a_result_of_something_else_is_not_replaced_unless_asked(run: Path, tmp_path: Path, capsys: Capture) -> None:
    one, other = _recordings(tmp_path / "A" / "gen"), _recordings(tmp_path / "B" / "gen")
    written = tmp_path / "evaluations" / "gen-against-spec" / "evaluation.json"
    against = ["--against", str(run / "spec.toml"), "--device", "cpu"]
    assert main(["evaluate", str(one), *against]) == 0
    assert main(["evaluate", str(one), *against]) == 0
    before = written.read_bytes()
    capsys.readouterr()
    for changes, words in (
        ([str(other)], f"holds a result of {one}; name another folder with --output"),
        ([str(one), "--set", "normalize=true"], "holds a result against tfrecord with other options"),
        ([str(one), "--metric-set", "level.scale=2.0"], "holds a result by other metrics (level)"),
        ([str(one), "--seed", "1"], "holds a result with --seed 0; name another folder with --output"),
        ([str(one), "--samples", "1"], "holds a result with --samples all;"),
        ([str(one), "--on-error", "skip", "--out-of-range", "clip"], "with --on-error stop, --out-of-range stop;"),
    ):
        assert main(["evaluate", *changes, *against]) == 2
        assert words in capsys.readouterr().err
    assert written.read_bytes() == before
    assert main(["evaluate", str(other), *against, "--output", str(written.parent)]) == 0
    assert json.loads(written.read_text())["subject"]["folders"] == [str(other)]
    written.write_text("{}")
    assert main(["evaluate", str(other), *against]) == 2
    assert "does not say what it is the result of" in capsys.readouterr().err


def test_a_result_of_other_latents_is_not_replaced_unless_asked(run: Path, capsys: Capture) -> None:
    command = ["evaluate", str(run / "lsgan"), "--samples", "8", "--device", "cpu"]
    assert main(command) == 0
    written = run / "lsgan" / "evaluation.json"
    assert json.loads(written.read_text())["subject"]["choices"] == [{"samples": 8, "seed": 0, "checkpoint": "best"}]
    before = written.read_bytes()
    assert main([*command, "--samples", "6", "--seed", "3", "--checkpoint", "latest"]) == 2
    assert "holds a result with --samples 8, --seed 0, --checkpoint best; name another" in capsys.readouterr().err
    assert written.read_bytes() == before
    assert main([*command, "--samples", "6", "--output", str(run / "lsgan")]) == 0
    assert json.loads(written.read_text())["comparisons"][0]["subjects"][0]["samples"] == 6


def test_files_beyond_full_scale_are_clipped_only_when_asked(run: Path, tmp_path: Path, capsys: Capture) -> None:
    loud = _recordings(tmp_path / "loud", peak=3.0)
    arguments = ["evaluate", str(loud), "--against", str(run / "spec.toml"), "--device", "cpu"]
    assert main(arguments) == 2
    assert "a.wav: reaches 3, outside [-1, 1]" in capsys.readouterr().err
    assert main([*arguments, "--out-of-range", "clip"]) == 0
    assert "1 of 1 recordings are clipped (3 samples in a row at full scale)" in capsys.readouterr().err


def test_a_metric_that_fails_leaves_the_others_and_status_1(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    registry = registry_of(level=Level, broken=Mistaken)
    for place in ("audiogan.registry", "audiogan.run.identity"):
        monkeypatch.setattr(f"{place}.installed", lambda: registry)
    assert main(["evaluate", str(run / "lsgan"), "--samples", "6", "--device", "cpu"]) == 1
    assert "metric 'broken' of tests 0 fails: ValueError: boom" in capsys.readouterr().err
    (subject,) = json.loads((run / "lsgan" / "evaluation.json").read_text())["comparisons"][0]["subjects"]
    assert list(subject["figures"]) == ["level"]
