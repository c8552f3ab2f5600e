from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from audiogan.registry import installed
from audiogan.run.file import dry_run
from audiogan.run.folder import RunFolder
from audiogan.spec import read_experiments
from audiogan.training.checkpoint import read_checkpoint
from audiogan.training.stop import Interrupted, StopSignal
from tests.run.conftest import WholeRun
from tests.run.sitting import assert_same_run, sit
from tests.training.witness import Witness


def _tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_dry_run_writes_nothing(tones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before, witness = _tree(tones.parent), Witness()
    dry_run(
        read_experiments(tones, registry=installed()),
        RunFolder(tmp_path / "run"),
        registry=installed(),
        observer=witness,
        stop=StopSignal(),
    )
    ((plan,),) = witness.of("plan")
    assert [(name, steps) for name, _, steps in plan] == [("lsgan", 8), ("lstm-wgan-gp", 8)]
    assert all(cost.seconds > 0 and cost.generator_parameters > 100 for _, cost, _ in plan)
    assert _tree(tmp_path) == set()
    assert {name for name in _tree(tones.parent) if "index" not in name} <= before


@pytest.mark.parametrize(("experiment", "step"), [("lsgan", 3), ("lsgan", 4), ("lstm-wgan-gp", 8)])
def test_a_stopped_run_goes_on_to_the_same_table(
    experiment: str, step: int, whole: WholeRun, tones: Path, tmp_path: Path
) -> None:
    stop = StopSignal()
    first = Witness()

    def request(record: Any) -> None:
        if record.step == step and first.of("start")[-1][0] == experiment:
            stop.request()

    first = Witness(request)
    outcome = sit(tones, tmp_path / "run", witness=first, stop=stop)
    assert outcome.stopped
    assert not outcome.failed
    assert first.of("end")[-1] == (experiment, "stopped")
    assert (tmp_path / "run" / "table.md").exists()
    latest = read_checkpoint(tmp_path / "run" / experiment / "checkpoints" / "latest.safetensors")
    assert latest.document["state"]["step"] == step

    second = Witness()
    assert not sit(tones, tmp_path / "run", witness=second).stopped
    assert second.of("start")[0][0] == experiment
    assert second.of("start")[0][4] == step
    assert_same_run(tmp_path / "run", whole.folder)


@pytest.mark.parametrize("word", ["classifier", "scoring"])
def test_a_stop_while_preparing_is_immediate(word: str, whole: WholeRun, tones: Path, tmp_path: Path) -> None:
    # a classifier that an earlier run still holds would be taken from there without a word
    gc.collect()
    stop = StopSignal()
    witness = Witness(on_info=lambda line: stop.request() if line.startswith(word) else None)
    outcome = sit(tones, tmp_path / "run", witness=witness, stop=stop)
    assert outcome.stopped
    assert witness.of("step") == []
    sit(tones, tmp_path / "run")
    assert_same_run(tmp_path / "run", whole.folder)


def test_a_stop_in_a_dry_run_ends_it(tones: Path) -> None:
    stop = StopSignal()
    stop.request()
    file = read_experiments(tones, registry=installed())
    with pytest.raises(Interrupted):
        dry_run(file, RunFolder(tones.parent / "run"), registry=installed(), observer=Witness(), stop=stop)
