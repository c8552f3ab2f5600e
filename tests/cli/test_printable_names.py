"""Names of files that hold what a terminal would act upon, or what is no text."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan.cli import main
from audiogan.cli.printable import printable, printable_lines
from audiogan.cli.text_table import TextTable, plain, print_tables
from tests.audio.sound_files import sound, write_sound

CAFE = "caf\N{LATIN SMALL LETTER E WITH ACUTE}.wav"
NAMES = (b"new\nline.wav", b"tab\t.wav", b"\x1b[31mred.wav", b"x\xff.wav", CAFE.encode())
SHOWN = (r"new\nline.wav", r"tab\t.wav", r"\x1b[31mred.wav", r"x\xff.wav", CAFE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = write_sound(tmp_path / "a.wav", sound(1, 1000), 8000)
    (tmp_path / "in").mkdir()
    for number, name in enumerate(NAMES):
        path = tmp_path / "in" / os.fsdecode(name)
        write_sound(source, sound(1, 1000 + number, seed=number), 8000).rename(path)
    return tmp_path / "in"


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_becomes_one_printable_line(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    assert shown.encode("utf-8").decode("utf-8") == shown


def test_lines_stay_and_what_is_in_them_is_escaped() -> None:
    assert printable_lines("a\x07\n  b\udcff") == "a\\x07\n  b\\xff"
    table = TextTable("t\x1b", ("n\x07",), [("c\t",)], notes=["\x9b"])
    assert plain(table) == "t\\x1b\n  n\\x07\n  c\\t\n  \\x9b"


def test_columns_without_names_have_no_heading() -> None:
    assert plain(TextTable("t", ("", ""), [("a", "1"), ("bc", "")])) == "t\n  a   1\n  bc"
    assert plain(TextTable("t", ("x", ""))) == "t"


def test_on_a_terminal_nothing_is_acted_upon(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    print_tables([TextTable("t", ("name",), [("\x1b[31mred",)], notes=["x\udcff"])])
    printed = capsys.readouterr().out
    assert r"\x1b[31mred" in printed
    assert r"x\xff" in printed
    assert "\x1b[31m" not in printed


def test_inspect_lists_every_name_on_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = folder.parent / "found.json"
    assert main(["data", "inspect", str(folder), "--list", "--jobs", "2", "--json", str(found)]) == 0
    rows = capsys.readouterr().out.splitlines()[-len(NAMES) :]
    assert sorted(row.split("  ")[1] for row in rows) == sorted(SHOWN)
    heard = json.loads(found.read_text())["recordings"]["heard"]
    assert {os.fsencode(recording["name"]) for recording in heard} == set(NAMES)


def test_broken_ones_are_named_as_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in NAMES:
        (folder / os.fsdecode(name)).write_bytes(b"RIFF")
    assert main(["data", "inspect", str(folder), "--jobs", "1"]) == 1
    printed = capsys.readouterr().out
    assert all(f"  {folder}/{shown}: " in printed for shown in SHOWN)
    for arguments in ([], ["--on-error", "skip"]):
        assert main(["data", "pack", str(folder), str(folder.parent / "out"), *arguments, "--jobs", "1"]) == 2
        assert rf"{folder}/\x1b[31mred.wav: " in capsys.readouterr().err


def test_such_recordings_are_packed(folder: Path) -> None:
    from audiogan.data.example import decode_example
    from audiogan.data.shard import survey_shard

    out = folder.parent / "out"
    nan = folder / os.fsdecode(b"x\xff.flac")
    write_sound(folder / "a.flac", sound(1, 60_000), 8000).rename(nan)
    nan.write_bytes(nan.read_bytes()[:50_000])
    options = ["--jobs", "1", "--sample-rate", "8000", "--clip-seconds", "whole", "--on-error", "skip"]
    assert main(["data", "pack", str(folder), str(out), *options]) == 0
    shard = survey_shard(next(out.glob("*.tfrecord")))
    examples = [decode_example(shard.read(number), shard.place(number)) for number in range(len(shard))]
    assert {bytes(example.byte_string("id")) for example in examples} == set(NAMES)
    assert np.abs(examples[0].floats("samples")).max() > 0.1
    assert main(["data", "pack", str(folder), str(out), *options]) == 0
