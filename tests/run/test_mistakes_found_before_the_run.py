from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiogan.cli import main
from audiogan.data.example_encoding import encode_example
from audiogan.data.shard_writer import write_shard
from audiogan.errors import SpecError
from audiogan.interfaces import Dataset
from audiogan.registry import installed
from audiogan.run.check import check_experiments
from audiogan.spec import ExperimentFile, read_experiments
from tests.run.conftest import WholeRun
from tests.run.evaluation.stand_in_metrics import Level
from tests.run.sitting import registry_with
from tests.run.tone_shards import EXPERIMENTS, write_experiments
from tests.training.linear_gan import LinearGenerator

MISTAKEN = """\
[dataset]
type = "tfrecord"
path = "SHARDS"
window_length = 1024
label_feature = "label"
[generator]
type = "wavegan"
dim = 1
[training]
steps = 8
device = "cpu"
optimizer = "Adamm"
[evaluation]
samples = 4
final_samples = 200
best_by = "beauty"
[[experiment]]
name = "a"
loss = "lsgan"
discriminator = { type = "lstm", frame_size = 2000 }
training.optimizer = { type = "Adam", lr = "1e-4", betas = [0.5], eps = -1, momentum = 3 }
[[experiment]]
name = "b"
loss = "lsgan"
discriminator = "wavegan"
evaluation.metrics = []
[[experiment]]
name = "c"
loss = "lsgan"
discriminator = "wavegan"
evaluation.metrics = [{ type = "inception-score", splits = 2, classifier_path = "nowhere" }]
"""


@pytest.fixture
def told(shard: Path, tmp_path: Path) -> Callable[..., list[str]]:
    def complaints(text: str, *, registry: Any = None, **arguments: Any) -> list[str]:
        registry = registry or installed()
        path = write_experiments(tmp_path, shard, text=text)
        file = read_experiments(path, registry=registry, **arguments)
        with pytest.raises(SpecError) as caught:
            check_experiments(file, file.experiments, registry)
        return [line.strip().replace(str(path), "FILE") for line in str(caught.value).splitlines()]

    return complaints


def test_everything_is_told_at_once_with_its_line(told: Callable[..., list[str]]) -> None:
    lines = told(MISTAKEN)
    assert [line.partition("; known")[0].partition(" installed:")[0].partition(" (No such")[0] for line in lines] == [
        "10 mistakes in FILE",
        "FILE:12: training.optimizer = \"Adamm\": experiments 'b', 'c': unknown optimiser 'Adamm'; did you mean "
        "'Adam'?",
        "FILE:14: evaluation.samples = 4: experiment 'a': metric 'inception-score' needs at least 100 samples; raise "
        "this, or see to the metric's 'splits'",
        "FILE:16: evaluation.best_by = \"beauty\": experiment 'a': no metric gives 'beauty'; figures: "
        "inception_score_mean, inception_score_std",
        "FILE:16: evaluation.best_by = \"beauty\": experiment 'b': evaluation.metrics is empty, so that nothing gives "
        "'beauty'; name a metric that does",
        "FILE:20: experiment[0].discriminator.frame_size = 2000: experiment 'a': is longer than the window of 1024 "
        "samples; use at most 1024",
        "FILE:21: experiment[0].training.optimizer.lr = \"1e-4\": experiment 'a': must be a number; write it without "
        "quotes: 0.0001",
        "FILE:21: experiment[0].training.optimizer.betas = [0.5]: experiment 'a': must be a list of 2 numbers",
        "FILE:21: experiment[0].training.optimizer.momentum = 3: experiment 'a': optimiser Adam has no such argument",
        "FILE:21: experiment[0].training.optimizer.eps = -1: experiment 'a': optimiser Adam refuses it: Invalid "
        "epsilon value: -1",
        "FILE:31: experiment[2].evaluation.metrics[0]: experiment 'c': metric 'inception-score': nowhere/"
        "classifier.json: cannot be read",
    ]


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        (["training.optimizer={type='SGD', lr=-1}"], "--set: training.optimizer.lr = -1: optimiser SGD refuses it"),
        (
            ["training.discriminator_optimizer={type='Adam', betas=[0.5, 1.5]}"],
            "--set: training.discriminator_optimizer.betas = [0.5, 1.5]: optimiser Adam refuses it",
        ),
        # refuses the shapes of a network, not its arguments
        (["training.generator_optimizer=Muon"], "--set: training.generator_optimizer: optimiser Muon"),
        (["evaluation.metrics=[]"], "evaluation.best_by: evaluation.metrics is empty"),
        (["dataset.path=nowhere/*.tfrecord"], "dataset: dataset 'tfrecord': no file matches 'nowhere/*.tfrecord'"),
        (["dataset.feature=wave"], "'wave'; the record has 'label' (bytes), 'samples' (float); set dataset.feature"),
        (["dataset.feature_kind=int64"], "set dataset.feature and dataset.feature_kind to what the data have"),
        (["dataset.label_feature=kind"], "set dataset.label_feature"),
        (["generator.dim=100000000"], "generator 'wavegan': does not fit into memory: lower what makes it large"),
        (["generator.dim=1000000000000000000"], "generator 'wavegan': does not fit into memory"),
        (["representation=spectrogram"], "works on waveforms (channels, length), but"),
        (
            ["evaluation.final_samples=1000000000000"],
            "--set: evaluation.final_samples = 1000000000000: 1,000,000,000,000",
        ),
        (["loss=wgan", "evaluation.best_by=beauty"], '--set: evaluation.best_by = "beauty": no metric gives'),
    ],
    ids=str,
)
def test_mistakes_by_override(told: Callable[..., list[str]], overrides: list[str], line: str) -> None:
    lines = told(EXPERIMENTS, overrides=overrides, only=["lsgan"])
    assert any(line in each for each in lines), lines
    assert all("experiment '" not in each for each in lines)


def test_recordings_without_labels_are_told_before_a_classifier_is_trained(
    told: Callable[..., list[str]], tmp_path: Path
) -> None:
    text = EXPERIMENTS.replace('label_feature = "label"\n', "")
    count, line = told(text)
    assert count == "1 mistake in FILE"
    assert "evaluation.metrics[0]: metric 'inception-score': the dataset has no labels" in line


def test_a_window_that_cannot_be_read_is_found(told: Callable[..., list[str]], tmp_path: Path) -> None:
    write_shard(tmp_path / "loud.tfrecord", [encode_example({"samples": _loud(), "label": b"x"})])
    lines = told(EXPERIMENTS, overrides=[f"dataset.path={tmp_path}/loud.tfrecord"])
    assert any("outside [-1, 1]; set normalize = true" in line for line in lines)


def _loud() -> Any:
    import numpy as np

    return np.full(2000, 3.0, dtype=np.float32)


def test_a_file_without_sources_names_experiment_and_key(tones: Path) -> None:
    file = read_experiments(tones, registry=installed(), overrides=["evaluation.best_by=beauty"])
    bare = ExperimentFile(file.title, file.experiments[:1])
    with pytest.raises(SpecError, match=r"experiment 'lsgan': evaluation\.best_by: no metric gives 'beauty'"):
        check_experiments(bare, bare.experiments, installed())


def test_nothing_is_wrong_with_what_runs(tones: Path) -> None:
    file = read_experiments(tones, registry=installed())
    check_experiments(file, file.experiments, installed())


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_a_run_and_a_dry_run_refuse_alike(
    arguments: list[str], tones: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["run", str(tones), "--output", str(tmp_path / "run"), *arguments]
    assert main([*run, "--set", "evaluation.samples=3"]) == 2
    heard = capsys.readouterr()
    assert heard.out == "checking 2 experiments\n"
    assert heard.err.splitlines()[1].startswith("  --set: evaluation.samples = 3: metric 'inception-score' needs")
    assert {path.name for path in tmp_path.glob("run/*")} <= {".lock"}


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
@pytest.mark.parametrize("below", ["", "below"])
def test_a_file_in_the_way_is_called_a_file(
    arguments: list[str], below: str, tones: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["run", str(tones), "--output", str(tmp_path / "file" / below), *arguments]) == 2
    assert f"{tmp_path / 'file'} is a file, not a folder" in capsys.readouterr().err


def test_a_dry_run_sees_that_the_folder_holds_another_run(
    whole: WholeRun, tones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", str(tones), "--output", str(whole.folder), "--dry-run"]
    assert main([*arguments, "--set", "training.batch_size=8"]) == 2
    assert "training.batch_size: was 4, is 8" in capsys.readouterr().err
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines() == [
        "lsgan: finished before, skipped",
        "lstm-wgan-gp: finished before, skipped",
    ]


def test_a_constructor_that_fails_is_named_with_its_line(told: Callable[..., list[str]]) -> None:
    class Broken(LinearGenerator):
        def __init__(self, *_: Any, **__: Any) -> None:
            raise RuntimeError("a bug")

    text = EXPERIMENTS.replace("dim = 1\nlatent_dim = 8\n", "")
    (line,) = told(text, registry=registry_with("generator", "wavegan", Broken))[1:]
    place = f"({__file__}, line {Broken.__init__.__code__.co_firstlineno + 1})"
    assert f"generator 'wavegan' of tests 0 fails: RuntimeError: a bug {place}" in line


def test_two_metrics_with_one_figure_are_refused(told: Callable[..., list[str]]) -> None:
    listed = '{ type = "nearest-neighbours", examples = 5 }, { type = "nearest-neighbours", examples = 4 }'
    text = re.sub(r"\[\[evaluation\.metrics\]\].*?\n\n", "", EXPERIMENTS, flags=re.DOTALL)
    text = text.replace("[evaluation]\n", f'[evaluation]\nmetrics = [{listed}]\nbest_by = "nearest_self"\n')
    assert "metrics 'nearest-neighbours' and 'nearest-neighbours' both give the figure 'nearest_self'" in told(text)[-1]


def test_a_metric_that_fails_at_its_check_is_named(told: Callable[..., list[str]]) -> None:
    class Hasty(Level):
        def check(self, dataset: Dataset) -> None:
            raise KeyError("labels")

    text = re.sub(r"\[\[evaluation\.metrics\]\].*?\n\n", "", EXPERIMENTS, flags=re.DOTALL)
    text = text.replace("[evaluation]\n", '[evaluation]\nmetrics = ["hasty"]\nbest_by = "level"\n')
    assert (
        "metric 'hasty' of tests 0 fails: KeyError: 'labels'"
        in told(text, registry=registry_with("metric", "hasty", Hasty))[-1]
    )
