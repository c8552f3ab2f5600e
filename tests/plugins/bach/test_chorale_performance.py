from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from audiogan_bach.bass import bass_track
from audiogan_bach.chorales.performance import perform
from audiogan_bach.chorales.rendering import Settings, cut_whole
from audiogan_bach.chorales.score import Score, WrittenNote
from audiogan_bach.piano import Strike
from audiogan_bach.recording import Recording


def note(onset: float, length: float, pitch: int = 60, *, part: int = 1, fermata: bool = False) -> WrittenNote:
    return WrittenNote(onset, length, pitch, part, fermata)


def played(*notes: WrittenNote, tempo: float = 60) -> tuple[Strike, ...]:
    return perform(Score(notes, "C major"), tempo=tempo)


def test_quarter_notes_become_seconds() -> None:
    performance = played(note(0, 1), note(1, 0.5, 64), tempo=75)
    assert performance == (Strike(60, 0, 0.8, 0.53), Strike(64, 0.8, 1.2, 0.53))


def test_the_highest_part_is_louder() -> None:
    assert [strike.velocity for strike in played(note(0, 1, 72, part=0), note(0, 1, 48, part=3))] == [0.53, 0.66]


def test_a_fermata_holds_all_parts() -> None:
    performance = played(
        note(0, 1),
        note(1, 2, 72, fermata=True),
        note(1, 1, 48),
        note(2, 1, 50, fermata=True),
        note(3, 1),
    )
    times = {(strike.pitch, strike.onset): strike.damping for strike in performance}
    assert times == {(60, 0): 1, (72, 1): 4, (48, 1): 2.5, (50, 2.5): 4, (60, 4): 5}


def test_two_parts_on_one_key_strike_it_once() -> None:
    (strike,) = played(note(0, 1, part=0), note(0, 2, part=2))
    assert strike == Strike(60, 0, 2, 0.66)


def test_a_part_that_comes_later_strikes_the_key_again() -> None:
    assert played(note(0, 4, part=2), note(1, 1, part=3)) == (Strike(60, 0, 1, 0.53), Strike(60, 1, 4, 0.53))


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
        held = [strike for strike in performance if strike.pitch == pitch]
        assert bool(held) == any(written.pitch == pitch for written in notes)
        for first, second in pairwise(held):
            assert first.onset < first.damping <= second.onset
    assert [strike.onset for strike in performance] == sorted(strike.onset for strike in performance)
    quarters = max(written.onset + written.length for written in notes)
    duration_s = max(strike.damping for strike in performance)
    assert quarters * 60 / tempo <= duration_s + 1e-9 <= 1.5 * quarters * 60 / tempo + 2e-9


def test_clips_hold_every_sample_and_are_labelled_with_the_bass_of_most_of_them() -> None:
    strikes = [Strike(48, 0.0, 2.0, 0.5), Strike(64, 0.0, 4.0, 0.5), Strike(43, 2.0, 3.0, 0.5)]
    samples = np.arange(6_400, dtype=np.float32)
    track = bass_track(strikes, length=len(samples), sample_rate=1_280)
    settings = Settings(sample_rate=1_280, tempo=60, format="tfrecord", clip_s=1.5)
    clips = list(cut_whole(Recording("bwv1", samples, track), settings))
    assert [(clip.slice, clip.label, int(clip.samples[0])) for clip in clips] == [
        (0, "C", 0),
        (1, "G", 1_920),
        (2, "E", 3_840),
        (3, "E", 4_480),
    ]
    assert {len(clip.samples) for clip in clips} == {1_920}


def test_a_clip_without_a_bass_has_no_label() -> None:
    silence = Recording("bwv1", np.zeros(100, np.float32), np.full(5, -1))
    (clip,) = cut_whole(silence, Settings(sample_rate=1_280, tempo=60, format="tfrecord", clip_s=1.5))
    assert (clip.label, len(clip.samples)) == ("", 100)
