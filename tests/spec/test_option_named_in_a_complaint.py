"""The option that a complaint is about, told from its words."""

from __future__ import annotations

import pytest
from attrs import frozen

from audiogan.errors import SpecError
from audiogan.spec.named_option import mentioned_option, opening_option
from audiogan.spec.structure import structure_options


@frozen
class Options:
    channels: int = 1
    label_pattern: str | None = None
    label_table: str | None = None
    window: str = "random"

    def __attrs_post_init__(self) -> None:
        if self.label_pattern == "(":
            raise ValueError("label_pattern = '(' is not a regular expression")
        if self.label_pattern and self.label_table:
            raise ValueError("label_pattern and label_table are both given")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("channels must be odd", ("channels", "must be odd")),
        ("channels = 2 does not fit", ("channels", "does not fit")),
        ("label_table = 'a b.csv' is a folder", ("label_table", "is a folder")),
        ("label_pattern and label_table are both given", None),
        ("a.wav: channels = 2 does not fit", None),
        ("strides must be odd", None),
        ("", None),
    ],
)
def test_an_option_opens_a_complaint(message: str, expected: tuple[str, str] | None) -> None:
    assert opening_option(message, Options) == expected
    assert opening_option(message, int) is None


@pytest.mark.parametrize(
    ("message", "options", "expected"),
    [
        ("a.wav: 1 channel where channels = 2 is asked for", Options(channels=2), "channels"),
        ("a.wav: 1 channel where channels = 2 is asked for", Options(), None),
        ("gone.csv: cannot be read; mend label_table", Options(channels=2, label_table="gone.csv"), "label_table"),
        ("a window of channels", Options(window="all", channels=2), None),
        ("window = all needs channels = 2", Options(window="all", channels=2), None),
        ("my_label_tables.csv", Options(label_table="x"), None),
    ],
)
def test_an_option_that_was_given_is_named_in_a_complaint(message: str, options: Options, expected: str | None) -> None:
    assert mentioned_option(message, options) == expected


def test_what_is_no_options_class_has_no_option() -> None:
    assert mentioned_option("channels = 2", {"channels": 2}) is None


def test_a_value_that_the_class_refuses_is_told_with_its_key() -> None:
    with pytest.raises(SpecError) as raised:
        structure_options(Options, {"label_pattern": "("}, where="dataset 'x'")
    assert str(raised.value) == "dataset 'x': label_pattern = \"(\": is not a regular expression"
    with pytest.raises(SpecError) as raised:
        structure_options(Options, {"label_pattern": "a", "label_table": "b"}, where="dataset 'x'")
    assert str(raised.value) == "dataset 'x': label_pattern and label_table are both given"
