import re
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import descriptor_pool
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan.data.clips import Clip, encode_clip, write_clips
from audiogan.data.example import Example, decode_example
from audiogan.data.example_encoding import encode_example
from audiogan.data.example_schema import ExampleMessage
from audiogan.data.record_list import find_shards, open_shards
from audiogan.data.shard import RecordPlace, open_shard
from audiogan.data.shard_writer import write_shard
from audiogan.errors import DataError

GOLDEN = Path(__file__).parents[1] / "golden" / "tfrecord"
PLACE = RecordPlace(Path("a.tfrecord"), 7, 1234)


def test_every_golden_sample_is_exact() -> None:
    shard = open_shard(GOLDEN / "train-0-of-2.tfrecord")
    with np.load(GOLDEN / "expected.npz") as expected:
        for number in range(len(shard)):
            samples = decode_example(shard.read(number), shard.place(number)).floats("samples")
            assert samples.dtype == np.float32
            np.testing.assert_array_equal(samples, expected[f"train-0-of-2/{number}"])


def test_golden_identifiers_and_slices() -> None:
    records = open_shards(find_shards([str(GOLDEN / "*.tfrecord")]))
    examples = [records.example(number) for number in range(len(records))]
    assert [example.byte_string("id") for example in examples[4:8]] == [b"clip004", b"clip005", b"clip000", b"clip001"]
    assert [example.integers("slice").tolist() for example in examples[:4]] == [[0], [1], [2], [0]]
    assert [len(example.floats("samples")) for example in examples[6:]] == [24000, 16384, 9000, 24000, 16384]


def test_encoding_gives_back_what_was_given_and_always_the_same_bytes() -> None:
    floats = np.array([[0.5, -1.0], [1e-40, 0.1]], dtype=np.float32)
    integers = np.array([-(2**63), 2**63 - 1, 0])
    record = encode_example({"f": floats, "i": integers, "b": b"\xff\x00"})
    example = decode_example(record, PLACE)
    np.testing.assert_array_equal(example.floats("f"), floats.ravel())
    np.testing.assert_array_equal(example.integers("i"), integers)
    assert example.byte_string("b") == b"\xff\x00"
    assert encode_example({"b": b"\xff\x00", "i": integers, "f": floats}) == record


def test_a_clip_has_the_originals_schema(tmp_path: Path) -> None:
    stereo = np.array([[0.1, 0.2, 0.3], [-0.1, -0.2, -0.3]], dtype=np.float32)
    clip = Clip("fugue", stereo, label="é", slice=3, integer_features={"notes": np.array([60, 64])})
    assert write_clips(tmp_path / "a", [clip, Clip("silence", np.zeros(5, dtype=np.float32))]) == 2
    records = open_shards([tmp_path / "a"])
    first, second = records.example(0), records.example(1)
    assert (first.byte_string("id"), first.byte_string("label")) == (b"fugue", "é".encode())
    assert first.integers("slice").tolist() == [3]
    assert first.integers("notes").tolist() == [60, 64]
    np.testing.assert_array_equal(first.floats("samples"), stereo.T.ravel())
    assert (second.byte_string("label"), second.floats("samples").tolist()) == (b"", [0.0] * 5)


def test_a_golden_record_encoded_as_a_clip_reads_the_same() -> None:
    shard = open_shard(GOLDEN / "train-1-of-2.tfrecord")
    golden = decode_example(shard.read(2), shard.place(2))
    again = decode_example(encode_clip(Clip("clip002", golden.floats("samples"), slice=2)), PLACE)
    assert sorted(again.features) == sorted(golden.features)
    np.testing.assert_array_equal(again.floats("samples"), golden.floats("samples"))


@pytest.fixture
def example() -> Example:
    return decode_example(encode_example({"x": np.zeros(2), "n": np.array([1]), "b": b"b"}), PLACE)


def test_a_missing_feature_is_reported_with_what_there_is(example: Example) -> None:
    message = (
        "a.tfrecord, record 7 at byte 1234: there is no feature 'samples'; "
        "the record has 'b' (bytes), 'n' (int64), 'x' (float)"
    )
    with pytest.raises(DataError, match=re.escape(message)):
        example.floats("samples")


@pytest.mark.parametrize(
    ("method", "name", "kinds"),
    [
        ("floats", "n", "int64, not float"),
        ("integers", "b", "bytes, not int64"),
        ("byte_string", "x", "float, not bytes"),
    ],
)
def test_a_feature_of_another_kind_is_reported(example: Example, method: str, name: str, kinds: str) -> None:
    with pytest.raises(DataError, match=f"record 7 at byte 1234: feature '{name}' is {kinds}; the record has 'b'"):
        getattr(example, method)(name)


def test_asking_for_a_missing_feature_does_not_add_it(example: Example) -> None:
    with pytest.raises(DataError):
        example.kind("y")
    assert sorted(example.features) == ["b", "n", "x"]


def test_two_byte_strings_are_not_one() -> None:
    record = encode_example({"b": b"one"}) + encode_example({"b": b"one"})
    twice = decode_example(record, PLACE)
    twice.features["b"].bytes_list.value.append(b"two")
    with pytest.raises(DataError, match="feature 'b' holds 2 byte strings where one is expected"):
        twice.byte_string("b")


def test_tensorflow_may_declare_the_same_messages_in_the_same_process() -> None:
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindFileByName("audiogan/example.proto")
    assert ExampleMessage.DESCRIPTOR.full_name == "tensorflow.Example"


def test_an_empty_record_has_no_features() -> None:
    with pytest.raises(DataError, match="the record has no features at all"):
        decode_example(b"", PLACE).floats("samples")


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_bytes_decode_or_raise_a_data_error(record: bytes) -> None:
    try:
        example = decode_example(record, PLACE)
        for name in list(example.features):
            example.kind(name)
            example.floats(name)
    except DataError:
        return
    assert all(example.kind(name) == "float" for name in example.features)


def test_shards_are_found_sorted_once_and_without_their_indices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b/2.tfrecord", "b/1.tfrecord", "a.tfrecord"):
        write_shard(tmp_path / name, [name.encode()])
    monkeypatch.chdir(tmp_path)
    assert find_shards(["**/*", "a.tf*"]) == tuple(map(Path, ("a.tfrecord", "b/1.tfrecord", "b/2.tfrecord")))
    with pytest.raises(DataError, match=rf"no file matches 'c/\*', looked for in {tmp_path}; mend the path"):
        find_shards(["a.tfrecord", "c/*"])
    with pytest.raises(DataError, match="an empty list of paths names no file; give at least one glob pattern"):
        find_shards([])


def test_the_content_hash_depends_on_the_records_and_not_on_files(tmp_path: Path) -> None:
    write_shard(tmp_path / "all", [b"1", b"2", b"3"])
    write_shard(tmp_path / "x", [b"1", b"2"])
    write_shard(tmp_path / "y", [b"3"])
    write_shard(tmp_path / "other", [b"1", b"2", b"4"])
    whole = open_shards([tmp_path / "all"]).content_hash()
    assert open_shards([tmp_path / "x", tmp_path / "y"]).content_hash() == whole
    assert open_shards([tmp_path / "y", tmp_path / "x"]).content_hash() != whole
    assert open_shards([tmp_path / "other"]).content_hash() != whole


def test_numbers_run_through_shards_of_any_size(tmp_path: Path) -> None:
    sizes = (0, 2, 0, 1)
    for file, size in enumerate(sizes):
        write_clips(
            tmp_path / str(file), (Clip(f"{file}/{number}", np.zeros(1, dtype=np.float32)) for number in range(size))
        )
    records = open_shards(sorted(tmp_path.glob("?")))
    assert [records.example(number).byte_string("id") for number in range(len(records))] == [b"1/0", b"1/1", b"3/0"]
    assert str(records.example(2).place) == f"{tmp_path / '3'}, record 0 at byte 0"
