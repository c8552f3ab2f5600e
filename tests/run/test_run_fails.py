from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from audiogan.errors import AudioganError, CheckpointError
from audiogan.run.folder import RunFolder
from audiogan.training.stop import StopSignal
from tests.run.conftest import WholeRun
from tests.run.sitting import assert_same_run, sit
from tests.run.tone_shards import EXPERIMENTS, write_experiments
from tests.training.witness import Witness

DIVERGING = EXPERIMENTS.replace(
    'name = "lsgan"', 'name = "lsgan"\ntraining = { optimizer = { type = "SGD", lr = 1e30 } }'
)


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_failing_experiment_does_not_stop_the_next(shard: Path, tmp_path: Path) -> None:
    file, witness = write_experiments(tmp_path, shard, text=DIVERGING), Witness()
    outcome = sit(file, tmp_path / "run", witness=witness)
    assert outcome.failed == ("lsgan",)
    assert not outcome.stopped
    assert witness.of("end") == [("lsgan", "failed"), ("lstm-wgan-gp", "finished")]
    ((warning,),) = witness.of("warning")
    assert warning.startswith("lsgan: the discriminator's loss is ")
    result = _read(tmp_path / "run" / "lsgan" / "result.json")
    assert (result["status"], result["error"]) == ("failed", warning.removeprefix("lsgan: "))
    table = (tmp_path / "run" / "table.md").read_text()
    assert "failed" in table
    assert _read(tmp_path / "run" / "lstm-wgan-gp" / "result.json")["status"] == "finished"

    again = Witness()
    outcome = sit(file, tmp_path / "run", witness=again)
    assert outcome.failed == ("lsgan",)
    assert again.of("end") == [("lsgan", "failed")]


def test_a_generator_that_diverges_right_before_a_scoring_is_told_as_such(shard: Path, tmp_path: Path) -> None:
    text = EXPERIMENTS.replace(
        'name = "lsgan"',
        'name = "lsgan"\ntraining = { generator_optimizer = { type = "SGD", lr = 1e38, weight_decay = 1e38 } }\n'
        "evaluation = { every_steps = 1 }",
    )
    witness = Witness()
    outcome = sit(write_experiments(tmp_path, shard, text=text), tmp_path / "run", witness=witness)
    assert outcome.failed == ("lsgan",)
    ((warning,),) = witness.of("warning")
    assert "windows generated after step 1 hold values that are not finite: lower the learning rate" in warning


def test_two_runs_in_one_folder_are_refused(tones: Path, tmp_path: Path) -> None:
    with (
        RunFolder(tmp_path / "run").locked(),
        pytest.raises(AudioganError, match="another audiogan run is at work here"),
    ):
        sit(tones, tmp_path / "run")
    assert _tree(tmp_path / "run") <= {".lock"}


def test_a_folder_that_cannot_be_is_told(tones: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(AudioganError, match=r"file.*cannot be written"):
            sit(tones, folder)


@pytest.mark.parametrize("damage", ["truncated", "foreign"])
def test_a_damaged_checkpoint_is_named(damage: str, whole: WholeRun, tones: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole.folder, tmp_path / "tones")
    latest = folder / "lsgan" / "checkpoints" / "latest.safetensors"
    latest.write_bytes(latest.read_bytes()[:1000] if damage == "truncated" else b"something else")
    with pytest.raises(CheckpointError, match=r"lsgan.checkpoints.latest\.safetensors: the checkpoint is damaged"):
        sit(tones, folder, profile="longer")


@pytest.mark.parametrize("name", ["lsgan/result.json", "lsgan/experiment.json"])
@pytest.mark.parametrize("content", ["", "{", "[]", "3", "null"])
def test_a_damaged_record_is_named(name: str, content: str, whole: WholeRun, tones: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole.folder, tmp_path / "tones")
    (folder / name).write_text(content)
    with pytest.raises(AudioganError, match=rf"{name}.*delete .* to start over"):
        sit(tones, folder)


def test_what_cannot_be_built_is_told_by_experiment_before_anything_is_trained(shard: Path, tmp_path: Path) -> None:
    text = EXPERIMENTS.replace("hidden_size = 3", "hidden_size = 3, frame_size = 2000").replace(", frame_size = 64", "")
    with pytest.raises(AudioganError, match=r"tones\.toml:\d+: experiment\[1\]\.discriminator\.frame_size"):
        sit(write_experiments(tmp_path, shard, text=text), tmp_path / "run")
    assert not (tmp_path / "run" / "lsgan" / "metrics.jsonl").exists()


def test_a_mistake_is_mended_where_it_was_made(shard: Path, tones: Path, whole: WholeRun, tmp_path: Path) -> None:
    """Nothing was trained to be mixed up with, so that the corrected file may use the same folder."""
    assert sit(write_experiments(tmp_path, shard, text=DIVERGING), tmp_path / "run").failed == ("lsgan",)
    assert (tmp_path / "run" / "lsgan" / "result.json").exists()
    assert not sit(tones, tmp_path / "run").failed
    assert_same_run(tmp_path / "run", whole.folder)


def test_a_new_attempt_that_is_stopped_is_no_longer_a_failure(shard: Path, tones: Path, tmp_path: Path) -> None:
    sit(write_experiments(tmp_path, shard, text=DIVERGING), tmp_path / "run", only=["lsgan"])
    stop = StopSignal()
    witness = Witness(lambda record: stop.request() if record.step == 2 else None)
    assert sit(tones, tmp_path / "run", only=["lsgan"], stop=stop, witness=witness).stopped
    assert "failed" not in (tmp_path / "run" / "table.md").read_text()
