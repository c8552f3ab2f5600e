"""Which chorales are held out: settings of one tune stay together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan.errors import DataError
from audiogan_bach.chorales.catalogue import catalogue
from audiogan_bach.chorales.score import read_score
from audiogan_bach.chorales.soprano import soprano
from audiogan_bach.chorales.tunes import held_out_tunes, same_tunes

CHORALES = {chorale.bwv: chorale for chorale in catalogue()}
SOPRANOS = {bwv: soprano(chorale.score) for bwv, chorale in CHORALES.items()}


def test_a_tenth_is_held_out_and_stays_what_it_is() -> None:
    assert Counter(chorale.split for chorale in CHORALES.values()) == {"train": 316, "test": 36}
    held_out = [bwv for bwv, chorale in CHORALES.items() if chorale.split == "test"]
    assert held_out[:8] == ["9.7", "26.6", "65.2", "70.11", "86.6", "90.5", "96.6", "101.7"]


@pytest.mark.parametrize(
    "settings",
    [
        ("153.5", "161.6", "244.15", "244.44", "244.54", "244.62", "248.5", "270", "271", "272"),
        ("90.5", "101.7", "102.7", "416"),
        ("104.6", "112.5", "260"),
        ("244.10", "367", "394"),
    ],
)
def test_settings_of_one_tune_under_several_titles_stay_together(settings: Sequence[str]) -> None:
    assert len({CHORALES[bwv].title for bwv in settings}) > 1
    assert len({CHORALES[bwv].tune for bwv in settings}) == 1
    assert len({CHORALES[bwv].split for bwv in settings}) == 1


def test_neither_a_title_nor_thirteen_notes_stand_on_both_sides() -> None:
    sides: dict[str, set[object]] = {"train": set(), "test": set()}
    for bwv, chorale in CHORALES.items():
        notes = SOPRANOS[bwv]
        runs = [notes[start : start + 13] for start in range(len(notes) - 12)]
        sides[chorale.split] |= {chorale.title, *(tuple(note - run[0] for note in run) for run in runs)}
    assert len(sides["test"]) > 1000
    assert sides["train"].isdisjoint(sides["test"])


def test_most_tunes_are_told_apart() -> None:
    sizes = Counter(chorale.tune for chorale in CHORALES.values())
    assert len(sizes) == 185
    assert max(sizes.values()) == 13


@pytest.mark.parametrize("bwv", ["8.6", "27.6", "41.6", "248.23-2", "270"])
def test_the_soprano_is_the_one_that_is_played(bwv: str) -> None:
    # music21 writes repeats out, so that the beginning is compared
    played = [note.pitch for note in read_score(CHORALES[bwv].score).notes if note.part == 0]
    assert list(SOPRANOS[bwv][:12]) == played[:12]


def step(change: int) -> list[int]:
    return [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64 + change]


@pytest.mark.parametrize(
    ("titles", "melodies", "tunes"),
    [
        (("A", "B"), (step(0), step(0)), (0, 0)),
        (("A", "B"), (step(0), [50, *(note - 5 for note in step(0)), 49]), (0, 0)),
        (("A", "B"), (step(0), step(1)), (0, 1)),
        (("A", "B"), (step(0)[:12], step(0)[:12]), (0, 1)),
        (("Ach Gott, und Herr", "ACH GOT UND HERR’"), ([60], [61]), (0, 0)),
        (("A", "B", "B", "C"), (step(0), [60], step(0), []), (0, 0, 0, 3)),
    ],
)
def test_tunes_are_told_by_titles_and_runs(
    titles: Sequence[str], melodies: Sequence[Sequence[int]], tunes: Sequence[int]
) -> None:
    assert same_tunes(titles, melodies) == tuple(tunes)


@given(st.lists(st.sampled_from("abcdefghij"), min_size=1))
def test_whole_tunes_are_held_out_until_a_tenth_is_reached(tune_of: list[str]) -> None:
    held_out = held_out_tunes(tune_of)
    sizes = Counter(tune_of)
    counts = [sizes[tune] for tune in held_out]
    assert sum(counts) * 10 >= len(tune_of)
    assert held_out == held_out_tunes(tune_of[::-1])
    assert any((sum(counts) - count) * 10 < len(tune_of) for count in counts)


NOTE = "<note>{}<pitch><step>{}</step>{}<octave>{}</octave></pitch></note>"
SCORE = (
    "<score-partwise><part-list><score-part id='P1'><part-name>Horn</part-name></score-part>"
    "<score-part id='P2'><part-name>Soprano 1</part-name></score-part></part-list>"
    "<part id='P1'><measure>" + NOTE.format("", "C", "", 2) + "</measure></part>"
    "<part id='P2'><measure>{}</measure></part></score-partwise>"
)


def test_notes_are_read_as_musicxml_writes_them(tmp_path: Path) -> None:
    notes = (
        NOTE.format("", "C", "", 4)
        + NOTE.format("", "B", "<alter>-1</alter>", 4)
        + NOTE.format("<tie type='stop'/>", "B", "<alter>-1</alter>", 4)
        + "<note><rest/></note>"
        + NOTE.format("<grace/>", "D", "", 5)
        + NOTE.format("", "F", "<alter>1.0</alter>", 5)
        + NOTE.format("<chord/>", "A", "", 5)
    )
    (tmp_path / "a.xml").write_text(SCORE.format(notes))
    with ZipFile(tmp_path / "a.mxl", "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("a.xml", SCORE.format(notes))
    assert soprano(tmp_path / "a.xml") == soprano(tmp_path / "a.mxl") == (60, 70, 78)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gone.mxl", None),
        ("broken.mxl", b"PK\x03\x04nonsense"),
        ("empty.xml", b""),
        ("silent.xml", b"<score-partwise/>"),
        ("odd.xml", SCORE.format(NOTE.format("", "H", "", 4)).encode()),
        ("high.xml", SCORE.format(NOTE.format("", "C", "", "x")).encode()),
    ],
)
def test_a_melody_that_cannot_be_read_is_named(name: str, content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=f"{name}: its melody cannot be read .*; install music21 anew"):
        soprano(tmp_path / name)
