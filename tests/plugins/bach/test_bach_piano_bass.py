import numpy as np
import pytest

from audiogan_bach.bass import PITCH_CLASSES, SILENT, bass_shares, bass_track, hop_length
from audiogan_bach.piano import Strike

RATE = 16_000


def test_a_hop_is_a_64th_of_a_second() -> None:
    assert [hop_length(rate) for rate in (8_000, 16_000, 44_100, 48_000)] == [125, 250, 689, 750]


def test_the_lowest_sounding_note_is_the_bass() -> None:
    strikes = [Strike(60, 0.0, 1.0, 0.5), Strike(43, 0.25, 0.5, 0.5), Strike(76, 0.0, 2.0, 0.5)]
    track = bass_track(strikes, length=2 * RATE, sample_rate=RATE)
    assert track.tolist() == [0] * 16 + [7] * 16 + [0] * 32 + [4] * 64


def test_a_damped_note_counts_for_a_tenth_of_a_second_unless_another_sounds() -> None:
    strikes = [Strike(48, 0.0, 0.5, 0.5), Strike(62, 0.75, 1.0, 0.5)]
    track = bass_track(strikes, length=round(1.25 * RATE), sample_rate=RATE)
    # 0.5 s + 0.1 s = 38.4 hops, of which the middles of 38 lie before.
    assert track.tolist() == [0] * 38 + [SILENT] * 10 + [2] * 22 + [SILENT] * 10


def test_a_last_hop_may_be_cut_short() -> None:
    assert len(bass_track([Strike(48, 0.0, 1.0, 0.5)], length=251, sample_rate=RATE)) == 2


def test_shares_count_samples_not_hops() -> None:
    track = np.array([0, 4, 4, 7, SILENT])
    shares = bass_shares(track, 200, 400, hop=250)
    assert shares[[0, 4]] == pytest.approx([50 / 400, 350 / 400])
    assert shares.sum() == pytest.approx(1)
    assert bass_shares(track, 750, 500, hop=250)[7] == pytest.approx(0.5)
    assert bass_shares(track, 1000, 250, hop=250).sum() == 0
    assert bass_shares(track, 0, 2500, hop=250).sum() == pytest.approx(1000 / 2500)
    assert bass_shares(track, 260, 3, hop=250)[4] == pytest.approx(1)


def test_shares_agree_with_counting_sample_by_sample() -> None:
    rng = np.random.default_rng(0)
    track = rng.integers(-1, 12, 40)
    samples = np.repeat(track, 7)
    for _ in range(50):
        length = int(rng.integers(1, 200))
        start = int(rng.integers(0, len(samples) - length + 1))
        window = samples[start : start + length]
        expected = np.bincount(window[window >= 0], minlength=12) / length
        np.testing.assert_allclose(bass_shares(track, start, length, hop=7), expected)


def test_the_classes_are_the_twelve_pitch_classes() -> None:
    assert len(set(PITCH_CLASSES)) == 12
    assert PITCH_CLASSES[0] == "C"
    assert PITCH_CLASSES[9] == "A"
