from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiogan import SpecError
from audiogan.errors import Problem
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


Told = Callable[..., list[tuple[str, int, str, str]]]


@pytest.fixture
def problems(write: Callable[[str], Path], registry: Any) -> Callable[..., tuple[Problem, ...]]:
    def told(text: str, **arguments: Any) -> tuple[Problem, ...]:
        path = write(text)
        with pytest.raises(SpecError) as caught:
            read_experiments(path, registry=registry, **arguments)
        lines = str(caught.value).splitlines()
        assert lines[1:] == [f"  {problem}" for problem in caught.value.problems] or len(lines) <= 2
        return tuple(
            problem._replace(file=problem.file.replace(str(path), "FILE")) for problem in caught.value.problems
        )

    return told


@pytest.fixture
def mistakes(problems: Callable[..., tuple[Problem, ...]]) -> Told:
    """File, line, key and value of each."""
    return lambda text, **arguments: [problem[:4] for problem in problems(text, **arguments)]


def test_everything_that_is_wrong_with_a_file(mistakes: Told) -> None:
    overrides = ["training.seed=-1", "foo.x=3", "batch", "experiment.e.loss=wgan", "generator.dim=[1"]
    assert mistakes(MISTAKEN, profile="quik", only=["z"], overrides=overrides) == [
        ("FILE", 3, "generator.type", '"wavegna"'),
        ("FILE", 4, "training", ""),
        ("FILE", 5, "training.batch_size", "64.9"),
        ("FILE", 6, "training.stepz", "3"),
        ("FILE", 9, "evaluation.metrics[0]", '"inception-scor"'),
        ("FILE", 9, "evaluation.metrics[1].splits", "0"),
        ("FILE", 9, "evaluation.metrics[1].classifier.steps", '"2"'),
        ("FILE", 10, "evaluation.best_by", "true"),
        ("FILE", 11, "evaluation.every_steps", "1"),
        ("FILE", 13, "experiment[0].discriminator", ""),
        ("FILE", 14, "experiment[0].name", '"a b"'),
        ("FILE", 16, "experiment[1].loss", ""),
        ("FILE", 18, "experiment[1].extra", "1"),
        ("FILE", 19, "experiment[1].discriminator.type", "3"),
        ("FILE", 20, "experiment[1].dataset.paths", ""),
        ("FILE", 21, "experiment[2].discriminator", ""),
        ("FILE", 22, "experiment[2].name", '"C"'),
        ("FILE", 23, "experiment[2].loss", "3"),
        ("FILE", 24, "surplus", ""),
        ("FILE", 26, "profile.quick.generators", "3"),
        ("FILE", 27, "profile.quick.training.steps", '"60"'),
        ("FILE", 28, "profile.quick.experiment.d", ""),
        ("FILE", 30, "profile.other.loss.type", '"wgann"'),
        ("--set", 0, "training.seed", "-1"),
        ("--set", 0, "", ""),
        ("--set", 0, "foo.x=3", ""),
        ("--set", 0, "batch", ""),
        ("--set", 0, "generator.dim=[1", ""),
        ("--only", 0, "", ""),
        ("--profile quik", 0, "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", (1, "", "")),
        ("experiment = []", (1, "", "")),
        ('\n[experiment]\nname = "x"', (2, "experiment", "")),
        ("title = 3\n[[experiment]]", (1, "title", "3")),
        ("[[experiment]]", (1, "experiment[0].name", "")),
        ("[[experiment]]", (1, "experiment[0].training", "")),
        ("profile = 3\n[[experiment]]", (1, "profile", "3")),
        ("[profile]\nx = 3\n[[experiment]]", (2, "profile.x", "3")),
        ("[[experiment]]\nname = 3", (2, "experiment[0].name", "3")),
        ("training = 3\n[[experiment]]", (1, "training", "3")),
        ("evaluation = 3\n[[experiment]]", (1, "evaluation", "3")),
        ("generator = 3\n[[experiment]]", (1, "generator", "3")),
        ("[generator]\ndim = 3\n[[experiment]]", (1, "generator.type", "")),
        ("loss = ['wgan', 3]\n[[experiment]]", (1, "loss[1]", "3")),
        ("loss = ['wgan', {type='r1', weight=-1}]\n[[experiment]]", (1, "loss[1].weight", "-1")),
        ("loss = []\n[[experiment]]", (1, "loss", "[]")),
        ("callbacks = ['ema', 'x']\n[[experiment]]", (1, "callbacks[1]", '"x"')),
        ("plugins = 'critic.py'\n[[experiment]]", (1, "plugins", '"critic.py"')),
    ],
)
def test_shapes_that_a_file_cannot_have(mistakes: Told, text: str, mistake: tuple[int, str, str]) -> None:
    assert ("FILE", *mistake) in mistakes(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"x = {'9' * 5_000}", 1),
        (f"title = 'x'\n[{'.'.join('a' * 3_000)}]\n", 2),
        (f"\nx = {'[' * 60}{']' * 60}", 2),
        (f"\nx = {'[' * 900}{']' * 900}", 0),
    ],
)
def test_what_is_beyond_all_bounds_is_one_sentence(mistakes: Told, text: str, line: int) -> None:
    assert mistakes(text) == [("FILE", line, "", "")]


def test_a_great_many_unknown_keys_are_one_mistake(mistakes: Told, small: str) -> None:
    many = "\n".join(f"k{number} = 1" for number in range(50_000))
    assert mistakes(f"{many}\n{small}") == [("FILE", 1, "k0", "1")]


def test_a_byte_order_mark_is_passed_over(write: Callable[[str], Path], registry: Any, small: str) -> None:
    assert read_experiments(write(f"\ufeff{small}"), registry=registry).title == "Small"


@pytest.mark.parametrize("name", ["report.html", "run.json", "spec.toml", "Table.MD", "losses.svg"])
def test_names_of_the_files_of_a_run(mistakes: Told, small: str, name: str) -> None:
    assert mistakes(small.replace('"one"', f'"{name}"')) == [("FILE", 6, "experiment[0].name", f'"{name}"')]


@pytest.mark.parametrize("name", ["..", ".hidden", "a/b", "a\\\\b", "", "a b", "x.", "ü", "-x", "x" * 101])
def test_names_that_cannot_be_folders(mistakes: Told, small: str, name: str) -> None:
    assert [mistake[:3] for mistake in mistakes(small.replace('"one"', f'"{name}"'))] == [
        ("FILE", 6, "experiment[0].name")
    ]


@pytest.mark.parametrize(("text", "line"), [("title = 'x'\ndim 3\n", 2), ("x = [1,", 1), ("a = 1\na = 2\n", 2)])
def test_syntax(mistakes: Told, text: str, line: int) -> None:
    assert mistakes(text) == [("FILE", line, "", "")]


def test_files_that_cannot_be_read(tmp_path: Path, registry: Any) -> None:
    (tmp_path / "table1.toml").touch()
    with pytest.raises(SpecError, match=r"tabel1\.toml: no such file; did you mean '.*table1\.toml'\?"):
        read_experiments(tmp_path / "tabel1.toml", registry=registry)
    with pytest.raises(SpecError, match="cannot be read: Is a directory"):
        read_experiments(tmp_path, registry=registry)
    (tmp_path / "latin.toml").write_bytes('title = "Ü"'.encode("latin-1"))
    with pytest.raises(SpecError, match="byte 9 is not UTF-8"):
        read_experiments(tmp_path / "latin.toml", registry=registry)
    (tmp_path / "deep.toml").write_text("x = " + "[" * 5_000 + "]" * 5_000)
    with pytest.raises(SpecError, match="nested too deeply"):
        read_experiments(tmp_path / "deep.toml", registry=registry)


def test_a_profile_alone_may_give_the_budget(write: Callable[[str], Path], registry: Any, small: str) -> None:
    path = write(small.replace("steps = 10", "") + "[profile.quick]\ntraining.steps = 2\n")
    (spec,) = read_experiments(path, registry=registry, profile="quick").experiments
    assert spec.training.steps == 2
    with pytest.raises(SpecError, match="no budget"):
        read_experiments(path, registry=registry)


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("dataset.type=tfrecord", "dataset.paths", ""),
        ("experiment.one.dataset.type=tfrecord", "experiment.one.dataset.paths", ""),
        (
            "evaluation.metrics=[{type='inception-score', classifier={steps='4'}}]",
            "evaluation.metrics[0].classifier.steps",
            '"4"',
        ),
        ("evaluation.metrics=['inception-score', 'x']", "evaluation.metrics[1]", '"x"'),
        ("generator={type='wavegan', dim=0}", "generator.dim", "0"),
        ("dataset.type=3", "dataset.type", "3"),
        ("training.duration_s=inf", "training.duration_s", "inf"),
        ("training.duration_s=nan", "training.duration_s", "nan"),
        (
            "evaluation.metrics=[{type='inception-score', classifier={rate=inf}}]",
            "evaluation.metrics[0].classifier.rate",
            "inf",
        ),
        (
            "evaluation.metrics=[{type='inception-score', embedding={type='mel', n_mels=0}}]",
            "evaluation.metrics[0].embedding.n_mels",
            "0",
        ),
        ("training.optimizer={type='Adam', lr=nan}", "training.optimizer.lr", "nan"),
        ("training.optimizer={type='Adam', betas=[0.5, inf]}", "training.optimizer.betas", "[0.5, inf]"),
    ],
)
def test_the_key_of_an_override(mistakes: Told, small: str, override: str, key: str, value: str) -> None:
    assert mistakes(small, overrides=[override]) == [("--set", 0, key, value)]


def test_numbers_of_a_file_are_finite(mistakes: Told, small: str) -> None:
    text = small.replace("steps = 10", "steps = 10\noptimizer = { type = 'Adam', lr = -inf, eps = nan }")
    assert mistakes(text + "published = { epoch = nan }\n") == [
        ("FILE", 5, "training.optimizer.lr", "-inf"),
        ("FILE", 5, "training.optimizer.eps", "nan"),
        ("FILE", 10, "experiment[0].published.epoch", "nan"),
    ]


def test_a_value_that_the_profile_replaces_is_said_all_the_same(mistakes: Told) -> None:
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
    assert mistakes(text, profile="quick") == [("FILE", 9, "training.batch_size", "64.9")]
