"""What a layout says is what protobuf says, for any bytes."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.protobuf.message import DecodeError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audiogan.data.clips import Clip, encode_clip
from audiogan.data.example import Example, decode_example
from audiogan.data.example_encoding import encode_example
from audiogan.data.example_layout import KnownLayouts, learn_layout
from audiogan.data.example_schema import ExampleMessage
from audiogan.data.shard import RecordPlace
from audiogan.errors import DataError

PLACE = RecordPlace(Path("a.tfrecord"), 0, 0)
SAMPLES = np.arange(40, dtype=np.float32)


def by_protobuf(record: bytes) -> dict[str, bytes] | None:
    """The float features of a record as bytes, or None where it is refused."""
    message: Any = ExampleMessage()
    try:
        message.ParseFromString(record)
    except DecodeError:
        return None
    features = message.features.feature
    return {
        name: np.array(features[name].float_list.value, dtype=np.float32).tobytes()
        for name in features
        if features[name].WhichOneof("kind") == "float_list"
    }


def by_layout(record: bytes, known: KnownLayouts) -> dict[str, bytes] | None:
    layout = known.of(memoryview(record))
    if layout is None:
        return None
    decoded = Example(lambda: PLACE, memoryview(record), layout)
    return {name: decoded.floats(name).tobytes() for name in layout.floats}


def varint(number: int) -> bytes:
    encoded = b""
    while number > 0x7F:
        encoded, number = encoded + bytes([number & 0x7F | 0x80]), number >> 7
    return encoded + bytes([number])


def field(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + varint(len(content)) + content


def entry(name: bytes, feature: bytes) -> bytes:
    return field(0x0A, field(0x0A, name) + field(0x12, feature))


def floats(*values: float) -> bytes:
    return field(0x12, field(0x0A, np.array(values, dtype="<f4").tobytes()))


def integers(varints: bytes) -> bytes:
    return record_of(entry(b"n", field(0x1A, field(0x0A, varints))))


def record_of(*entries: bytes) -> bytes:
    return field(0x0A, b"".join(entries))


def test_a_clip_has_a_layout_with_the_place_of_its_samples() -> None:
    record = encode_clip(Clip("fugue", SAMPLES, "label", slice=300))
    layout = learn_layout(record)
    assert layout is not None
    assert list(layout.floats) == ["samples"]
    offset, length = layout.floats["samples"]
    assert length == 40
    assert record[offset : offset + 160] == SAMPLES.tobytes()


def test_a_layout_fits_records_of_other_values_and_no_others() -> None:
    layout = learn_layout(encode_clip(Clip("fugue", SAMPLES, "one", slice=5)))
    assert layout is not None
    assert layout.fits(encode_clip(Clip("canon", SAMPLES[::-1], "two", slice=127)))
    assert not layout.fits(encode_clip(Clip("canon", SAMPLES, "two", slice=128)))
    assert not layout.fits(encode_clip(Clip("canons", SAMPLES, "tw", slice=1)))
    assert not layout.fits(encode_clip(Clip("canon", SAMPLES[1:], "two", slice=1)))


@pytest.mark.parametrize(
    "record",
    [
        b"",
        record_of(entry(b"x", floats(1))) * 2,
        record_of(entry(b"x", floats(1)), entry(b"x", floats(2))),
        record_of(entry(b"x", floats(1))) + b"\x18\x01",
        record_of(entry(b"\xff", floats(1))),
        record_of(entry(b"x", b"")),
        record_of(entry(b"x", floats())),
        record_of(entry(b"x", field(0x12, b""))),
        record_of(entry(b"x", floats(1) + floats(2))),
        record_of(entry(b"x", field(0x12, field(0x0A, b"\0" * 4) * 2))),
        record_of(entry(b"x", field(0x12, b"\x0d\0\0\x80\x3f"))),
        record_of(entry(b"x", field(0x12, field(0x0A, b"\0" * 5)))),
        record_of(field(0x0A, field(0x12, floats(1)) + field(0x0A, b"x"))),
        integers(b"\xff" * 9 + b"\x01"),
        integers(b"\x80"),
        integers(b"\x01" * 65),
        record_of(entry(b"x", field(0x0A, field(0x0A, b"one") + field(0x0A, b"two")))),
        record_of(entry(b"x" * 5000, floats(1))),
        record_of(entry(b"x", floats(1)))[:-1],
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ],
)
def test_whatever_is_encoded_otherwise_is_left_to_protobuf(record: bytes) -> None:
    assert learn_layout(record) is None
    expected = by_protobuf(record)
    if expected is None:
        with pytest.raises(DataError, match=r"a\.tfrecord, record 0 at byte 0: the record is not a tf\.train\.Example"):
            decode_example(record, PLACE)
    else:
        decoded = decode_example(record, PLACE)
        assert {name: decoded.floats(name).tobytes() for name in expected} == expected


NAMES = st.sampled_from(["", "x", "samples", "é"])
VALUES = (
    st.binary(max_size=80)
    | st.lists(st.floats(width=32), min_size=1, max_size=20).map(lambda values: np.array(values, dtype=np.float32))
    | st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 300), max_size=4).map(
        lambda values: np.array(values, dtype=np.int64)
    )
)
RECORDS = st.dictionaries(NAMES, VALUES, max_size=3).map(encode_example)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A record, and one that differs in a few bytes, or in which a stretch is missing or doubled."""
    record = bytearray(draw(RECORDS))
    whole = bytes(record)
    for _ in range(draw(st.integers(0, 3))):
        if record:
            record[draw(st.integers(0, len(record) - 1))] = draw(st.integers(0, 255))
    start, stop = sorted((draw(st.integers(0, len(record))), draw(st.integers(0, len(record)))))
    change = draw(st.sampled_from(["none", "cut", "double"]))
    if change != "none":
        record[start:stop] = record[start:stop] * 2 if change == "double" else b""
    return whole, bytes(record)


@given(damaged() | st.tuples(RECORDS, RECORDS) | st.tuples(st.binary(max_size=40), st.binary(max_size=40)))
@example((integers(b"\x01\x81\x01"), integers(b"\x81\x81\x81")))
@settings(max_examples=500, deadline=None)
def test_any_record_reads_as_protobuf_reads_it_or_is_left_to_it(pair: tuple[bytes, bytes]) -> None:
    known = KnownLayouts()
    for record in pair:
        found = by_layout(record, known)
        assert found is None or found == by_protobuf(record)


def test_every_changed_byte_of_a_record_reads_as_protobuf_reads_it() -> None:
    record = encode_example({"a": SAMPLES[:2], "b": b"text", "n": np.array([1, 300, 2**40]), "é": SAMPLES[:1]})
    known = KnownLayouts()
    assert by_layout(record, known) == by_protobuf(record)
    for place, value in ((place, value) for place in range(len(record)) for value in (0, 1, 0x0A, 0x7F, 0x80, 0xFF)):
        changed = record[:place] + bytes([value]) + record[place + 1 :]
        found = by_layout(changed, known)
        assert found is None or found == by_protobuf(changed)


def shapes(count: int) -> Iterator[bytes]:
    return (encode_example({"x": np.zeros(1 + number, dtype=np.float32)}) for number in range(count))


def test_the_memory_of_layouts_is_bounded() -> None:
    known = KnownLayouts()
    assert sum(known.of(record) is not None for record in shapes(300)) == 256
    assert sum(known.of(record) is not None for record in shapes(300)) == 256
    assert decode_example(list(shapes(300))[-1], PLACE).floats("x").tolist() == [0] * 300


def test_records_of_one_length_have_a_few_layouts() -> None:
    known = KnownLayouts()
    records = [encode_example({name: SAMPLES}) for name in "abcdef"]
    assert [known.of(record) is not None for record in records * 2] == ([True] * 4 + [False] * 2) * 2


def test_layouts_survive_pickling() -> None:
    known = KnownLayouts()
    record = encode_clip(Clip("a", SAMPLES))
    layout, again = known.of(record), pickle.loads(pickle.dumps(known)).of(record)
    assert layout is not None
    assert again.floats == layout.floats
