from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan_bach.chorales.bass import bass_label
from audiogan_bach.chorales.performance import Performance, Strike, perform
from audiogan_bach.chorales.score import Score, WrittenNote


def note(onset: float, length: float, pitch: int = 60, *, part: int = 1, fermata: bool = False) -> WrittenNote:
    return WrittenNote(onset, length, pitch, part, fermata)


def played(*notes: WrittenNote, tempo: float = 60) -> Performance:
    return perform(Score(notes, "C major"), tempo=tempo)


def test_quarter_notes_become_seconds() -> None:
    performance = played(note(0, 1), note(1, 0.5, 64), tempo=75)
    assert performance.strikes == (Strike(0, 0.8, 60, 68), Strike(0.8, 1.2, 64, 68))
    assert performance.duration_s == pytest.approx(2.2)


def test_the_highest_part_is_louder() -> None:
    assert [strike.velocity for strike in played(note(0, 1, 72, part=0), note(0, 1, 48, part=3)).strikes] == [68, 84]


def test_a_fermata_holds_all_parts() -> None:
    performance = played(
        note(0, 1),
        note(1, 2, 72, fermata=True),
        note(1, 1, 48),
        note(2, 1, 50, fermata=True),
        note(3, 1),
    )
    times = {(strike.pitch, strike.onset): strike.release for strike in performance.strikes}
    assert times == {(60, 0): 1, (72, 1): 4, (48, 1): 2.5, (50, 2.5): 4, (60, 4): 5}


def test_two_parts_on_one_key_strike_it_once() -> None:
    (strike,) = played(note(0, 1, part=0), note(0, 2, part=2)).strikes
    assert strike == Strike(0, 2, 60, 84)


def test_a_part_that_comes_later_strikes_the_key_again() -> None:
    assert played(note(0, 4, part=2), note(1, 1, part=3)).strikes == (Strike(0, 1, 60, 68), Strike(1, 4, 60, 68))


NOTES = st.lists(
    st.builds(
        WrittenNote,
        onset=st.integers(0, 64).map(lambda ticks: ticks / 8),
        length=st.integers(1, 32).map(lambda ticks: ticks / 8),
        pitch=st.integers(60, 63),
        part=st.integers(0, 3),
        fermata=st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@given(notes=NOTES, tempo=st.floats(10, 400))
def test_keys_are_never_struck_while_they_are_held(notes: list[WrittenNote], tempo: float) -> None:
    performance = played(*notes, tempo=tempo)
    for pitch in range(60, 64):
        held = [strike for strike in performance.strikes if strike.pitch == pitch]
        assert bool(held) == any(written.pitch == pitch for written in notes)
        for first, second in pairwise(held):
            assert first.onset < first.release <= second.onset
    assert [strike.onset for strike in performance.strikes] == sorted(strike.onset for strike in performance.strikes)
    quarters = max(written.onset + written.length for written in notes)
    assert quarters * 60 / tempo <= performance.duration_s - 1 + 1e-9 <= 1.5 * quarters * 60 / tempo + 2e-9


STRIKES = [Strike(0.0, 2.0, 48, 80), Strike(0.0, 4.0, 64, 80), Strike(2.0, 3.0, 43, 80), Strike(1.0, 3.0, 50, 80)]


@pytest.mark.parametrize(
    ("start", "stop", "label"),
    [
        (0.0, 2.0, "C"),
        (1.5, 2.2, "C"),
        (1.5, 3.0, "G"),
        (2.8, 4.0, "E"),
        (1.0, 3.0, "C"),
        (4.0, 5.0, ""),
        (3.9, 60.0, "E"),
    ],
)
def test_the_label_is_the_lowest_key_for_most_of_the_clip(start: float, stop: float, label: str) -> None:
    assert bass_label(STRIKES, start, stop) == label
