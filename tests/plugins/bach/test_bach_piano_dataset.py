import pickle
from pathlib import Path

import numpy as np
import pytest

from audiogan.errors import DataError
from audiogan_bach.bass import PITCH_CLASSES
from audiogan_bach.collection import rendered_collection
from audiogan_bach.dataset import BachPianoDataset, BachPianoDatasetOptions
from audiogan_bach.pieces import PIECES
from audiogan_bach.plan import Plan
from audiogan_bach.recording import record
from audiogan_bach.rendition import Rendition
from audiogan_datasets.tfrecord import TFRecordDataset, TFRecordDatasetOptions

(LITTLE_PRELUDE,) = (piece for piece in PIECES if piece.catalogue_number == "BWV 939")
PLAN = Plan(train=(Rendition(LITTLE_PRELUDE, 2, 1.2, 5),), test=(Rendition(LITTLE_PRELUDE, -1, 1.3, 6),))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def use_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(cache))


def dataset(*, sample_rate: int = 16_000, window_length: int = 16_384, window: str = "random") -> BachPianoDataset:
    options = BachPianoDatasetOptions(sample_rate=sample_rate, window_length=window_length, window=window)
    return BachPianoDataset(options, plan=PLAN)


def test_windows_are_pieces_of_the_recording_with_the_bass_of_the_music() -> None:
    first = dataset(window="first")
    assert (first.sample_rate, first.channels, first.window_length) == (16_000, 1, 16_384)
    assert first.class_names == PITCH_CLASSES
    samples = record(PLAN.train[0], sample_rate=16_000).samples
    assert len(first) == len(samples) // 24_000
    for index in (0, 3, len(first) - 1):
        window = first.window(index, rng=np.random.default_rng(0))
        assert window.waveform.dtype == np.float32
        np.testing.assert_array_equal(window.waveform, [samples[index * 24_000 : index * 24_000 + 16_384]])
    # The prelude in C, here in D, holds its tonic in the bass for three bars.
    assert [first.window(index, rng=np.random.default_rng(0)).label for index in range(4)] == [2] * 4


@pytest.mark.parametrize("window_length", [1, 250, 4_096, 16_384, 24_000, 30_000])
def test_every_window_of_every_length_has_a_label(window_length: int) -> None:
    windows = dataset(window_length=window_length)
    rng = np.random.default_rng(1)
    for index in range(len(windows)):
        window = windows.window(index, rng=rng)
        assert window.waveform.shape == (1, window_length)
        assert window.label in range(12)
        # No padding: a clip is as long as its window.
        assert window_length < 1000 or np.any(window.waveform[0, -200:] != 0)


def test_random_windows_depend_on_the_generator_and_reach_the_whole_clip() -> None:
    windows = dataset()
    one, same, other = (windows.window(2, rng=np.random.default_rng(seed)).waveform for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    clip = dataset(window_length=24_000).window(2, rng=np.random.default_rng(0)).waveform[0]
    beginnings = np.lib.stride_tricks.sliding_window_view(clip, 32)
    starts = []
    for seed in range(40):
        window = windows.window(2, rng=np.random.default_rng(seed)).waveform[0]
        (start,) = np.flatnonzero(np.all(beginnings == window[:32], axis=1))
        np.testing.assert_array_equal(window, clip[start : start + 16_384])
        starts.append(int(start))
    assert min(starts) < 800
    assert max(starts) > 24_000 - 16_384 - 800


def test_the_held_out_part_is_another_rendition_with_the_same_classes() -> None:
    train = dataset()
    test = train.held_out()
    assert test is not None
    assert test.class_names == train.class_names
    assert test.held_out() is None
    assert test.fingerprint() != train.fingerprint()
    # The same opening a minor third lower: C sharp in the bass is its B.
    assert test.window(0, rng=np.random.default_rng(0)).label == 11


def test_the_fingerprint_follows_content_and_options_not_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = dataset().fingerprint()
    assert dataset().fingerprint() == here
    assert dataset(window_length=8_192).fingerprint() != here
    assert dataset(window="first").fingerprint() != here
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path))
    assert dataset().fingerprint() == here


def test_a_loader_worker_can_take_it_along() -> None:
    original = dataset()
    copy = pickle.loads(pickle.dumps(original))
    one, same = (windows.window(1, rng=np.random.default_rng(4)) for windows in (original, copy))
    np.testing.assert_array_equal(one.waveform, same.waveform)
    assert one.label == same.label


def test_the_shards_are_read_as_anybodys_data(cache: Path) -> None:
    folder = rendered_collection(PLAN, sample_rate=16_000, hops=96)
    plain = TFRecordDataset(
        TFRecordDatasetOptions(path=str(folder / "train-*.tfrecord"), window="first", label_feature="label")
    )
    bach = dataset(window="first")
    assert len(plain) == len(bach)
    assert set(plain.class_names) <= set(PITCH_CLASSES)
    for index in range(len(bach)):
        ours, theirs = (part.window(index, rng=np.random.default_rng(0)) for part in (bach, plain))
        np.testing.assert_array_equal(ours.waveform, theirs.waveform)
    opening = plain.window(0, rng=np.random.default_rng(0)).label
    assert opening is not None
    assert plain.class_names[opening] == "D"


def test_other_rates_are_rendered_natively() -> None:
    slow = dataset(sample_rate=8_000, window_length=8_192, window="first")
    window = slow.window(0, rng=np.random.default_rng(0))
    assert window.label == 2
    # The tonic's octave, D3 at 146.8 Hz, stands in the spectrum at this rate, too.
    spectrum = np.abs(np.fft.rfft(window.waveform[0] * np.hanning(8_192)))
    around = slice(round(140 * 8_192 / 8_000), round(153 * 8_192 / 8_000))
    peak = (around.start + int(np.argmax(spectrum[around]))) * 8_000 / 8_192
    assert peak == pytest.approx(146.8, abs=1)


def test_options_beyond_the_synthesiser_are_refused() -> None:
    for rate in (4_000, 96_000):
        with pytest.raises(ValueError, match="sample_rate must be at"):
            BachPianoDatasetOptions(sample_rate=rate)
    with pytest.raises(ValueError, match="window must be one of"):
        BachPianoDatasetOptions(window="last")


def test_a_record_that_is_damaged_afterwards_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path))
    windows = dataset()
    (shard,) = tmp_path.glob("bach-piano/*/train-00.tfrecord")
    data = bytearray(shard.read_bytes())
    data[5_000] ^= 1
    shard.write_bytes(data)
    with pytest.raises(DataError, match=r"train-00\.tfrecord"):
        windows.window(0, rng=np.random.default_rng(0))
