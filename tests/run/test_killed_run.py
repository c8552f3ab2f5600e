"""The command in a process of its own, killed or asked to stop half-way, then started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audiogan.data.cache import CACHE_VARIABLE, cache_directory
from audiogan.training.checkpoint import read_document
from tests.run.sitting import assert_same_run, json_lines, sit
from tests.run.tone_shards import EXPERIMENTS, write_experiments

STEPS = 150
LONGER = EXPERIMENTS.replace("steps = 8", f"steps = {STEPS}\ncheckpoint_every_s = 0.05").replace(
    "every_steps = 4", "every_steps = 50"
)


@pytest.fixture(scope="module")
def file(shard: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_experiments(tmp_path_factory.mktemp("longer"), shard, text=LONGER)


@pytest.fixture(scope="module")
def undisturbed(file: Path, tmp_path_factory: pytest.TempPathFactory, _cache: Path) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(_cache))
        patch.setattr("audiogan.report.pages.PLOTS", {})
        sit(file, folder, only=["lsgan"])
    return folder


def _start(file: Path, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "audiogan", "run", str(file), "--output", str(folder), "--only", "lsgan"]
    environment = {**os.environ, CACHE_VARIABLE: str(cache_directory()), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _wait_for_steps(process: subprocess.Popen[str], folder: Path, count: int) -> None:
    log = folder / "lsgan" / "metrics.jsonl"
    deadline = time.monotonic() + 60
    while not (log.exists() and log.read_bytes().count(b"\n") > count):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_killed_run_goes_on_to_the_same_table(file: Path, undisturbed: Path, tmp_path: Path) -> None:
    process = _start(file, tmp_path / "run")
    _wait_for_steps(process, tmp_path / "run", 20)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert 20 < (tmp_path / "run" / "lsgan" / "metrics.jsonl").read_bytes().count(b"\n") < STEPS
    assert not (tmp_path / "run" / "lsgan" / "result.json").exists()

    sit(file, tmp_path / "run", only=["lsgan"])
    assert_same_run(tmp_path / "run", undisturbed, ["lsgan"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_with_a_checkpoint_and_a_word(
    number: signal.Signals, file: Path, undisturbed: Path, tmp_path: Path
) -> None:
    process = _start(file, tmp_path / "run")
    _wait_for_steps(process, tmp_path / "run", 20)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number, err
    assert err == ""
    assert out.splitlines()[-1] == "stopped; everything is saved: run the same command to go on"
    state = read_document(tmp_path / "run" / "lsgan" / "checkpoints" / "latest.safetensors")["state"]
    last = json_lines(tmp_path / "run" / "lsgan" / "metrics.jsonl")[-1]
    assert 20 <= state["step"] < STEPS
    assert last["step"] == state["step"]

    sit(file, tmp_path / "run", only=["lsgan"])
    assert_same_run(tmp_path / "run", undisturbed, ["lsgan"])


def test_a_signal_while_everything_is_still_being_built_is_no_crash(file: Path, tmp_path: Path) -> None:
    process = _start(file, tmp_path / "run")
    deadline = time.monotonic() + 60
    while not (tmp_path / "run" / "run.json").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143, err
    assert err == ""
