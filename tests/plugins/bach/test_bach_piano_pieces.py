from fractions import Fraction

import pytest

from audiogan_bach.notation import Note, count_bars
from audiogan_bach.pieces import PIECES, Piece

PIECE_OF = {piece.catalogue_number: piece for piece in PIECES}

# Bars, bar length, number of keys struck, lowest and highest MIDI note, and the MIDI notes of the last chord.
FACTS = {
    "BWV 772": (22, Fraction(1), 458, 36, 84, [36, 48, 64, 67, 72]),
    "BWV 775": (52, Fraction(3, 8), 443, 36, 82, [38, 62]),
    "BWV 846/1": (35, Fraction(1), 549, 36, 81, [36, 48, 64, 67, 72]),
    "BWV 847/1": (38, Fraction(1), 1091, 36, 80, [36, 48, 64]),
    "BWV 924": (18, Fraction(1), 274, 36, 84, [36, 48, 64, 67, 72]),
    "BWV 939": (16, Fraction(1), 180, 36, 84, [36, 64, 72]),
    "BWV 988": (32, Fraction(3, 4), 398, 38, 83, [43, 59, 67]),
    "BWV 999": (43, Fraction(3, 4), 509, 38, 72, [43, 50, 55, 59, 67]),
}


def notes_of(piece: Piece) -> list[Note]:
    return [note for voice in piece.parsed_voices() for note in voice]


def pitches(piece: Piece, voice: int, bar: int) -> list[int]:
    """MIDI notes struck in a bar, counted from 1."""
    start = (bar - 1) * piece.bar_length
    return [note.pitch for note in piece.parsed_voices()[voice] if start <= note.start < start + piece.bar_length]


def test_the_facts_cover_all_pieces() -> None:
    assert set(FACTS) == set(PIECE_OF)


@pytest.mark.parametrize("name", FACTS)
def test_every_voice_has_the_bars_that_the_piece_has(name: str) -> None:
    piece = PIECE_OF[name]
    bars, bar_length, *_ = FACTS[name]
    assert piece.bar_length == bar_length
    assert f"{bars} bars" in piece.extent
    # The parser refuses a bar that does not add up, so that as many bars are as long.
    assert [count_bars(voice) for voice in piece.voices] == [bars] * len(piece.voices)
    assert piece.length == bars * bar_length
    assert max(note.end for note in notes_of(piece)) <= piece.length


@pytest.mark.parametrize("name", FACTS)
def test_the_range_and_the_number_of_notes_are_known(name: str) -> None:
    notes = notes_of(PIECE_OF[name])
    assert (len(notes), min(note.pitch for note in notes), max(note.pitch for note in notes)) == FACTS[name][2:5]


@pytest.mark.parametrize("name", FACTS)
def test_each_piece_ends_on_its_last_chord(name: str) -> None:
    notes = notes_of(PIECE_OF[name])
    end = max(note.end for note in notes)
    assert sorted({note.pitch for note in notes if note.end == end}) == FACTS[name][5]


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.catalogue_number)
def test_pedalled_passages_follow_one_another_within_the_piece(piece: Piece) -> None:
    bars = [bar for passage in piece.pedal for bar in (passage.first_bar, passage.last_bar)]
    assert bars == sorted(bars)
    assert all(1 <= bar <= piece.bars for bar in bars)
    assert all(piece.bar_length % passage.interval == 0 for passage in piece.pedal)


def test_the_invention_in_c_opens_with_its_subject_answered_an_octave_below() -> None:
    piece = PIECE_OF["BWV 772"]
    subject = [60, 62, 64, 65, 62, 64, 60]
    assert pitches(piece, 0, 1) == [*subject, 67, 72, 71, 72]
    assert pitches(piece, 1, 1) == [pitch - 12 for pitch in subject]
    assert pitches(piece, 0, 2)[:8] == [74, *(pitch + 7 for pitch in subject)]


def test_the_invention_in_d_minor_is_a_canon_at_the_octave_for_bars_3_and_4() -> None:
    piece = PIECE_OF["BWV 775"]
    for bar in (1, 2):
        assert pitches(piece, 1, bar + 2) == [pitch - 12 for pitch in pitches(piece, 0, bar)]


def test_the_first_prelude_breaks_its_chords_upwards_twice_a_bar() -> None:
    piece = PIECE_OF["BWV 846/1"]
    assert [pitches(piece, voice, 1) for voice in range(3)] == [[67, 72, 76] * 4, [64, 64], [60, 60]]
    bass = [note.pitch for note in piece.parsed_voices()[2] if note.start % 1 == 0]
    assert bass[20:24] == [41, 42, 44, 43]
    assert bass[23:31] == [43] * 8
    assert bass[31:] == [36] * 4


def test_the_second_prelude_keeps_its_figure_for_24_bars_and_ends_in_major() -> None:
    piece = PIECE_OF["BWV 847/1"]
    assert pitches(piece, 0, 1) == [72, 63, 62, 63, 60, 63, 62, 63] * 2
    assert pitches(piece, 2, 1) == [48, 55, 53, 55, 51, 55, 53, 55] * 2
    assert all(len(pitches(piece, voice, bar)) == 16 for voice in (0, 2) for bar in range(1, 25))
    assert 64 in pitches(piece, 0, 38)


def test_the_aria_has_the_bass_of_its_variations() -> None:
    bass = PIECE_OF["BWV 988"].parsed_voices()[3]
    first_beats = {note.start / Fraction(3, 4) + 1: note.pitch % 12 for note in bass}
    names = [first_beats[Fraction(bar)] for bar in range(1, 9)]
    assert names == [7, 6, 4, 2, 11, 0, 4, 7]  # G F# E D B C (E for D) G


def test_the_lute_prelude_stands_on_pedal_points() -> None:
    bass = PIECE_OF["BWV 999"].parsed_voices()[1]
    first_beats = [note.pitch for note in bass if note.start % Fraction(3, 4) == 0]
    assert first_beats[:7] == [48] * 7
    assert first_beats[16:32] == [38] * 16
    assert first_beats[32:] == [43] * 11 + [50]


def test_the_little_prelude_has_an_organ_point_of_seven_bars() -> None:
    bass = PIECE_OF["BWV 924"].parsed_voices()[2]
    assert [(note.pitch, float(note.length)) for note in bass if note.start == 10] == [(43, 7.0), (55, 7.0)]
