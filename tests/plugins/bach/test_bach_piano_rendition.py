from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from attrs import evolve
from numpy.typing import NDArray

from audiogan_bach.bass import PITCH_CLASSES, bass_shares, bass_track
from audiogan_bach.pieces import PIECES, PedalPassage, Piece
from audiogan_bach.plan import standard_plan
from audiogan_bach.recording import BASS_FEATURE, PEAK, Recording, clip_hops, cut_clips, record
from audiogan_bach.rendition import Rendition

RATE = 16_000

TWO_VOICES = Piece(
    catalogue_number="none",
    title="Exercise",
    extent="complete, 5 bars",
    bar_length=Fraction(1),
    tempo=120.0,
    voices=(
        "4: E4 F4 G4 A4 | 2: G4 4: G4 G4 | 1: E4 | F4 | E4",
        "1: C3 | G2 | 2: C3 - | F2 - | 1: C3",
    ),
    pedal=(PedalPassage(3, 3, Fraction(1)),),
)
PLAIN = Rendition(TWO_VOICES, transposition=0, tempo_factor=1.0, seed=7)


def tracks(renditions: tuple[Rendition, ...]) -> list[NDArray[np.int64]]:
    found = []
    for rendition in renditions:
        strikes = rendition.strikes()
        length = round(max(strike.damping for strike in strikes) * RATE)
        found.append(bass_track(strikes, length=length, sample_rate=RATE))
    return found


def test_a_rendition_strikes_every_note_and_says_how_long_it_is() -> None:
    strikes = PLAIN.strikes()
    notes = [note for voice in TWO_VOICES.parsed_voices() for note in voice]
    assert sorted(strike.pitch for strike in strikes) == sorted(note.pitch for note in notes)
    assert PLAIN.duration_s == 10.0
    assert evolve(PLAIN, tempo_factor=0.8).duration_s == 12.5
    assert strikes[0].onset == pytest.approx(0, abs=0.03)
    assert 10 < max(strike.damping for strike in strikes) < 11.5
    assert all(0.15 <= strike.velocity <= 0.95 for strike in strikes)
    assert all(strike.damping >= strike.onset for strike in strikes)


def test_transposing_moves_keys_and_nothing_else() -> None:
    for plain, higher in zip(PLAIN.strikes(), evolve(PLAIN, transposition=5).strikes(), strict=True):
        assert evolve(plain, pitch=plain.pitch + 5) == higher


def test_the_pedal_holds_what_the_hand_has_left() -> None:
    strikes = PLAIN.strikes()
    bass = [strike for strike in strikes if strike.pitch in (41, 43, 48)]
    pedalled, dry = bass[2], bass[3]
    end_of_bar_3 = dry.onset
    assert pedalled.pitch == 48
    assert pedalled.damping == pytest.approx(end_of_bar_3, abs=0.03)
    assert dry.damping - dry.onset < 0.6 * (pedalled.damping - pedalled.onset) * 1.2


def test_a_key_struck_anew_ends_its_earlier_sound() -> None:
    piece = evolve(
        TWO_VOICES, voices=("4: C4 C4 2: C4", "1: C4"), extent="1 bar", pedal=(PedalPassage(1, 1, Fraction(1)),)
    )
    strikes = Rendition(piece, 0, 1.0, 3).strikes()
    for earlier, later in pairwise(strikes):
        assert earlier.damping <= later.onset


def test_a_seed_fixes_a_rendition_and_another_changes_it() -> None:
    assert PLAIN.strikes() == PLAIN.strikes()
    assert PLAIN.strikes() != evolve(PLAIN, seed=8).strikes()
    first, second = record(PLAIN, sample_rate=RATE), record(PLAIN, sample_rate=RATE)
    assert first.samples.tobytes() == second.samples.tobytes()
    assert first.bass.tobytes() == second.bass.tobytes()


def test_a_recording_is_16_bit_pcm_at_the_stated_peak() -> None:
    for rate in (8_000, 16_000, 44_100):
        recording = record(PLAIN, sample_rate=rate)
        assert recording.samples.dtype == np.float32
        assert np.abs(recording.samples).max() == pytest.approx(PEAK, abs=1 / 32768)
        np.testing.assert_array_equal(recording.samples * 32768, np.round(recording.samples * 32768))
        assert len(recording.samples) / rate == pytest.approx(11.3, abs=0.3)
        assert len(recording.bass) == -(-len(recording.samples) // (rate // 64))


def test_a_rendering_keeps_its_loudness() -> None:
    # Loose enough for rounding on other processors, tight enough to notice a changed synthesiser.
    samples = record(PLAIN, sample_rate=RATE).samples.astype(np.float64)
    assert float(np.sqrt(np.mean(samples**2))) == pytest.approx(0.10295, rel=1e-3)
    assert float(np.mean(np.abs(np.diff(samples)))) == pytest.approx(0.020825, rel=1e-3)


def test_clips_last_a_second_and_a_half_or_as_long_as_a_window() -> None:
    assert clip_hops(16_384, sample_rate=16_000) == 96
    assert clip_hops(24_001, sample_rate=16_000) == 97
    assert clip_hops(65_536, sample_rate=16_000) == 263
    assert clip_hops(16_384, sample_rate=8_000) == 132


def test_clips_are_consecutive_and_none_has_a_silent_hop() -> None:
    bass = np.full(96 * 4 + 50, 3)
    bass[100] = -1
    bass[96 * 2 : 96 * 2 + 60] = 10
    samples = np.arange(len(bass) * 250, dtype=np.float32)
    clips = list(cut_clips(Recording("name", samples, bass), hops=96, sample_rate=RATE))
    assert [clip.slice for clip in clips] == [0, 2, 3]
    assert [clip.label for clip in clips] == ["D#", "A#", "D#"]
    assert [float(clip.samples[0]) for clip in clips] == [0, 48_000, 72_000]
    assert all(clip.samples.shape == (24_000,) for clip in clips)
    np.testing.assert_array_equal(clips[1].integer_features[BASS_FEATURE], bass[192:288])


def test_the_collection_lasts_at_least_twenty_minutes_without_the_held_out_part() -> None:
    plan = standard_plan()
    assert sum(rendition.duration_s for rendition in plan.train) > 25 * 60
    assert sum(rendition.duration_s for rendition in plan.test) > 5 * 60
    assert {rendition.piece for rendition in plan.train} == set(PIECES)
    names = [rendition.name for rendition in plan.train + plan.test]
    assert len(set(names)) == len(names)


def test_every_rendition_stays_on_the_keyboard() -> None:
    plan = standard_plan()
    for rendition in plan.train + plan.test:
        pitches = [note.pitch + rendition.transposition for voice in rendition.piece.parsed_voices() for note in voice]
        assert min(pitches) >= 31
        assert max(pitches) <= 90


def test_the_twelve_labels_are_about_as_frequent_and_one_second_determines_them() -> None:
    found = tracks(standard_plan().train)
    seconds = np.bincount(np.concatenate([track[track >= 0] for track in found]), minlength=len(PITCH_CLASSES)) / 64
    assert seconds.min() > 0.065 * seconds.sum()
    assert seconds.max() < 0.105 * seconds.sum()
    shares = np.array(
        [
            bass_shares(track, start, 16_384, hop=250).max()
            for track in found
            for start in range(0, len(track) * 250 - 16_384, 8_000)
        ]
    )
    assert np.mean(shares >= 0.5) > 0.88
