from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from audiogan.errors import CheckpointError, DataError, SpecError
from tests.run.conftest import WholeRun
from tests.run.sitting import assert_same_run, sit
from tests.run.tone_shards import EXPERIMENTS, write_experiments, write_tones
from tests.training.witness import Witness

NAMES = ("lsgan", "lstm-wgan-gp")


def test_finished_experiments_are_skipped(whole: WholeRun, tones: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole.folder, tmp_path / "tones")
    witness = Witness()
    outcome = sit(tones, folder, witness=witness)
    assert not outcome.failed
    assert not outcome.stopped
    assert witness.events == [("info", f"{name}: finished before, skipped") for name in NAMES]
    assert_same_run(folder, whole.folder)


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("training.batch_size=8", "training.batch_size: was 4, is 8"),
        ("training.seed=1", "training.seed: was 0, is 1"),
        ("evaluation.samples=30", "evaluation.samples: was 20, is 30"),
        ("generator.dim=2", "generator.options.dim: was 1, is 2"),
    ],
)
def test_a_changed_key_is_refused_with_both_values(
    override: str, told: str, whole: WholeRun, tones: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(whole.folder, tmp_path / "tones")
    with pytest.raises(CheckpointError) as caught:
        sit(tones, folder, overrides=[override])
    assert told in str(caught.value).replace("generator.dim", "generator.options.dim")
    assert str(folder / "lsgan") in str(caught.value)
    assert "--output" in str(caught.value)
    assert_same_run(folder, whole.folder)
    assert (folder / "spec.toml").read_bytes() == (whole.folder / "spec.toml").read_bytes()


def test_every_changed_key_is_told(whole: WholeRun, tones: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole.folder, tmp_path / "tones")
    with pytest.raises(CheckpointError, match=r"batch_size: was 4, is 8[\s\S]*seed: was 0, is 3"):
        sit(tones, folder, overrides=["training.batch_size=8", "training.seed=3"])


def test_a_changed_experiment_beside_the_chosen_one_is_refused(whole: WholeRun, shard: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole.folder, tmp_path / "tones")
    changed = write_experiments(tmp_path, shard, text=EXPERIMENTS.replace("hidden_size = 3", "hidden_size = 4"))
    with pytest.raises(CheckpointError, match=r"lstm-wgan-gp was made by another[\s\S]*hidden_size.*was 3, is 4"):
        sit(changed, folder, only=["lsgan"])


def test_what_changes_no_figure_may_change(whole: WholeRun, shard: Path, tmp_path: Path) -> None:
    folder, witness = shutil.copytree(whole.folder, tmp_path / "tones"), Witness()
    text = EXPERIMENTS.replace('title = "CNN with LSGAN"', 'title = "Another"').replace("1.085", "1.5")
    file = write_experiments(tmp_path, shard, text=text)
    sit(file, folder, overrides=["training.checkpoint_every_s=7.5", "training.workers=1"], witness=witness)
    assert witness.of("step") == []
    assert "Another" in (folder / "table.md").read_text()


def test_a_grown_budget_goes_on_where_the_run_ended(whole: WholeRun, tones: Path, tmp_path: Path) -> None:
    folder, witness = shutil.copytree(whole.folder, tmp_path / "tones"), Witness()
    sit(tones, folder, profile="longer", only=["lsgan"], witness=witness)
    assert witness.of("start") == [("lsgan", 1, 1, 12, 8)]
    assert witness.of("step") == [(step,) for step in (9, 10, 11, 12)]
    assert ("info", "going on from step 8") in witness.events
    sit(tones, tmp_path / "fresh", profile="longer", only=["lsgan"])
    for name in ("metrics.jsonl", "result.json"):
        assert (folder / "lsgan" / name).read_bytes() == (tmp_path / "fresh" / "lsgan" / name).read_bytes()


def test_only_what_is_named_runs(tones: Path, tmp_path: Path) -> None:
    witness = Witness()
    sit(tones, tmp_path / "run", only=["lstm-wgan-gp"], witness=witness)
    assert witness.of("start") == [("lstm-wgan-gp", 1, 1, 8, 0)]
    assert not (tmp_path / "run" / "lsgan").exists()
    second = Witness()
    sit(tones, tmp_path / "run", witness=second)
    assert second.of("start") == [("lsgan", 1, 2, 8, 0)]


def test_an_unknown_name_is_answered_with_those_of_the_file(tones: Path, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"--only: unknown experiment 'lsgann'.*lsgan, lstm-wgan-gp"):
        sit(tones, tmp_path / "run", only=["lsgann"])
    assert not (tmp_path / "run").exists()


def test_changed_data_is_noticed_and_the_finished_row_stays(shard: Path, tmp_path: Path) -> None:
    data = shutil.copytree(shard.parent, tmp_path / "data") / shard.name
    file, folder, witness = write_experiments(tmp_path, data), tmp_path / "run", Witness()
    sit(file, folder, only=["lsgan"])
    row = (folder / "lsgan" / "result.json").read_bytes()
    write_tones(data.parent, amplitude=0.25)
    outcome = sit(file, folder, profile="longer", only=["lsgan"], witness=witness)
    assert outcome.failed == ("lsgan",)
    assert "the dataset holds something else" in str(witness.of("warning"))
    before, after = json.loads(row), json.loads((folder / "lsgan" / "result.json").read_bytes())
    assert after["continuation_error"] in str(witness.of("warning"))
    assert after == {**before, "continuation_error": after["continuation_error"]}
    assert "continuing it failed" in (folder / "table.md").read_text()
    sit(file, folder, only=["lsgan"])
    assert json.loads((folder / "lsgan" / "result.json").read_bytes()) == after


def test_silent_data_is_told(tmp_path: Path) -> None:
    file, witness = write_experiments(tmp_path, write_tones(tmp_path, amplitude=0.0)), Witness()
    sit(file, tmp_path / "run", only=["lsgan"], witness=witness)
    assert "20 of 20 real windows are silent" in str(witness.of("warning"))


def test_samples_that_are_a_link_to_elsewhere_are_refused(tones: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run" / "lsgan").mkdir(parents=True)
    (tmp_path / "run" / "lsgan" / "samples").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataError, match=r"lsgan/samples: is a symbolic link to .*elsewhere"):
        sit(tones, tmp_path / "run")
    assert list((tmp_path / "elsewhere").iterdir()) == []
