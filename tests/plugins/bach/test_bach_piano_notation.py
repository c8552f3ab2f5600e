from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan_bach.notation import (
    NotationError,
    Note,
    count_bars,
    expand_figure,
    parse_pitch,
    parse_voice,
)

WHOLE = Fraction(1)


@pytest.mark.parametrize(
    ("text", "pitch"),
    [
        ("A0", 21),
        ("C4", 60),
        ("A4", 69),
        ("C8", 108),
        ("Cb4", 59),
        ("B#3", 60),
        ("F##3", 55),
        ("Ebb4", 62),
        ("Bb2", 46),
    ],
)
def test_a_pitch_is_its_midi_note_number(text: str, pitch: int) -> None:
    assert parse_pitch(text) == pitch


@pytest.mark.parametrize("text", ["", "H4", "C", "c4", "C#b4", "C###4", "C-1", "C9", "G0", "C#8", " C4"])
def test_what_is_no_pitch_of_a_piano_is_refused(text: str) -> None:
    with pytest.raises(NotationError):
        parse_pitch(text)


def test_notes_chords_rests_and_dots_fall_where_they_are_written() -> None:
    notes = parse_voice("8.: C4 16: - 4: E4+G4 2: C5 | 1: -", bar_length=WHOLE)
    assert notes == (
        Note(60, Fraction(0), Fraction(3, 16)),
        Note(64, Fraction(1, 4), Fraction(1, 4)),
        Note(67, Fraction(1, 4), Fraction(1, 4)),
        Note(72, Fraction(1, 2), Fraction(1, 2)),
    )


def test_the_note_value_carries_over_the_bar_line() -> None:
    assert [note.start for note in parse_voice("2: C4 D4 | E4 F4", bar_length=WHOLE)] == [
        Fraction(n, 2) for n in range(4)
    ]


def test_a_tie_joins_every_pitch_of_a_chord_across_bars() -> None:
    notes = parse_voice("1: C4+E4~ | C4+E4+G4~ | 2: C4+E4+G4 -", bar_length=WHOLE)
    assert notes == (
        Note(60, Fraction(0), Fraction(5, 2)),
        Note(64, Fraction(0), Fraction(5, 2)),
        Note(67, Fraction(1), Fraction(3, 2)),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("C4", "bar 1, 'C4': a note value"),
        ("4: C4 C4 C4", "bar 1 holds 3/4 of 1"),
        ("1: C4 | 2: C4 C4 C4", "bar 2 holds 3/2 of 1"),
        ("1: C4 |", "bar 2 holds 0 of 1"),
        ("3: C4", "not a note value"),
        ("4...: C4", "not a note value"),
        ("1: X4", "bar 1, 'X4': 'X4' is not a pitch"),
        ("1: C4+C4", "the same key twice"),
        ("1: B#3+C4", "the same key twice"),
        ("1: C4~", "tied to nothing"),
        ("1: C4~ | D4", "bar 2, 'D4': the tie before it needs MIDI note 60"),
        ("2: C4~ -", "needs MIDI note 60"),
        ("1: -~", "is not a pitch"),
    ],
)
def test_every_mistake_is_located(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_voice(text, bar_length=WHOLE)
    assert message in str(caught.value)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ABCDG#b0148:.~+-| ", max_size=40))
def test_any_text_is_either_a_voice_or_a_located_mistake(text: str) -> None:
    try:
        notes = parse_voice(text, bar_length=WHOLE)
    except NotationError as error:
        notes, message = (), str(error)
    else:
        message = "none"
    assert message
    assert all(0 <= note.start < note.end <= count_bars(text) for note in notes)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([1, 2, 4, 8, 16, 32, 64]), st.integers(60, 71)), min_size=1, max_size=12))
def test_written_notes_are_read_back(written: list[tuple[int, int]]) -> None:
    names = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"]
    text = " ".join(f"{value}: {names[pitch - 60]}4" for value, pitch in written)
    length = sum((Fraction(1, value) for value, _ in written), Fraction(0))
    notes = parse_voice(text, bar_length=length)
    assert [(note.pitch, note.length) for note in notes] == [(pitch, Fraction(1, value)) for value, pitch in written]
    assert notes[-1].end == length


def test_a_figure_is_filled_from_each_chord() -> None:
    assert expand_figure("2: 1 3~ | ", "C4 E4 G4").split() == ["2:", "C4", "G4~", "|"]
    assert expand_figure("8: - 2 1", "C4 E4|D4 F4") == "8: - E4 C4 | 8: - F4 D4"


@pytest.mark.parametrize("figure", ["4: 3", "4: 4"])
def test_a_figure_cannot_ask_for_a_pitch_that_is_not_there(figure: str) -> None:
    with pytest.raises(NotationError, match="bar 2: the figure asks for pitch"):
        expand_figure(figure, "C4 E4 G4 B4 | C4 E4")
