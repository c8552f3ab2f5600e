from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audiogan.audio import read_audio
from audiogan.errors import AudioganError, CheckpointError, SpecError
from audiogan.registry import installed
from audiogan.run.generation import generate_files
from tests.run.conftest import WholeRun


def _generate(experiment: Path, output: Path, **changes: Any) -> list[Path]:
    arguments: dict[str, Any] = {"count": 3, "seed": 0, "checkpoint": "best", "device_name": "cpu"}
    return generate_files(experiment, output, registry=installed(), warn=lambda line: None, **{**arguments, **changes})


def _contents(paths: list[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


@pytest.mark.parametrize("name", ["lsgan", "lstm-wgan-gp"])
def test_as_many_files_as_asked_for(name: str, whole: WholeRun, tmp_path: Path) -> None:
    paths = _generate(whole.folder / name, tmp_path / "new" / "out", count=18)
    assert paths == [tmp_path / "new" / "out" / f"{number:04d}.wav" for number in range(18)]
    waveforms = []
    for path in paths:
        waveform, sample_rate = read_audio(path)
        assert sample_rate == 16_000
        assert waveform.shape == (1, 1024)
        assert 0 < np.abs(waveform).max() <= 1
        waveforms.append(waveform)
    assert len({waveform.tobytes() for waveform in waveforms}) == 18


def test_the_same_seed_gives_the_same_files(whole: WholeRun, tmp_path: Path) -> None:
    one = _contents(_generate(whole.folder / "lsgan", tmp_path / "one"))
    again = _contents(_generate(whole.folder / "lsgan", tmp_path / "again"))
    other = _contents(_generate(whole.folder / "lsgan", tmp_path / "other", seed=1))
    assert one == again
    assert all(ours != theirs for ours, theirs in zip(one, other, strict=True))


@pytest.mark.parametrize("count", [1, 4, 15, 17])
def test_fewer_files_are_the_first_of_more(count: int, whole: WholeRun, tmp_path: Path) -> None:
    many = _contents(_generate(whole.folder / "lsgan", tmp_path / "many", count=20))
    few = _contents(_generate(whole.folder / "lsgan", tmp_path / "few", count=count))
    assert few == many[:count]


def test_the_checkpoint_can_be_chosen(whole: WholeRun, tmp_path: Path) -> None:
    experiment = whole.folder / "lstm-wgan-gp"
    best = _contents(_generate(experiment, tmp_path / "best", checkpoint="best"))
    named = _contents(
        _generate(experiment, tmp_path / "named", checkpoint=str(experiment / "checkpoints" / "best.safetensors"))
    )
    assert best == named


def test_the_dataset_may_be_gone(whole: WholeRun, tmp_path: Path) -> None:
    folder = shutil.copytree(whole.folder, tmp_path / "elsewhere")
    spec = folder / "spec.toml"
    spec.write_text(spec.read_text().replace("tones.tfrecord", "gone.tfrecord"))
    moved = _contents(_generate(folder / "lsgan", tmp_path / "moved"))
    assert moved == _contents(_generate(whole.folder / "lsgan", tmp_path / "here"))


def test_the_folder_may_be_the_current_one(whole: WholeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(whole.folder / "lsgan")
    assert len(_generate(Path(), tmp_path / "out")) == 3


@pytest.mark.parametrize("count", [0, -1])
def test_a_count_that_is_not_positive_is_refused(count: int, whole: WholeRun, tmp_path: Path) -> None:
    with pytest.raises(AudioganError, match=f"-n must be at least 1, not {count}"):
        _generate(whole.folder / "lsgan", tmp_path / "out", count=count)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("count", [10**12, 2**63])
def test_a_count_beyond_memory_is_refused_with_the_number_that_fits(
    count: int, whole: WholeRun, tmp_path: Path
) -> None:
    with pytest.raises(AudioganError, match=rf"^{count:,} windows of 1 x 1024 .* has room for [\d,]+: lower -n, and"):
        _generate(whole.folder / "lsgan", tmp_path / "out", count=count)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("seed", [-1, 2**63, 10**30])
def test_a_seed_that_torch_cannot_take_is_refused(seed: int, whole: WholeRun, tmp_path: Path) -> None:
    with pytest.raises(AudioganError, match=f"--seed must be from 0 to .*, not {seed}"):
        _generate(whole.folder / "lsgan", tmp_path / "out", seed=seed)


def test_the_largest_seed_works(whole: WholeRun, tmp_path: Path) -> None:
    assert len(_generate(whole.folder / "lsgan", tmp_path / "out", seed=2**63 - 1, count=1)) == 1


def test_folders_that_are_no_experiment_are_refused(whole: WholeRun, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none", whole.folder):
        with pytest.raises(AudioganError, match=r"not an experiment's folder.*spec\.toml"):
            _generate(folder, tmp_path / "out")
    with pytest.raises(AudioganError, match=r"has no experiment 'lsgann'; it has: lsgan, lstm-wgan-gp"):
        _generate(whole.folder / "lsgann", tmp_path / "out")


def test_a_missing_checkpoint_is_told_with_those_that_are_there(whole: WholeRun, tmp_path: Path) -> None:
    folder = shutil.copytree(whole.folder, tmp_path / "run")
    (folder / "lsgan" / "checkpoints" / "best.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"best\.safetensors: there is no checkpoint; use --checkpoint latest"):
        _generate(folder / "lsgan", tmp_path / "out")
    assert len(_generate(folder / "lsgan", tmp_path / "out", checkpoint="latest")) == 3
    shutil.rmtree(folder / "lsgan" / "checkpoints")
    with pytest.raises(CheckpointError, match="train the experiment first"):
        _generate(folder / "lsgan", tmp_path / "out")
    with pytest.raises(CheckpointError, match="epoch7: there is no checkpoint"):
        _generate(folder / "lsgan", tmp_path / "out", checkpoint="epoch7")


def test_files_that_are_no_checkpoint_are_refused(whole: WholeRun, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"table\.json: the checkpoint is damaged"):
        _generate(whole.folder / "lsgan", tmp_path / "out", checkpoint=str(whole.folder / "table.json"))


def test_a_checkpoint_of_other_networks_is_refused_by_its_name(whole: WholeRun, tmp_path: Path) -> None:
    folder = shutil.copytree(whole.folder, tmp_path / "run")
    spec = folder / "spec.toml"
    spec.write_text(spec.read_text().replace("latent_dim = 8", "latent_dim = 9"))
    with pytest.raises(CheckpointError, match=r"best\.safetensors: not a checkpoint of experiment 'lsgan'.*generator"):
        _generate(folder / "lsgan", tmp_path / "out")


def test_a_damaged_spec_is_told(whole: WholeRun, tmp_path: Path) -> None:
    folder = shutil.copytree(whole.folder, tmp_path / "run")
    (folder / "spec.toml").write_text("nonsense")
    with pytest.raises(SpecError, match=r"spec\.toml"):
        _generate(folder / "lsgan", tmp_path / "out")


def test_an_output_that_cannot_be_written_is_told(whole: WholeRun, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for output in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(AudioganError, match="file is a file, not a folder"):
            _generate(whole.folder / "lsgan", output)
