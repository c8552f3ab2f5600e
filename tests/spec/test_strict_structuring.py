from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pytest
from attrs import field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan import OptionError, SpecError, option
from audiogan.errors import Problem
from audiogan.spec import structure_options


@frozen
class Inner:
    steps: int = option(default=1, minimum=1, help="count")


@frozen
class Outer:
    name: str = option(default="x", help="a name")
    size: int = option(default=2, minimum=1, maximum=9, help="a size")
    rate: float = option(default=0.5, above=0, help="a rate")
    on: bool = option(default=False, help="a switch")
    mode: Literal["zeros", "nearest"] = option(default="zeros", help="a mode")
    pad: str = option(default="same", choices=("same", "valid"), help="a choice")
    paths: str | tuple[str, ...] = option(default=(), help="one or several")
    pair: tuple[int, float] = option(default=(1, 2.0), help="a pair")
    names: list[str] = option(factory=list, help="names")
    inner: Inner | None = option(default=None, help="a table")
    inners: tuple[Inner, ...] = option(default=(), help="tables")
    figures: Mapping[str, float] = option(factory=dict, help="figures")
    folder: Path | None = option(default=None, help="a folder")
    anything: Any = option(default=None, help="whatever")


@frozen
class Even:
    count: int = field(default=2)

    @count.validator
    def _is_even(self, attribute: Any, value: int) -> None:
        if value % 2:
            raise OptionError("count", f"must be even, not {value}")


@frozen
class Needy:
    path: str = option(help="glob of the shards")


def complaint(raw: Mapping[str, Any], options_class: type[Any] = Outer) -> str:
    with pytest.raises(SpecError) as caught:
        structure_options(options_class, raw, where="thing 'x'")
    return str(caught.value)


def test_values_are_taken_for_what_they_are() -> None:
    made = structure_options(
        Outer,
        {
            "rate": 3,
            "paths": ["a", "b"],
            "pair": [1, 2],
            "names": ["n"],
            "inner": {"steps": 3},
            "inners": [{"steps": 4}, {}],
            "figures": {"mean": 1},
            "folder": "data",
            "anything": {"a": [1, "b"]},
        },
        where="thing",
    )
    assert made == Outer(
        rate=3.0,
        paths=("a", "b"),
        pair=(1, 2.0),
        names=["n"],
        inner=Inner(3),
        inners=(Inner(4), Inner()),
        figures={"mean": 1.0},
        folder=Path("data"),
        anything={"a": [1, "b"]},
    )
    assert type(made.rate) is float
    assert type(made.pair[1]) is float


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"size": 6.49}, "size = 6.49: must be an integer, such as 6"),
        ({"size": True}, "size = true: must be an integer, such as 1; true and false are none"),
        ({"size": "3"}, 'size = "3": must be an integer; write it without quotes: 3'),
        ({"size": 0}, "size = 0: must be at least 1"),
        ({"size": 10}, "size = 10: must be at most 9"),
        ({"size": float("inf")}, "size = inf: must be an integer"),
        ({"rate": True}, "rate = true: must be a number"),
        ({"rate": float("nan")}, "rate = nan: must be a finite number"),
        ({"on": "false"}, 'on = "false": must be true or false; write it without quotes: false'),
        ({"on": 0}, "on = 0: must be true or false"),
        ({"name": 3}, "name = 3: must be a string"),
        ({"mode": "linear"}, "mode = \"linear\": must be one of 'zeros', 'nearest'"),
        ({"pad": "vald"}, "pad = \"vald\": must be one of 'same', 'valid' (did you mean 'valid'?)"),
        ({"paths": 3}, "paths = 3: must be a string or a list"),
        ({"paths": ["a", 3]}, "paths[1] = 3: must be a string"),
        ({"pair": [1]}, "pair = [1]: must be a list of 2 values"),
        ({"names": "abc"}, 'names = "abc": must be a list'),
        ({"inner": 3}, "inner = 3: must be a table"),
        ({"inner": {"steps": 0}}, "inner.steps = 0: must be at least 1"),
        ({"inner": {"step": 1}}, "inner.step = 1: unknown key; did you mean 'steps'? known: steps"),
        ({"inners": [{}, {"steps": "1"}]}, 'inners[1].steps = "1": must be an integer; write it without quotes: 1'),
        ({"figures": {"mean": "1.0"}}, 'figures.mean = "1.0": must be a number; write it without quotes: 1.0'),
        ({"figures": []}, "figures = []: must be a table"),
        ({"folder": 1}, "folder = 1: must be a path, as a string"),
    ],
)
def test_what_a_value_must_be(raw: Mapping[str, Any], expected: str) -> None:
    assert complaint(raw) == f"thing 'x': {expected}"


def test_a_missing_option_says_what_it_is() -> None:
    assert complaint({}, Needy) == "thing 'x': path: missing (glob of the shards)"


def test_a_plugins_own_validator_counts() -> None:
    assert complaint({"count": 3}, Even) == "thing 'x': count = 3: must be even, not 3"


def test_an_option_deeper_down_is_found() -> None:
    @frozen
    class Deep:
        inner: Inner = option(factory=Inner, help="a table")

        def __attrs_post_init__(self) -> None:
            raise OptionError("inner.steps", "must be odd")

    with pytest.raises(SpecError) as caught:
        structure_options(Deep, {"inner": {"steps": 4}}, where="thing")
    assert caught.value.problems == (Problem("thing", 0, "inner.steps", "4", "must be odd"),)


def test_every_mistake_at_once() -> None:
    text = complaint({"size": 0, "on": 1, "inner": {"steps": 0}, "siez": 1})
    assert text.splitlines() == [
        "thing 'x':",
        "  size = 0: must be at least 1",
        "  on = 1: must be true or false",
        "  inner.steps = 0: must be at least 1",
        "  siez = 1: unknown key; did you mean 'size'? known: anything, figures, folder, inner, inners, mode, name, "
        "names, on, pad, pair, paths, rate, size",
    ]


def test_instances_of_nested_options_pass_from_python() -> None:
    assert structure_options(Outer, {"inner": Inner(7)}, where="thing").inner == Inner(7)


_RAW = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["steps", "a"]), inner, max_size=2),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*Outer.__annotations__, "other"]), _RAW, max_size=4))
def test_anything_else_is_a_spec_error(raw: dict[str, Any]) -> None:
    try:
        made = structure_options(Outer, raw, where="thing")
    except SpecError as error:
        assert str(error).startswith("thing:")  # noqa: PT017 - only if there is one
        return
    assert type(made.size) is int
    assert type(made.on) is bool
    assert type(made.rate) is float
    assert 1 <= made.size <= 9
