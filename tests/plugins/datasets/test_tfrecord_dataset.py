import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import audiogan
from audiogan.data.clips import Clip, write_clips
from audiogan.data.example_encoding import FeatureValue, encode_example
from audiogan.data.loader import BatchLoader
from audiogan.data.order import permutation, window_rng
from audiogan.data.shard_writer import write_shard
from audiogan.errors import DamagedDataError, DataError
from audiogan_datasets.tfrecord import TFRecordDataset, TFRecordDatasetOptions

GOLDEN = Path(__file__).parents[2] / "golden" / "tfrecord"
RNG = window_rng(seed=0, position=0)


def dataset(path: Path, **options: Any) -> TFRecordDataset:
    return TFRecordDataset(TFRecordDatasetOptions(path=str(path), **options))


def write_examples(path: Path, *examples: Mapping[str, FeatureValue]) -> Path:
    write_shard(path, map(encode_example, examples))
    return path


def write_labelled(path: Path, *labels: str) -> Path:
    write_clips(path, (Clip(str(number), np.zeros(4, dtype=np.float32), label) for number, label in enumerate(labels)))
    return path


def waveform(of: TFRecordDataset, index: int = 0) -> NDArray[np.float32]:
    return of.window(index, rng=RNG).waveform


@pytest.fixture(scope="module")
def golden() -> dict[str, NDArray[np.float32]]:
    with np.load(GOLDEN / "expected.npz") as expected:
        return {name: expected[name] for name in expected.files}


def test_first_windows_of_the_golden_shards(golden: dict[str, NDArray[np.float32]]) -> None:
    first = dataset(GOLDEN / "*.tfrecord", window="first")
    assert len(first) == 11
    for number in range(6):
        np.testing.assert_array_equal(waveform(first, number), golden[f"train-0-of-2/{number}"][None, :16384])
    short = waveform(first, 8)
    assert short.shape == (1, 16384)
    assert np.count_nonzero(short[0, :9000]) > 8000
    assert not short[0, 9000:].any()


def test_random_windows_lie_within_the_clip_and_depend_on_the_rng_alone(golden: dict[str, NDArray[np.float32]]) -> None:
    shards = dataset(GOLDEN / "train-0*", window_length=23998)
    clip = golden["train-0-of-2/2"]
    starts = set()
    for position in range(40):
        window = shards.window(2, rng=window_rng(seed=0, position=position)).waveform[0]
        (start,) = (start for start in range(3) if np.array_equal(window, clip[start : start + 23998]))
        starts.add(start)
        again = shards.window(2, rng=window_rng(seed=0, position=position)).waveform[0]
        np.testing.assert_array_equal(window, again)
    assert starts == {0, 1, 2}


def test_it_is_registered_and_states_what_it_gives() -> None:
    made = audiogan.create("dataset", "tfrecord", {"path": [str(GOLDEN / "train-1*")], "sample_rate": 8000})
    assert (len(made), made.sample_rate, made.channels, made.window_length) == (5, 8000, 1, 16384)
    assert made.class_names == ()
    assert made.held_out() is None
    assert made.window(0, rng=RNG).label is None


def test_a_pickled_dataset_gives_the_same_windows() -> None:
    made = dataset(GOLDEN / "train-1*", window="first")
    np.testing.assert_array_equal(waveform(pickle.loads(pickle.dumps(made)), 3), waveform(made, 3))


@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")
def test_a_worker_process_reads_the_same_batches() -> None:
    shards = dataset(GOLDEN / "*.tfrecord")
    with (
        BatchLoader(shards, batch_size=4, seed=3, workers=1) as beside,
        BatchLoader(shards, batch_size=4, seed=3) as within,
    ):
        for _ in range(4):
            assert torch.equal(next(beside).waveforms, next(within).waveforms)


def test_interleaved_channels_are_told_apart(tmp_path: Path) -> None:
    stereo = np.array([[0.1, 0.2, 0.3], [-0.1, -0.2, -0.3]], dtype=np.float32)
    write_clips(tmp_path / "a", [Clip("a", stereo)])
    np.testing.assert_array_equal(waveform(dataset(tmp_path / "a", channels=2, window_length=3)), stereo)
    padded = waveform(dataset(tmp_path / "a", channels=2, window_length=4))
    np.testing.assert_array_equal(padded, np.pad(stereo, ((0, 0), (0, 1))))
    with pytest.raises(DataError, match=r"record 0 at byte 0: .* 6 samples, .* 4 interleaved channels; set channels"):
        waveform(dataset(tmp_path / "a", channels=4))


PCM = [-32768, 16384, 0, 32767]
SCALED = np.array([[-1, 0.5, 0, 32767 / 32768]], dtype=np.float32)


def test_integers_and_pcm_bytes_are_scaled_to_one(tmp_path: Path) -> None:
    pcm = np.array(PCM, dtype="<i2")
    path = write_examples(tmp_path / "a", {"ints": pcm.astype(np.int64), "bytes": pcm.tobytes()})
    for feature, kind in (("ints", "int64"), ("bytes", "bytes")):
        made = dataset(path, feature=feature, feature_kind=kind, window_length=4, window="first")
        np.testing.assert_array_equal(waveform(made), SCALED)


def test_a_feature_of_another_kind_or_name_is_reported(tmp_path: Path) -> None:
    path = write_examples(tmp_path / "a", {"audio": np.zeros(4), "label": b"x"})
    with pytest.raises(DataError, match=r"a, record 0 at byte 0: there is no feature 'samples'; .*'audio' \(float\)"):
        waveform(dataset(path))
    with pytest.raises(DataError, match="feature 'audio' is float, not int64"):
        waveform(dataset(path, feature="audio", feature_kind="int64"))
    with pytest.raises(DataError, match="feature 'label' holds 1 bytes; 16-bit PCM has an even number"):
        waveform(dataset(path, feature="label", feature_kind="bytes"))


@pytest.mark.parametrize(
    ("samples", "options", "complaint"),
    [
        ([], {}, "feature 'samples' is empty"),
        ([0, np.nan], {}, "samples that are not finite numbers"),
        ([0, np.inf], {"normalize": True}, "samples that are not finite numbers"),
        ([0, -2], {}, 'reaches 2, outside [-1, 1]; set normalize = true or out_of_range = "clip"'),
    ],
)
def test_samples_that_are_no_audio(
    tmp_path: Path, samples: list[float], options: dict[str, Any], complaint: str
) -> None:
    path = write_examples(tmp_path / "a", {"samples": np.array(samples, dtype=np.float32)})
    with pytest.raises(DataError, match=re.escape("record 0 at byte 0: ") + ".*" + re.escape(complaint)):
        waveform(dataset(path, **options))


def test_normalising_and_clipping_are_options_and_never_the_default(tmp_path: Path) -> None:
    loud, quiet = np.array([0.5, -2, 1.5], dtype=np.float32), np.array([0.25, -0.5, 0], dtype=np.float32)
    path = write_examples(tmp_path / "a", {"samples": loud}, {"samples": quiet}, {"samples": np.zeros(3)})
    normalized = dataset(path, normalize=True, window_length=3)
    assert [waveform(normalized, index).tolist() for index in range(3)] == [
        [[0.25, -1, 0.75]],
        [[0.5, -1, 0]],
        [[0] * 3],
    ]
    clipped = dataset(path, out_of_range="clip", window_length=3)
    assert [waveform(clipped, index).tolist() for index in range(2)] == [[[0.5, -1, 1]], [[0.25, -0.5, 0]]]
    assert waveform(dataset(path, window_length=3), 1).tolist() == [[0.25, -0.5, 0]]


def test_labels_are_classes_sorted_by_name(tmp_path: Path) -> None:
    made = dataset(write_labelled(tmp_path / "a", "two", "", "one", "two"), label_feature="label")
    assert made.class_names == ("one", "two")
    assert [made.window(index, rng=RNG).label for index in range(4)] == [1, None, 0, 1]


def test_integer_labels_are_classes_sorted_by_value(tmp_path: Path) -> None:
    examples = [{"samples": np.zeros(1), "pitch": np.array([pitch])} for pitch in (10, 9, -1, 9)]
    made = dataset(write_examples(tmp_path / "a", *examples), label_feature="pitch")
    assert made.class_names == ("-1", "9", "10")
    assert [made.window(index, rng=RNG).label for index in range(4)] == [2, 1, 0, 1]


def test_the_golden_shards_have_empty_labels() -> None:
    made = dataset(GOLDEN / "*.tfrecord", label_feature="label")
    assert made.class_names == ()
    assert {made.window(index, rng=RNG).label for index in range(11)} == {None}


def test_a_missing_or_unusable_label_is_reported_at_once(tmp_path: Path) -> None:
    path = write_examples(tmp_path / "a", {"samples": np.zeros(1), "two": np.array([1, 2]), "raw": b"\xff"})
    with pytest.raises(DataError, match="record 0 at byte 0: there is no feature 'label'; the record has 'raw'"):
        dataset(path, label_feature="label")
    with pytest.raises(DataError, match="feature 'two' holds 2 integers where one is a label"):
        dataset(path, label_feature="two")
    with pytest.raises(DataError, match="label 'raw' is not UTF-8"):
        dataset(path, label_feature="raw")
    with pytest.raises(DataError, match="feature 'samples' is float, not bytes"):
        dataset(path, label_feature="samples")


def test_the_held_out_part_has_the_classes_of_the_training_part(tmp_path: Path) -> None:
    write_labelled(tmp_path / "train", "c", "a", "b")
    write_labelled(tmp_path / "test", "c", "b")
    made = dataset(tmp_path / "train", label_feature="label", held_out_path=str(tmp_path / "test"))
    held_out = made.held_out()
    assert held_out is not None
    assert held_out.class_names == ("a", "b", "c")
    assert [held_out.window(index, rng=RNG).label for index in range(2)] == [2, 1]
    assert held_out.held_out() is None


def test_a_held_out_class_that_is_never_trained_on_is_reported(tmp_path: Path) -> None:
    write_labelled(tmp_path / "train", "a", "b")
    write_labelled(tmp_path / "test", "a", "x")
    made = dataset(tmp_path / "train", label_feature="label", held_out_path=str(tmp_path / "test"))
    with pytest.raises(DataError, match=r"test, record 1 at byte \d+: label 'x' is not among the classes .*\(a, b\)"):
        made.held_out()


def test_training_on_the_held_out_part_is_refused(tmp_path: Path) -> None:
    write_labelled(tmp_path / "train", "a")
    write_labelled(tmp_path / "test", "a")
    with pytest.raises(DataError, match=r"test: matches both path and held_out_path; narrow one of the patterns"):
        dataset(tmp_path / "*", held_out_path=str(tmp_path / "te*"))


def test_a_pattern_that_matches_nothing_is_reported_at_once(tmp_path: Path) -> None:
    write_labelled(tmp_path / "train", "a")
    with pytest.raises(DataError, match=rf"no file matches '{tmp_path}/x\*', looked for in "):
        dataset(tmp_path / "x*")
    with pytest.raises(DataError, match="no file matches 'absent', looked for in "):
        dataset(tmp_path / "train", held_out_path="absent")


def test_shards_without_records_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(DataError, match="a: no records; the files are empty"):
        dataset(tmp_path / "a")


def test_a_damaged_record_stops_with_its_place(tmp_path: Path) -> None:
    stored = bytearray((GOLDEN / "train-1-of-2.tfrecord").read_bytes())
    stored[100_000] ^= 4
    (tmp_path / "a").write_bytes(stored)
    made = dataset(tmp_path / "a")
    waveform(made, 0)
    with pytest.raises(DataError, match="a, record 1 at byte 96095: the data do not match their checksum"):
        waveform(made, 1)


def test_the_fingerprint_is_of_content_and_options_and_not_of_paths(tmp_path: Path) -> None:
    content = (GOLDEN / "train-1-of-2.tfrecord").read_bytes()
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(content)
    fingerprint = dataset(tmp_path / "a").fingerprint()
    assert re.fullmatch("[0-9a-f]{64}", fingerprint)
    assert dataset(tmp_path / "b", held_out_path=str(tmp_path / "a")).fingerprint() == fingerprint
    others = [
        dataset(GOLDEN / "train-0*").fingerprint(),
        *(
            dataset(tmp_path / "a", **options).fingerprint()
            for options in (
                {"window": "first"},
                {"window_length": 8192},
                {"sample_rate": 8000},
                {"channels": 2},
                {"normalize": True},
                {"out_of_range": "clip"},
                {"label_feature": "label"},
            )
        ),
    ]
    assert len({fingerprint, *others}) == 9


def test_a_window_is_memory_of_its_own_and_outlives_the_file(tmp_path: Path) -> None:
    clip = np.linspace(-1, 1, 5000, dtype=np.float32)
    write_clips(path := tmp_path / "a", [Clip("a", clip)])
    windows = [waveform(dataset(path, window_length=length, window="first")) for length in (4999, 5000, 5001)]
    path.write_bytes(b"")
    for window in windows:
        assert window.flags.writeable
        assert window.flags.aligned
        np.testing.assert_array_equal(window[0, :5000], clip[: window.shape[1]])


def test_random_numbers_are_drawn_for_clips_longer_than_a_window_only(tmp_path: Path) -> None:
    write_clips(path := tmp_path / "a", [Clip("a", np.linspace(0, 1, 7, dtype=np.float32))])
    drawn: list[None] = []

    def rng() -> np.random.Generator:
        drawn.append(None)
        return window_rng(seed=0, position=3)

    for length, window, draws in ((7, "random", 0), (9, "random", 0), (5, "first", 0), (5, "random", 1)):
        made = dataset(path, window_length=length, window=window)
        strided = np.full((1, 2 * length), np.nan, dtype=np.float32)[:, ::2]
        assert made.write_window(0, rng=rng, into=strided) is None
        assert len(drawn) == draws
        np.testing.assert_array_equal(strided, made.window(0, rng=window_rng(seed=0, position=3)).waveform)


def test_batches_are_the_windows_of_their_positions(golden: dict[str, NDArray[np.float32]]) -> None:
    shards = dataset(GOLDEN / "train-0*", window_length=16000)
    batch = next(BatchLoader(shards, batch_size=20, seed=5))
    indices = np.concatenate([permutation(6, seed=5, epoch=epoch) for epoch in range(4)])[:20]
    expected = [shards.window(int(n), rng=window_rng(seed=5, position=at)).waveform for at, n in enumerate(indices)]
    np.testing.assert_array_equal(batch.waveforms.numpy(), np.stack(expected))


@pytest.mark.parametrize("options", [{"normalize": True}, {"out_of_range": "clip"}])
def test_scaling_and_clipping_happen_at_every_reading(tmp_path: Path, options: dict[str, Any]) -> None:
    write_clips(path := tmp_path / "a", [Clip("a", np.array([0.5, -2, 1], dtype=np.float32))])
    made = dataset(path, window_length=3, **options)
    expected = [[0.25, -1, 0.5]] if "normalize" in options else [[0.5, -1, 1]]
    assert [waveform(made).tolist() for _ in range(3)] == [expected] * 3


def test_a_record_found_sound_is_held_to_its_checksum_again(tmp_path: Path) -> None:
    write_clips(path := tmp_path / "a", [Clip("a", np.zeros(3, dtype=np.float32))])
    made = dataset(path, window_length=3)
    assert not waveform(made).any()
    write_clips(tmp_path / "b", [Clip("a", np.full(3, 1e9, dtype=np.float32))])
    path.write_bytes((tmp_path / "b").read_bytes())
    with pytest.raises(DamagedDataError, match="record 0 at byte 0: the data do not match their checksum"):
        waveform(made)
