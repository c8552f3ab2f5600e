"""Damaged and compressed shards through the dataset and whoever reads windows from it."""

import gzip
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from audiogan.data import damage
from audiogan.data.clips import Clip, encode_clip
from audiogan.data.framing import frame
from audiogan.data.loader import BatchLoader
from audiogan.data.order import window_rng
from audiogan.errors import DamagedDataError, DataError
from audiogan.evaluation.classifier.features import labelled_features
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.evaluation.sampling import real_waveforms
from audiogan_datasets.tfrecord import TFRecordDataset, TFRecordDatasetOptions

LABELS = ("a", "b", "a", "b", "a", "b")
RNG = window_rng(seed=0, position=0)


@pytest.fixture(autouse=True)
def nothing_told_yet(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    damage._tell_once.cache_clear()
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def record(number: int, samples: Sequence[float] | None = None) -> bytes:
    values = np.full(4, number / 8, dtype=np.float32) if samples is None else np.array(samples, dtype=np.float32)
    return encode_clip(Clip(str(number), values, LABELS[number]))


def frames() -> list[bytearray]:
    return [bytearray().join(frame(record(number))) for number in range(len(LABELS))]


def with_wrong_byte() -> bytes:
    """Record 2 has a byte of its data wrong."""
    stored = frames()
    stored[2][40] ^= 1
    return b"".join(stored)


def without_an_example() -> bytes:
    stored = frames()
    stored[2] = bytearray().join(frame(b"\xff\xff"))
    return b"".join(stored)


def with_nan() -> bytes:
    stored = frames()
    stored[2] = bytearray().join(frame(record(2, [0, np.nan, 0, 0])))
    return b"".join(stored)


def without_samples() -> bytes:
    stored = frames()
    stored[2] = bytearray().join(frame(record(2, [])))
    return b"".join(stored)


DAMAGED = {
    "byte": (with_wrong_byte(), "the data do not match their checksum"),
    "example": (without_an_example(), "the record is not a tf.train.Example"),
    "nan": (with_nan(), "samples that are not finite numbers"),
    "empty": (without_samples(), "feature 'samples' is empty"),
}
OFFSET = 2 * len(frames()[0])


def dataset(path: Path, **options: Any) -> TFRecordDataset:
    return TFRecordDataset(TFRecordDatasetOptions(path=str(path), window_length=4, **options))


def numbers(waveforms: torch.Tensor) -> list[int]:
    return (waveforms[:, 0, 0] * 8).int().tolist()


@pytest.fixture(params=DAMAGED)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    stored, fault = DAMAGED[request.param]
    (tmp_path / "a").write_bytes(stored)
    return tmp_path / "a", f"{tmp_path / 'a'}, record 2 at byte {OFFSET}: {fault}"


def test_damage_stops_by_default_and_names_its_place(case: tuple[Path, str]) -> None:
    path, fault = case
    made = dataset(path)
    assert made.on_error == "stop"
    with pytest.raises(DamagedDataError) as caught:
        made.window(2, rng=RNG)
    place, _, reason = fault.partition(": ")
    assert str(caught.value).startswith(place)
    assert reason in str(caught.value)
    with pytest.raises(DamagedDataError):
        next(BatchLoader(made, batch_size=6, seed=0))
    with pytest.raises(DamagedDataError):
        real_waveforms(made, 6, seed=0)


def test_skipped_damage_is_passed_over_and_told(case: tuple[Path, str], caplog: pytest.LogCaptureFixture) -> None:
    path, fault = case
    made = dataset(path, on_error="skip")
    assert len(made) == 6
    batches = list(islice(BatchLoader(made, batch_size=5, seed=0), 3))
    for batch in batches:
        assert sorted(numbers(batch.waveforms)) == sorted(set(numbers(batch.waveforms)) - {2})
    assert sum(batch.skipped for batch in batches) == batches[-1].position - 15 in (2, 3)
    assert sorted(numbers(real_waveforms(made, 10, seed=0))) == sorted([0, 1, 3, 4, 5] * 2)
    place, _, reason = fault.partition(": ")
    told, *counts = caplog.messages
    assert told.startswith(place)
    assert reason in told
    assert counts == ["real windows: 2 of 12 windows are damaged and were passed over"]


def test_labels_are_those_of_the_sound_records(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (path := tmp_path / "a").write_bytes(with_wrong_byte())
    with pytest.raises(DamagedDataError, match=f"record 2 at byte {OFFSET}"):
        dataset(path, label_feature="label")
    made = dataset(path, label_feature="label", on_error="skip")
    assert made.class_names == ("a", "b")
    assert [made.window(index, rng=RNG).label for index in (0, 1, 3, 4, 5)] == [0, 1, 1, 0, 1]
    assert caplog.messages[1:] == ["labels: 1 of 6 windows are damaged and were passed over"]


def test_the_classifier_hears_the_sound_records(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (path := tmp_path / "a").write_bytes(with_wrong_byte())
    made = dataset(path, label_feature="label", on_error="skip")
    network = AudioClassifier(ClassifierOptions(dim=1), class_count=2, sample_rate=16_000, window_length=4).eval()
    features = labelled_features(made, network, range(6), seed=0, turn=0)
    assert features.labels.tolist() == [0, 1, 1, 0, 1]
    assert caplog.messages[-1] == "windows for the classifier: 1 of 6 windows are damaged and were passed over"


@pytest.mark.parametrize(("spoil", "kept"), [("cut", 5), ("length", 3), ("cut between", 4)])
def test_what_lies_behind_a_damaged_frame_is_lost_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: str, kept: int
) -> None:
    stored = b"".join(frames())
    path = tmp_path / "a"
    if spoil == "cut":
        path.write_bytes(stored[:-7])
        fault = rf"{path}, record 5 at byte {5 * OFFSET // 2}: .* cut off.* bytes from there on are lost"
    elif spoil == "length":
        damaged = bytearray(stored)
        damaged[3 * OFFSET // 2] ^= 1
        path.write_bytes(damaged)
        fault = (
            rf"{path}, record 3 at byte {3 * OFFSET // 2}: the length does not match .*"
            rf"the {len(stored) - 3 * OFFSET // 2} bytes from there on are lost"
        )
    else:
        path.write_bytes(stored[: 2 * OFFSET])
        path.with_name("a.index").write_text(f"0 {OFFSET // 2}\n" * 5 + f"{5 * OFFSET // 2} {OFFSET // 2}\n")
        fault = f"{path}: holds 4 records in {2 * OFFSET} bytes, but a.index beside it promises 6 records"
    with pytest.raises(DamagedDataError, match=fault):
        dataset(path)
    made = dataset(path, on_error="skip")
    assert len(made) == kept
    assert sorted(numbers(real_waveforms(made, kept, seed=0))) == list(range(kept))
    (told,) = caplog.messages
    assert told.endswith('(passed over, since on_error = "skip")')


def test_nothing_but_damage_is_an_error(tmp_path: Path) -> None:
    stored = frames()
    for each in stored:
        each[40] ^= 1
    (path := tmp_path / "a").write_bytes(b"".join(stored))
    made = dataset(path, on_error="skip")
    with pytest.raises(DataError, match="all of its 6 windows are damaged"):
        next(BatchLoader(made, batch_size=4, seed=0))
    with pytest.raises(DataError, match="all of its 6 windows are damaged"):
        real_waveforms(made, 4, seed=0)
    path.write_bytes(b"\x00" * 40)
    with pytest.raises(DataError, match="no records; the files are empty or damaged"):
        dataset(path, on_error="skip")


def test_wrong_options_are_no_damage(tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(b"".join(frames()))
    for options in ({"feature": "audio"}, {"feature_kind": "int64"}, {"channels": 3}):
        with pytest.raises(DataError) as caught:
            next(BatchLoader(dataset(path, on_error="skip", **options), batch_size=2, seed=0))
        assert not isinstance(caught.value, DamagedDataError)


@pytest.mark.parametrize("compression", ["auto", "gzip"])
def test_a_compressed_shard_gives_the_same_windows_and_fingerprint(tmp_path: Path, compression: str) -> None:
    (tmp_path / "a").write_bytes(b"".join(frames()))
    (tmp_path / "b").write_bytes(gzip.compress(b"".join(frames())))
    plain, packed = dataset(tmp_path / "a"), dataset(tmp_path / "b", compression=compression)
    assert packed.fingerprint() == plain.fingerprint() == dataset(tmp_path / "a", on_error="skip").fingerprint()
    assert torch.equal(real_waveforms(packed, 20, seed=3), real_waveforms(plain, 20, seed=3))


def test_an_unknown_compression_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="compression must be one of 'auto', 'none', 'gzip', 'zlib', not 'bz2'"):
        dataset(tmp_path / "a", compression="bz2")
