from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan import SpecError
from audiogan.spec import read_experiments, to_toml

_WORDS = st.sampled_from(
    [
        *("type", "wavegan", "lstm", "lsgan", "wgan", "tfrecord", "one", "quick", "name", "title", "published"),
        *(
            "dataset",
            "generator",
            "discriminator",
            "loss",
            "training",
            "evaluation",
            "experiment",
            "profile",
            "metrics",
        ),
        *(
            "steps",
            "epochs",
            "every_steps",
            "every_epochs",
            "optimizer",
            "dim",
            "lr",
            "paths",
            "inception-score",
            "a b",
        ),
    ]
)
_VALUES = st.recursive(
    _WORDS | st.integers(-1, 3) | st.floats() | st.booleans() | st.dates() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=10,
)
_SOUND: dict[str, Any] = {
    "generator": "wavegan",
    "discriminator": {"type": "lstm"},
    "loss": "lsgan",
    "training": {"steps": 1},
    "experiment": [{"name": "one"}],
    "profile": {"quick": {"training": {"steps": 2}, "experiment": {"one": {"loss": "wgan"}}}},
}


def _altered(document: dict[str, Any], changes: list[tuple[list[str], Any]]) -> dict[str, Any]:
    for path, value in changes:
        table: Any = document
        for part in path[:-1]:
            table = table[part] if isinstance(table, dict) and isinstance(table.get(part), dict) else {}
        table[path[-1]] = value
    return document


_CHANGES = st.lists(st.tuples(st.lists(_WORDS, min_size=1, max_size=3), _VALUES), max_size=3)
_OVERRIDES = st.lists(
    st.builds("{}={}".format, st.lists(_WORDS, min_size=1, max_size=3).map(".".join), _WORDS | st.text(max_size=4)),
    max_size=2,
)


@settings(max_examples=200, deadline=None)
@given(_CHANGES, _OVERRIDES, st.none() | st.just("quick"))
def test_nothing_but_spec_errors(
    registry: Any, changes: list[tuple[list[str], Any]], overrides: list[str], profile: str | None
) -> None:
    document = tomli_w.dumps(_altered(deep_copy(_SOUND), changes))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.toml"
        path.write_text(document, encoding="utf-8")
        try:
            file = read_experiments(path, registry=registry, profile=profile, overrides=overrides)
        except SpecError:
            return
        path.write_text(to_toml(file), encoding="utf-8")
        again = read_experiments(path, registry=registry)
        # by text, because NaN differs from itself
        assert to_toml(again) == to_toml(file)


def deep_copy(document: dict[str, Any]) -> dict[str, Any]:
    return {key: deep_copy(value) if isinstance(value, dict) else value for key, value in document.items()}


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab=[]{}\"'\n.,#1 \\\r\t"), max_size=30))
def test_any_text_is_read_or_refused(registry: Any, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.toml"
        path.write_bytes(text.encode())
        try:
            read_experiments(path, registry=registry)
        except SpecError as error:
            assert str(path) in str(error)  # noqa: PT017 - only if there is one
