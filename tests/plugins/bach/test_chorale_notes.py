from __future__ import annotations

from pathlib import Path

import pytest

from audiogan.errors import DataError
from audiogan_bach.chorales.catalogue import catalogue
from audiogan_bach.chorales.score import read_score

CHORALES = {chorale.bwv: chorale for chorale in catalogue()}


def test_the_corpus_holds_each_chorale_once_in_the_order_of_the_catalogue() -> None:
    assert len(CHORALES) > 340
    assert len({chorale.score for chorale in CHORALES.values()}) == len(CHORALES)
    numbers = [float(bwv.split(".")[0].split("-")[0]) for bwv in CHORALES]
    assert numbers == sorted(numbers)
    assert CHORALES["269"].title == "Aus meines Herzens Grunde"


def test_a_score_has_its_notes_with_repeats_written_out() -> None:
    score = read_score(CHORALES["269"].score)
    assert score.key == "G major"
    first = [(note.pitch, note.length, note.part) for note in score.notes if note.onset == 0]
    assert first == [(43, 1.0, 3), (59, 1.0, 2), (62, 1.0, 1), (67, 1.0, 0)]
    assert max(note.onset + note.length for note in score.notes) == 84
    assert sum(note.fermata for note in score.notes) > 4


def test_of_a_setting_with_trumpets_the_voices_are_taken() -> None:
    score = read_score(CHORALES["41.6"].score)
    assert {note.part for note in score.notes} == {0, 1, 2, 3}
    tops = [note.pitch for note in score.notes if note.part == 0]
    assert min(tops) >= 60
    assert max(tops) <= 81


def test_a_score_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for name, content in (("gone.mxl", None), ("broken.mxl", b"PK\x03\x04nonsense"), ("empty.xml", b"")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=f"{name}: music21 cannot read its notes"):
            read_score(tmp_path / name)
