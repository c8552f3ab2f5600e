from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan.data.recordings.label_table import labels_from_table
from audiogan.data.recordings.listing import FoundFile
from audiogan.errors import DataError

FILES = [FoundFile(Path("/data", name), name) for name in ("one/3_ann_7.wav", "two/10_bob_0.wav", "two/x/9_ann_1.wav")]


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return path


def from_table(path: Path, files: list[FoundFile] = FILES) -> tuple[str, ...]:
    return labels_from_table(files, path, file_column="file", label_column="class")


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
        (
            "file,class\n3_ann_7.wav,x\n3_ann_7.wav,y\n",
            r"labels\.csv, line 3: '3_ann_7\.wav' is labelled 'y' here, and 'x' in line 2 as '3_ann_7\.wav'; keep one",
        ),
        ("file,class\n3_ann_7,x\none/3_ann_7,y\n", "line 3: 'one/3_ann_7' is labelled 'y' here, and 'x' in line 2 as"),
        ("file,class\n3_ann_7,x\n\n3_ann_7.wav,\n", "line 4: '3_ann_7.wav' is labelled '' here, and 'x' in line 2 as"),
        ("file,class\na.wav\n", "is for it"),
    ],
)
def test_tables_that_lack_something(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        from_table(table(tmp_path, text))


def test_tables_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv: cannot be read: No such file or directory; correct label_table"):
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


def found(*names: str) -> list[FoundFile]:
    return [FoundFile(Path("/data", name), name) for name in names]


def test_a_row_is_for_the_file_that_it_names_most_plainly(tmp_path: Path) -> None:
    files = found("1.wav", "b/1.wav", "b/1.flac", "c/2.wav")
    path = table(tmp_path, "file,class\n1.wav,top\nb/1.wav,wav\nb/1.flac,flac\n2,two\nghost,x\nghost,y\n")
    assert from_table(path, files) == ("top", "wav", "flac", "two")


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (
            "ghost,x\n1,y\n",
            r"labels\.csv, line 3: '1' may be /data/a/1\.wav or /data/b/1\.wav; write their paths below",
        ),
        ("1.wav,y\n", r"line 2: '1\.wav' may be /data/a/1\.wav or /data/b/1\.wav"),
        ("c/3,x\n", r"line 2: 'c/3' may be /data/c/3\.wav or /data/c/3\.mp3"),
    ],
)
def test_a_row_that_may_be_for_several_files_is_refused(tmp_path: Path, rows: str, complaint: str) -> None:
    files = found("a/1.wav", "b/1.wav", "c/3.wav", "c/3.mp3")
    with pytest.raises(DataError, match=complaint):
        from_table(table(tmp_path, f"file,class\n{rows}"), files)


@pytest.mark.parametrize(
    "name",
    ["./one/a.wav", r"one\a.wav", r".\one\a.wav", "one//a", "data/one/a.wav", "/data/one/a.wav", r"data\one\a.wav"],
)
def test_paths_are_known_however_they_are_written(tmp_path: Path, name: str) -> None:
    files = found("one/a.wav", "two/a.wav")
    path = table(tmp_path, f"file,class\n{name},x\ntwo/a.wav,y\n")
    assert from_table(path, files) == ("x", "y")


def test_a_path_of_which_only_the_end_of_a_folders_name_agrees_is_another(tmp_path: Path) -> None:
    path = table(tmp_path, "file,class\none/a.wav,x\ntone/a.wav,y\nta/one/a.wav,z\n")
    assert from_table(path, found("one/a.wav")) == ("x",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("file,class\na.wav,x,y\n", r"labels\.csv, line 2: 'y' stands behind the last column .*; put fields"),
        ("file,class,n\na.wav,x,1\nb.wav,Mary, Ann,2\n", "line 3: '2' stands behind the last column"),
        ("file,class,class\na.wav,x,y\n", r"labels\.csv: several columns are called 'class'; rename all but one"),
    ],
)
def test_rows_that_do_not_fit_the_columns_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        from_table(table(tmp_path, text), found("a.wav"))


def test_empty_fields_behind_the_last_column_are_passed_over(tmp_path: Path) -> None:
    assert from_table(table(tmp_path, "file,class\na.wav,x,, \n"), found("a.wav")) == ("x",)


def test_a_name_that_no_file_can_have_is_told_with_the_option() -> None:
    with pytest.raises(DataError, match=r"label_table = 'a\\x00b' is no name that a file can have; correct it"):
        from_table(Path("a\0b"))


def test_labels_left_out_are_counted_and_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = table(tmp_path, "class,file\n,one/3_ann_7.wav\nb,10_bob_0\n ,9_ann_1.wav\n")
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        assert from_table(path) == ("", "b", "")
    assert caplog.messages == [f"{path} leaves the label of 2 of 3 recordings out"]
    path = table(tmp_path, "file,class\none/3_ann_7.wav\n10_bob_0,b\n9_ann_1.wav,c\n")
    assert from_table(path) == ("", "b", "c")
