from __future__ import annotations

import itertools
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan.spec.toml import KeyPath, locate_keys

_KEYS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=6) | st.sampled_from(
    ["a", "b.c", 'quo"te', "it's", "new\nline", "#", "[x]", "\\", ""]
)
_NOISE = st.sampled_from(['say "hi"', "it's", "# no comment", "[table]", "x = 1", 'line\n"""\nline', "''' \\", "", '"'])
_VALUES = st.recursive(
    st.just(0) | _NOISE | st.booleans() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=12,
)


def _with_marks(value: Any, marks: itertools.count[int], path: KeyPath, found: dict[KeyPath, int]) -> Any:
    """The value with every integer replaced by one that occurs nowhere else in the document."""
    if isinstance(value, dict):
        return {key: _with_marks(item, marks, (*path, key), found) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_marks(item, marks, (*path, i), found) for i, item in enumerate(value)]
    if value == 0 and type(value) is int:
        found[path] = next(marks)
        return found[path]
    return value


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_KEYS, _VALUES, max_size=5), st.booleans())
def test_every_marked_value_is_found_on_its_line(document: dict[str, Any], multiline: bool) -> None:
    marks: dict[KeyPath, int] = {}
    marked = _with_marks(document, itertools.count(7_770_001), (), marks)
    text = tomli_w.dumps(marked, multiline_strings=multiline)
    located = locate_keys(text)
    lines = text.split("\n")
    for path, mark in marks.items():
        assert str(mark) in lines[located[path] - 1]


def test_every_way_of_writing_a_key() -> None:
    document = '''\
# a comment with [brackets] and "quotes
title = "x # no comment"  # a comment

[generator]  # a comment
type = 'wave"gan'
"odd.key" . 'b' = 1_000
text = """
first
\\"""
second = 3"""
literal = \'\'\'
[not.a.table]\'\'\'\'
when = 2024-01-01 10:00:00
after = -0x1F

[[experiment]]
name = "one"
list = [ # a comment
  1, [2,
  3],
  { a = 1, b.c = [4] },
]
[experiment.loss]
type = "wgan"
[[experiment]]
[[experiment.nested]]
x = 1
[[experiment.nested]]
y.z = { inner = true }
[profile.quick.training]
steps = 60
'''
    located = locate_keys(document)
    assert located == {
        ("title",): 2,
        ("generator",): 4,
        ("generator", "type"): 5,
        ("generator", "odd.key"): 6,
        ("generator", "odd.key", "b"): 6,
        ("generator", "text"): 7,
        ("generator", "literal"): 11,
        ("generator", "when"): 13,
        ("generator", "after"): 14,
        ("experiment",): 16,
        ("experiment", 0): 16,
        ("experiment", 0, "name"): 17,
        ("experiment", 0, "list"): 18,
        ("experiment", 0, "list", 0): 19,
        ("experiment", 0, "list", 1): 19,
        ("experiment", 0, "list", 1, 0): 19,
        ("experiment", 0, "list", 1, 1): 20,
        ("experiment", 0, "list", 2): 21,
        ("experiment", 0, "list", 2, "a"): 21,
        ("experiment", 0, "list", 2, "b"): 21,
        ("experiment", 0, "list", 2, "b", "c"): 21,
        ("experiment", 0, "list", 2, "b", "c", 0): 21,
        ("experiment", 0, "loss"): 23,
        ("experiment", 0, "loss", "type"): 24,
        ("experiment", 1): 25,
        ("experiment", 1, "nested"): 26,
        ("experiment", 1, "nested", 0): 26,
        ("experiment", 1, "nested", 0, "x"): 27,
        ("experiment", 1, "nested", 1): 28,
        ("experiment", 1, "nested", 1, "y"): 29,
        ("experiment", 1, "nested", 1, "y", "z"): 29,
        ("experiment", 1, "nested", 1, "y", "z", "inner"): 29,
        ("profile",): 30,
        ("profile", "quick"): 30,
        ("profile", "quick", "training"): 30,
        ("profile", "quick", "training", "steps"): 31,
    }
