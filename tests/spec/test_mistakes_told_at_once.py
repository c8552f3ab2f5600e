from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from audiogan import SpecError
from audiogan.spec import read_experiments

MISTAKEN = """\
title = "Mistakes"
[generator]
type = "wavegna"
[training]
batch_size = 64.9
stepz = 3
optimizer = { lr = 1 }
[evaluation]
metrics = ["inception-scor", { type = "inception-score", splits = 0, classifier = { steps = "2" } }]
best_by = true
every_steps = 1
every_epochs = 1
[[experiment]]
name = "a b"
loss = "wgan"
[[experiment]]
name = "c"
extra = 1
discriminator = { type = 3 }
dataset = { type = "tfrecord" }
[[experiment]]
name = "C"
loss = 3
[surplus]
[profile.quick]
generators = 3
training.steps = "60"
[profile.quick.experiment.d]
[profile.other]
loss.type = "wgann"
"""


@pytest.fixture
def mistakes(write: Callable[[str], Path], catalog: Any) -> Callable[..., list[str]]:
    def told(text: str, **arguments: Any) -> list[str]:
        path = write(text)
        with pytest.raises(SpecError) as caught:
            read_experiments(path, catalog=catalog, **arguments)
        return [line.replace(str(path), "FILE").removeprefix("  ") for line in str(caught.value).splitlines()]

    return told


def test_everything_that_is_wrong_with_a_file(mistakes: Callable[..., list[str]]) -> None:
    overrides = ["training.seed=-1", "foo.x=3", "batch", "experiment.e.loss=wgan", "generator.dim=[1"]
    told = mistakes(MISTAKEN, profile="quik", only=["z"], overrides=overrides)
    assert told == [
        "31 mistakes in FILE",
        "FILE:3: generator.type = \"wavegna\": unknown generator 'wavegna'; did you mean 'wavegan'? installed: wavegan",
        "FILE:4: training: no budget; give one of epochs, steps, duration_s or several",
        "FILE:5: training.batch_size = 64.9: must be a whole number, such as 65",
        "FILE:6: training.stepz = 3: unknown key; did you mean 'steps'? known: batch_size, checkpoint_every_s, device, "
        "discriminator_optimizer, discriminator_steps, duration_s, epochs, generator_optimizer, optimizer, seed, "
        "steps, threads, workers",
        'FILE:7: training.optimizer.type: missing; it is a class of torch.optim, such as "Adam"',
        "FILE:9: evaluation.metrics[0] = \"inception-scor\": unknown metric 'inception-scor'; did you mean "
        "'inception-score'? installed: inception-score",
        "FILE:9: evaluation.metrics[1].splits = 0: must be at least 1",
        'FILE:9: evaluation.metrics[1].classifier.steps = "2": must be a whole number; write it without quotes: 2',
        "FILE:10: evaluation.best_by = true: must be a text in quotes",
        "FILE:11: evaluation.every_steps = 1: give either every_epochs or every_steps",
        "FILE:13: experiment[0].discriminator: missing; installed: lstm, wavegan",
        'FILE:14: experiment[0].name = "a b": names a folder and may hold letters, digits, dots, dashes and '
        "underscores, starting with a letter or digit",
        "FILE:16: experiment[1].loss: missing; installed: lsgan, wgan",
        "FILE:18: experiment[1].extra = 1: unknown key; known: callbacks, dataset, discriminator, evaluation, "
        "generator, loss, name, published, representation, title, training",
        "FILE:19: experiment[1].discriminator.type = 3: must be a name in quotes, one of lstm, wavegan",
        "FILE:20: experiment[1].dataset.paths: missing (globs of the shards)",
        "FILE:21: experiment[2].discriminator: missing; installed: lstm, wavegan",
        'FILE:22: experiment[2].name = "C": a second experiment of that name; the first is at FILE:17',
        "FILE:23: experiment[2].loss = 3: must be a name in quotes or a table with type",
        "FILE:24: surplus: unknown key; known: callbacks, dataset, discriminator, evaluation, experiment, "
        "generator, loss, profile, representation, resolved_profile, title, training",
        "FILE:26: profile.quick.generators = 3: unknown key; did you mean 'generator'? known: callbacks, dataset, "
        "discriminator, evaluation, experiment, generator, loss, representation, training",
        'FILE:27: profile.quick.training.steps = "60": must be a whole number; write it without quotes: 60',
        "FILE:28: profile.quick.experiment.d: unknown experiment 'd'; experiments: C, a b, c",
        "FILE:30: profile.other.loss.type = \"wgann\": unknown loss 'wgann'; did you mean 'wgan'? installed: lsgan, "
        "wgan",
        "--set: training.seed = -1: must be at least 0",
        "--set: unknown experiment 'e'; experiments: C, a b, c",
        "--set: foo.x=3: unknown section 'foo'; sections: callbacks, dataset, discriminator, evaluation, "
        "experiment.<name>, generator, loss, representation, training",
        "--set: batch: must have the form key=value, such as training.batch_size=16",
        "--set: generator.dim=[1: the value is not valid TOML: Unclosed array (at end of document)",
        "--only: unknown experiment 'z'; experiments: C, a b, c",
        "--profile quik: unknown profile; did you mean 'quick'? profiles in FILE: other, quick",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "FILE:1: no experiments; each is an [[experiment]] table with a name"),
        ("experiment = []", "FILE:1: no experiments; each is an [[experiment]] table with a name"),
        (
            '\n[experiment]\nname = "x"',
            "FILE:2: experiment: must be tables, each under [[experiment]] in double brackets",
        ),
        ("title = 3\n[[experiment]]", "FILE:1: title = 3: must be a text in quotes"),
        ("[[experiment]]", "FILE:1: experiment[0].name: missing; it names the experiment's folder"),
        (
            "[[experiment]]",
            "FILE:1: experiment[0].training: no budget; give one of epochs, steps, duration_s or several",
        ),
        ("profile = 3\n[[experiment]]", "FILE:1: profile = 3: must be tables, such as [profile.quick]"),
        ("[profile]\nx = 3\n[[experiment]]", "FILE:2: profile.x = 3: must be a table"),
        ("[[experiment]]\nname = 3", "FILE:2: experiment[0].name = 3: must be a text in quotes"),
        ("training = 3\n[[experiment]]", "FILE:1: training = 3: must be a table"),
        ("evaluation = 3\n[[experiment]]", "FILE:1: evaluation = 3: must be a table"),
        ("generator = 3\n[[experiment]]", "FILE:1: generator = 3: must be a name in quotes or a table with type"),
        ("[generator]\ndim = 3\n[[experiment]]", "FILE:1: generator.type: missing; it is one of wavegan"),
    ],
)
def test_shapes_that_a_file_cannot_have(mistakes: Callable[..., list[str]], text: str, line: str) -> None:
    assert line in mistakes(text)


@pytest.mark.parametrize("name", ["..", ".hidden", "a/b", "a\\\\b", "", "a b", "x.", "ü", "-x", "x" * 101])
def test_names_that_cannot_be_folders(mistakes: Callable[..., list[str]], small: str, name: str) -> None:
    (_, line) = mistakes(small.replace('"one"', f'"{name}"'))
    assert "names a folder" in line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title = 'x'\ndim 3\n", ["FILE:2: not valid TOML: Expected '=' after a key in a key/value pair (column 5)"]),
        ("x = [1,", ["FILE:1: not valid TOML: Invalid value (at the end of the file)"]),
        ("a = 1\na = 2\n", ["FILE:2: not valid TOML: Cannot overwrite a value (column 6)", "a = 2"]),
    ],
)
def test_syntax(mistakes: Callable[..., list[str]], text: str, expected: Sequence[str]) -> None:
    assert mistakes(text)[: len(expected)] == expected


def test_files_that_cannot_be_read(tmp_path: Path, catalog: Any) -> None:
    (tmp_path / "table1.toml").touch()
    with pytest.raises(SpecError, match=r"tabel1\.toml: no such file; did you mean '.*table1\.toml'\?"):
        read_experiments(tmp_path / "tabel1.toml", catalog=catalog)
    with pytest.raises(SpecError, match="cannot be read: Is a directory"):
        read_experiments(tmp_path, catalog=catalog)
    (tmp_path / "latin.toml").write_bytes('title = "Ü"'.encode("latin-1"))
    with pytest.raises(SpecError, match="byte 9 is not UTF-8"):
        read_experiments(tmp_path / "latin.toml", catalog=catalog)
    (tmp_path / "deep.toml").write_text("x = " + "[" * 5_000 + "]" * 5_000)
    with pytest.raises(SpecError, match="nested too deeply"):
        read_experiments(tmp_path / "deep.toml", catalog=catalog)


def test_a_profile_alone_may_give_the_budget(write: Callable[[str], Path], catalog: Any, small: str) -> None:
    path = write(small.replace("steps = 10", "") + "[profile.quick]\ntraining.steps = 2\n")
    (spec,) = read_experiments(path, catalog=catalog, profile="quick").experiments
    assert spec.training.steps == 2
    with pytest.raises(SpecError, match="no budget"):
        read_experiments(path, catalog=catalog)


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("dataset.type=tfrecord", "--set: dataset.paths: missing (globs of the shards)"),
        (
            "experiment.one.dataset.type=tfrecord",
            "--set: experiment.one.dataset.paths: missing (globs of the shards)",
        ),
        (
            "evaluation.metrics=[{type='inception-score', classifier={steps='4'}}]",
            '--set: evaluation.metrics[0].classifier.steps = "4": must be a whole number; write it without quotes: 4',
        ),
        (
            "evaluation.metrics=['inception-score', 'x']",
            "--set: evaluation.metrics[1] = \"x\": unknown metric 'x'; installed: inception-score",
        ),
        ("generator={type='wavegan', dim=0}", "--set: generator.dim = 0: must be at least 1"),
        ("dataset.type=3", "--set: dataset.type = 3: must be a name in quotes, one of bach-piano, tfrecord"),
        ("training.duration_s=inf", "--set: training.duration_s = inf: must be a finite number"),
        ("training.duration_s=nan", "--set: training.duration_s = nan: must be a finite number"),
        (
            "evaluation.metrics=[{type='inception-score', classifier={rate=inf}}]",
            "--set: evaluation.metrics[0].classifier.rate = inf: must be a finite number",
        ),
        (
            "training.optimizer={type='Adam', lr=nan}",
            "--set: training.optimizer.lr = nan: must be a finite number",
        ),
        (
            "training.optimizer={type='Adam', betas=[0.5, inf]}",
            "--set: training.optimizer.betas = [0.5, inf]: must be a finite number",
        ),
    ],
)
def test_the_key_of_an_override(mistakes: Callable[..., list[str]], small: str, override: str, line: str) -> None:
    assert mistakes(small, overrides=[override]) == ["1 mistake in FILE", line]


def test_numbers_of_a_file_are_finite(mistakes: Callable[..., list[str]], small: str) -> None:
    text = small.replace("steps = 10", "steps = 10\noptimizer = { type = 'Adam', lr = -inf, eps = nan }")
    assert mistakes(text + "published = { epoch = nan }\n") == [
        "3 mistakes in FILE",
        "FILE:5: training.optimizer.lr = -inf: must be a finite number",
        "FILE:5: training.optimizer.eps = nan: must be a finite number",
        "FILE:10: experiment[0].published.epoch = nan: must be a finite number",
    ]


def test_a_value_that_the_profile_replaces_is_told_all_the_same(mistakes: Callable[..., list[str]]) -> None:
    text = """
[generator]
type = "wavegan"
[discriminator]
type = "wavegan"
[loss]
type = "wgan"
[training]
batch_size = 64.9
[[experiment]]
name = "a"
[profile.quick]
training = { batch_size = 8, steps = 1 }
"""
    assert mistakes(text, profile="quick") == [
        "1 mistake in FILE",
        "FILE:9: training.batch_size = 64.9: must be a whole number, such as 65",
    ]
