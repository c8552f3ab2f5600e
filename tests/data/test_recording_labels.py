from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan.data.recordings.labels import classes_of, labels_from_folders, labels_from_names, labels_from_table
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


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return path


def from_table(path: Path) -> tuple[str, ...]:
    return labels_from_table(FILES, path, file_column="file", label_column="class")


def test_labels_from_a_table_by_path_name_or_stem(tmp_path: Path) -> None:
    path = table(
        tmp_path, '\ufeffclass,n,file\n"a, b",1,one/3_ann_7.wav\n,2,10_bob_0.wav\nc,3,two/x/9_ann_1\nc,4,other\n'
    )
    assert from_table(path) == ("a, b", "", "c")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "labels.csv: no column 'file'; its first row names none"),
        ("file,label\n", "no column 'class'; its first row names file, label"),
        ("file,class\n", r"3_ann_7\.wav: no row of .*labels\.csv is for it; it is empty; add a row"),
        ("file,class\na.wav,x\n", "its column 'file' holds names like 'a.wav'"),
        ("file,class\na.wav,x\na.wav,y\n", "labels.csv, line 3: 'a.wav' is labelled 'y' here and 'x' further up"),
        ("file,class\na.wav\n", "is for it"),
    ],
)
def test_tables_that_lack_something(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        from_table(table(tmp_path, text))


def test_tables_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv: cannot be read: No such file or directory; mend label_table"):
        from_table(tmp_path / "gone.csv")
    (tmp_path / "a.csv").write_bytes(b"file,class\n\xff\xfe,1\n")
    with pytest.raises(DataError, match=r"a\.csv: not a CSV file in UTF-8"):
        from_table(tmp_path / "a.csv")


@given(content=st.binary(max_size=200))
def test_any_bytes_are_a_table_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "hostile.csv"
    path.write_bytes(b"file,class\none/3_ann_7.wav,a\n10_bob_0,b\n9_ann_1,c\n" + content)
    try:
        labels = from_table(path)
    except DataError as error:
        refused = str(error)
        assert str(path) in refused
        return
    assert labels == ("a", "b", "c")


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
