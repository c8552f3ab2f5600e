from __future__ import annotations

from typing import Any

import pytest

from audiogan import SpecError
from audiogan.spec.layers import parse_assignment, read_options


@pytest.mark.parametrize(
    ("argument", "path", "value"),
    [
        ("training.batch_size=16", ("training", "batch_size"), 16),
        ("a.b = 1e-4", ("a", "b"), 1e-4),
        ("a=true", ("a",), True),
        ("a=True", ("a",), "True"),
        ("a=wavegan", ("a",), "wavegan"),
        ("a=lstm-conv", ("a",), "lstm-conv"),
        ("a=data/*.tfrecord", ("a",), "data/*.tfrecord"),
        ("a=x=y", ("a",), "x=y"),
        ('a="1"', ("a",), "1"),
        ("a=[1, 'b']", ("a",), [1, "b"]),
        ("a={type = 'x', dim = 3}", ("a",), {"type": "x", "dim": 3}),
        ('experiment."odd.name".loss=wgan', ("experiment", "odd.name", "loss"), "wgan"),
        ("a=1\nb = 2", ("a",), "1\nb = 2"),
    ],
)
def test_assignments(argument: str, path: tuple[str, ...], value: Any) -> None:
    parsed, node = parse_assignment(argument)
    assert (parsed, node.plain()) == (path, value)


@pytest.mark.parametrize("argument", ["", "a", "=1", "a=", "a b=1", "a..b=1", "a=[1", "a='x"])
def test_what_is_no_assignment(argument: str) -> None:
    with pytest.raises(ValueError, match=r"form key=value|is not a key|not valid TOML|one key at a time"):
        parse_assignment(argument)


def test_options_of_one_component() -> None:
    options = read_options(["dim=8", "classifier.steps=1", "classifier.dim=2"])
    assert {name: node.plain() for name, node in options.items()} == {"dim": 8, "classifier": {"steps": 1, "dim": 2}}
    with pytest.raises(SpecError) as caught:
        read_options(["dim", "x=[1"])
    assert [(problem.file, problem.key) for problem in caught.value.problems] == [("--set", "dim"), ("--set", "x=[1")]


@pytest.mark.parametrize("value", ["[" * 900 + "]" * 900, "[" * 100 + "]" * 100, "9" * 5_000])
def test_values_beyond_all_bounds(value: str) -> None:
    with pytest.raises(ValueError, match=r"nested too deeply|digits"):
        parse_assignment(f"a={value}")
