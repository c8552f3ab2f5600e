from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiogan.cli import main
from audiogan.cli import run as run_command
from audiogan.run import file as run_module
from audiogan.run.folder import RunFolder
from audiogan.training.stop import StopSignal
from tests.run.conftest import WholeRun
from tests.run.sitting import assert_same_run
from tests.run.tone_shards import EXPERIMENTS, write_experiments


@pytest.fixture
def finished(whole: WholeRun, tmp_path: Path) -> Path:
    """A copy of the whole run."""
    return shutil.copytree(whole.folder, tmp_path / "finished")


def test_output_goes_to_a_folder_named_after_file_and_profile() -> None:
    assert run_command.default_output(Path("configs/table1.toml"), None) == Path("runs/table1")
    assert run_command.default_output(Path("configs/table1.toml"), "quick") == Path("runs/table1-quick")


def test_a_finished_run_prints_its_table_and_the_report(
    finished: Path, tones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(tones), "--output", str(finished)]) == 0
    heard = capsys.readouterr()
    assert "lsgan: finished before, skipped" in heard.out
    result = json.loads((finished / "lsgan" / "result.json").read_text())
    (row,) = [line for line in heard.out.splitlines() if line.startswith("CNN with LSGAN")]
    assert f"{result['values']['inception_score_mean']:.3f}" in row
    assert "1.085" in row
    assert f"report: {finished / 'report.html'}" in heard.out
    assert heard.err == ""


def test_quiet_prints_the_table_alone(finished: Path, tones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(tones), "--output", str(finished), "--quiet"]) == 0
    heard = capsys.readouterr()
    assert "skipped" not in heard.out
    assert "CNN with LSGAN" in heard.out


def test_a_failed_experiment_is_status_1(shard: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diverging = EXPERIMENTS.replace(
        'name = "lsgan"', 'name = "lsgan"\ntraining = { optimizer = { type = "SGD", lr = 1e30 } }'
    )
    file = write_experiments(tmp_path, shard, text=diverging)
    arguments = ["run", str(file), "--output", str(tmp_path / "run"), "--only", "lsgan", "--quiet"]
    assert main(arguments) == 1
    heard = capsys.readouterr()
    assert heard.err.startswith("warning: lsgan: the discriminator's loss is ")
    assert "Traceback" not in heard.err
    assert "failed" in heard.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--only", "nobody"], "--only: unknown experiment 'nobody'"),
        (["--set", "training.batch_size=8"], "training.batch_size: was 4, is 8"),
        (["--profile", "quick"], "quick"),
        (["--set", "training.optimizer.type=Adamm"], "Adamm"),
        (["--set", "training.seed=99999999999999999999"], "training.seed"),
        (["--set", "evaluation.best_by=beauty"], "beauty"),
    ],
    ids=str,
)
def test_mistakes_are_status_2_and_words(
    arguments: list[str], told: str, finished: Path, tones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(tones), "--output", str(finished), *arguments]) == 2
    heard = capsys.readouterr()
    assert told in heard.err
    assert heard.err.startswith("audiogan: ")
    assert "Traceback" not in heard.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--set", "evaluation.best_by=beauty"], "no metric gives 'beauty'"),
        (
            ["--set", "training.optimizer.type=Adam", "--set", "training.optimizer.betas=[0.5]"],
            "must be a list of 2 numbers",
        ),
        (["--set", "dataset.path=nowhere/*.tfrecord"], "nowhere"),
        (["--set", "evaluation.final_samples=3"], "samples"),
    ],
    ids=str,
)
def test_mistakes_that_only_building_shows_are_words_too(
    arguments: list[str], told: str, tones: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["run", str(tones), "--output", str(tmp_path / "run"), "--only", "lsgan", *arguments])
    heard = capsys.readouterr()
    assert status == 2
    assert told in heard.err
    assert "Traceback" not in heard.err


def test_a_folder_at_work_is_status_2(tones: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with RunFolder(tmp_path / "run").locked():
        assert main(["run", str(tones), "--output", str(tmp_path / "run")]) == 2
    assert "another audiogan run is at work here" in capsys.readouterr().err


def test_a_dry_run_says_what_is_ahead_and_writes_nothing(
    tones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(tones), "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["checking 2 experiments", "measuring a step of lsgan", "measuring a step of lstm-wgan-gp"]
    assert [line.split()[0] for line in lines[3:]] == ["lsgan", "lstm-wgan-gp", "training"]
    assert "a step" in lines[3]
    assert "MiB" in lines[3]
    assert "8 steps: " in lines[3]
    assert list(tmp_path.iterdir()) == []


def _interrupting(_: Any, *arguments: Any, stop: StopSignal, **others: Any) -> None:
    stop.request()
    stop.request()


@pytest.mark.parametrize("arguments", [["--dry-run"], []])
def test_an_impatient_stop_is_status_130_without_a_traceback(
    arguments: list[str],
    tones: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(run_module, "run_file", _interrupting)
    monkeypatch.setattr(run_module, "dry_run", _interrupting)
    assert main(["run", str(tones), "--output", str(tmp_path / "run"), *arguments]) == 130
    assert tuple(capsys.readouterr()) == ("", "audiogan: stopped\n")


def test_the_resolved_file_runs_as_the_original(whole: WholeRun, tmp_path: Path) -> None:
    assert main(["run", str(whole.folder / "spec.toml"), "--output", str(tmp_path / "again"), "--quiet"]) == 0
    assert_same_run(tmp_path / "again", whole.folder)


def test_generate_writes_what_it_is_asked_for(
    whole: WholeRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", str(whole.folder / "lsgan"), "-n", "4", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == f"4 files in {tmp_path / 'out'}\n"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"{number:04d}.wav" for number in range(4)]
    assert main(["generate", str(whole.folder / "lsgan"), "-n", "1", str(tmp_path / "one")]) == 0
    assert capsys.readouterr().out == f"1 file in {tmp_path / 'one'}\n"
    assert main(["generate", str(whole.folder / "lsgan"), str(tmp_path / "default")]) == 0
    assert len(list((tmp_path / "default").iterdir())) == 16
    for path in (tmp_path / "out").iterdir():
        assert path.read_bytes() == (tmp_path / "default" / path.name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (lambda folder: [str(folder / "lsgan"), "-n", "0"], "-n must be at least 1, not 0"),
        (lambda folder: [str(folder / "lsgan"), "--seed", "-1"], "--seed must be"),
        (lambda folder: [str(folder / "lsgan"), "--checkpoint", "none"], "none: there is no checkpoint"),
        (lambda folder: [str(folder / "nobody")], "has no experiment 'nobody'"),
        (lambda folder: [str(folder)], "not an experiment's folder"),
        (lambda folder: ["nowhere"], "not an experiment's folder"),
    ],
)
def test_mistakes_of_generate_are_status_2_and_words(
    arguments: Callable[[Path], list[str]],
    told: str,
    whole: WholeRun,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, *others = arguments(whole.folder)
    assert main(["generate", first, str(tmp_path / "out"), *others]) == 2
    heard = capsys.readouterr()
    assert told in heard.err
    assert heard.err.startswith("audiogan: ")
    assert "Traceback" not in heard.err
    assert not (tmp_path / "out").exists()
