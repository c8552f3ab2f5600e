"""The commands are those of the documentation, and what becomes of the whole where one fails."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from audiogan.cli import evaluate, train_classifier
from audiogan.training.stop import Interrupted, StopSignal
from benchmarks.spoken_digits import __main__ as command_line
from benchmarks.spoken_digits.claims import ARTIFACTS, NOISE, SPEECH
from benchmarks.spoken_digits.commands import (
    DOCUMENTED_CLASSIFIER,
    CommandFailedError,
    evaluation_command,
    run_audiogan,
    training_command,
)
from benchmarks.spoken_digits.results import Estimate, FolderFigures, Training
from tests.docs.pages import REPOSITORY, blocks

RECORDINGS = Path("free-spoken-digit-dataset/recordings")


def parse(command: tuple[str, ...]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    subparsers = parser.add_subparsers()
    for module in (evaluate, train_classifier):
        module.add_parser(subparsers)
    return parser.parse_args(command)


def test_the_classifier_is_trained_as_documented() -> None:
    shown = [
        command[1:]
        for block in blocks(REPOSITORY / "docs" / "evaluation.md")
        if block.language == "console"
        for command in block.commands()
        if f"path={RECORDINGS}" in command
    ]
    assert [list(training_command(RECORDINGS, Path("digits"), options=DOCUMENTED_CLASSIFIER))] == shown


def test_folders_are_judged_by_every_metric_against_the_same_dataset() -> None:
    command = evaluation_command(Path("sounds/noise"), RECORDINGS, Path("classifier"), Path("out"))
    understood = parse(command)
    trained = parse(training_command(RECORDINGS, Path("classifier"), options=()))
    assert (understood.path, understood.against) == (Path("sounds/noise"), "audio-folder")
    assert understood.options == trained.options
    assert (understood.metrics, understood.classifier, understood.output) == ([], trained.output, Path("out"))


def test_a_command_is_timed_and_prints_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    start = time.perf_counter()
    seconds = run_audiogan(("--version",))
    assert 0.01 < seconds <= time.perf_counter() - start
    printed = capfd.readouterr()
    assert (printed.out, printed.err.startswith("audiogan ")) == ("", True)


def test_a_command_that_fails_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(
        CommandFailedError, match=r"'audiogan evaluate' ended with status 2; what was wrong stands above"
    ):
        run_audiogan(("evaluate", "--seed", "-1", "nothing"))
    assert "must be from 0" in capfd.readouterr().err


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stop_ends_the_command_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, status: int
) -> None:
    endless = tmp_path / "endless"
    endless.write_text(f"#!/bin/sh\necho $$ > {tmp_path / 'pid'}\nexec sleep 60\n")
    endless.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(endless))
    start, stop = time.perf_counter(), StopSignal()
    asking = threading.Timer(0.5, os.kill, (os.getpid(), number))
    with stop.listening():
        asking.start()
        with pytest.raises(Interrupted) as interrupted, stop.interruptible():
            run_audiogan(("evaluate",))
    asking.join()
    assert interrupted.value.exit_status == status
    assert time.perf_counter() - start < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_what_is_wrong_with_the_folders_is_said_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.spoken_digits", str(tmp_path / "none"), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"spoken digits: {tmp_path / 'none'}: cannot be read (No such file or directory)")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def _found(level_of_artifacts: float) -> dict[str, FolderFigures]:
    def figures(score: float, distance: float, level: float) -> FolderFigures:
        values = {"inception_score_mean": score, "frechet_distance": distance, "checkerboard_db_level_1": level}
        return FolderFigures({name: Estimate(value, value, value) for name, value in values.items()})

    return {SPEECH: figures(8, 0.1, 0), ARTIFACTS: figures(5, 0.2, level_of_artifacts), NOISE: figures(1, 19, 0)}


@pytest.mark.parametrize(("level", "status", "sentences"), [(21.5, 0, 0), (9.5, 1, 2)])
def test_the_table_is_printed_and_kept_whether_or_not_the_claims_hold(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    level: float,
    status: int,
    sentences: int,
) -> None:
    training = Training(seconds=200, accuracy=0.98, interval=(0.96, 0.99), windows=301)
    monkeypatch.setattr(command_line, "train_and_judge", lambda *_: (training, _found(level)))
    assert command_line.main(["recordings", str(tmp_path)]) == status
    printed = capsys.readouterr()
    assert f"| `checkerboard_db_level_1` | 0 | {level} | 0 |" in printed.out.splitlines()
    assert (tmp_path / "digits.md").read_text(encoding="utf-8") == printed.out
    assert len(printed.err.splitlines()) == sentences
    assert all("does not lie 10 above" in line for line in printed.err.splitlines())
