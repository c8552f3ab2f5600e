from __future__ import annotations

from pathlib import Path

import pytest

from audiogan.data.recordings.labels import classes_of, labels_from_folders, labels_from_names
from audiogan.data.recordings.listing import FoundFile
from audiogan.errors import DataError

FILES = [FoundFile(Path("/data", name), name) for name in ("one/3_ann_7.wav", "two/10_bob_0.wav", "two/x/9_ann_1.wav")]


def test_labels_from_folders() -> None:
    assert labels_from_folders(FILES) == ("one", "two", "x")


@pytest.mark.parametrize(
    ("pattern", "labels"),
    [
        (r"(?P<label>\d+)_\w+_\d+\.wav$", ("3", "10", "9")),
        (r"(?P<digit>\d+)_", ("3", "10", "9")),
        (r"(?P<digit>\d+)_(?P<label>[a-z]+)_", ("ann", "bob", "ann")),
        (r"^(?P<label>\w+)/", ("one", "two", "two")),
        (r"(bob_(?P<label>\d))?", ("", "", "")),
    ],
)
def test_labels_from_names(pattern: str, labels: tuple[str, ...]) -> None:
    assert labels_from_names(FILES, pattern) == labels


def test_names_that_do_not_match_and_patterns_that_do_not_say_what() -> None:
    with pytest.raises(DataError, match=r"/data/two/10_bob_0\.wav: its name 'two/10_bob_0\.wav' does not match"):
        labels_from_names(FILES, r"(?P<label>ann)")
    for pattern in ("x", "(a)", "(?P<a>x)(?P<b>y)"):
        with pytest.raises(ValueError, match=r"name that part: \(\?P<label>\.\.\.\)"):
            labels_from_names(FILES, pattern)
    with pytest.raises(ValueError, match="is not a regular expression: missing"):
        labels_from_names(FILES, "(")


def test_classes_are_sorted_numbers_by_value() -> None:
    numbers = classes_of(FILES, ["3", "10", "9"])
    assert numbers.names == ("3", "9", "10")
    assert [numbers.of(file) for file in range(3)] == [0, 2, 1]
    words = classes_of(FILES, ["b", "", "10"])
    assert words.names == ("10", "b")
    assert [words.of(file) for file in range(3)] == [1, None, 0]


def test_a_class_that_is_not_known_names_its_file() -> None:
    assert classes_of(FILES, ["b", "", "a"], ("a", "b", "c")).names == ("a", "b", "c")
    with pytest.raises(
        DataError, match=r"two/10_bob_0\.wav: its class 'd' is not among those of the training part \(a\)"
    ):
        classes_of(FILES, ["a", "d", "a"], ("a",))
