from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan.data.order import window_rng
from audiogan.data.recordings.content import content_digest, content_digests
from audiogan.data.recordings.places import Place, RandomPlaces, all_places, first_places
from audiogan.errors import DataError
from audiogan_datasets.audio_folder.reading import padded

RNG = np.random.default_rng(0)


def drawn(lengths: list[int], window_length: int, epochs: int) -> Counter[tuple[int, int]]:
    places = RandomPlaces(lengths, window_length)
    found: Counter[tuple[int, int]] = Counter()
    for epoch in range(epochs):
        for index in range(len(places)):
            rng = window_rng(seed=0, position=epoch * len(places) + index)
            place = places.place(index, rng=rng)
            found[place.recording, place.start] += 1
    return found


def test_an_epoch_has_a_window_for_each_short_recording_and_covers_the_long_ones_once() -> None:
    assert len(RandomPlaces([10, 4, 25], 10)) == 2 + 3
    assert len(RandomPlaces([11, 9], 10)) == 1 + 2
    assert len(RandomPlaces([10**12], 10)) == 10**11
    assert drawn([10, 4, 25], 10, 1).keys() >= {(0, 0), (1, 0)}


def test_every_start_is_as_likely_as_any_other_of_its_recording() -> None:
    # Of 14 and 25 samples a window of 10 has 5 and 16 starts; the recordings are taken as 14 to 25.
    found = drawn([14, 25], 10, 8000)
    assert found.keys() == {(0, start) for start in range(5)} | {(1, start) for start in range(16)}
    draws = 8000 * 4
    expected = {place: draws * (14 / 39 / 5 if place[0] == 0 else 25 / 39 / 16) for place in found}
    chi_squared = sum((found[place] - expected[place]) ** 2 / expected[place] for place in found)
    assert chi_squared < 45.3  # 20 degrees of freedom, one in a thousand


@settings(max_examples=50, deadline=None)
@given(lengths=st.lists(st.integers(1, 200), min_size=1, max_size=8), window_length=st.integers(1, 90))
def test_random_places_fit(lengths: list[int], window_length: int) -> None:
    for recording, start in drawn(lengths, window_length, 3):
        assert 0 <= start <= max(0, lengths[recording] - window_length)


@settings(max_examples=100, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 200), min_size=1, max_size=8),
    window_length=st.integers(1, 90),
    hop=st.integers(1, 90),
)
def test_all_windows_reach_every_sample(lengths: list[int], window_length: int, hop: int) -> None:
    hop = min(hop, window_length)
    places = all_places(lengths, window_length, hop=hop)
    covered = [np.zeros(length, dtype=np.bool_) for length in lengths]
    for index in range(len(places)):
        place = places.place(index, rng=RNG)
        assert 0 <= place.start <= max(0, lengths[place.recording] - window_length)
        covered[place.recording][place.start : place.start + window_length] = True
    assert all(samples.all() for samples in covered)


def test_all_windows_of_some_recordings() -> None:
    places = all_places([10, 3, 25], 10, hop=5)
    found = [places.place(index, rng=RNG) for index in range(len(places))]
    assert found == [Place(0, 0), Place(1, 0), Place(2, 0), Place(2, 5), Place(2, 10), Place(2, 15)]
    kept = places.only(np.array([False, True, False, True, False, False]))
    assert [kept.place(index, rng=RNG) for index in range(len(kept))] == [Place(1, 0), Place(2, 5)]
    first = first_places([10, 3])
    assert [first.place(index, rng=RNG) for index in range(len(first))] == [Place(0, 0), Place(1, 0)]


@pytest.mark.parametrize(
    ("padding", "expected"),
    [
        ("end", [[1, 2, 3, 0, 0, 0, 0, 0], [4, 5, 6, 0, 0, 0, 0, 0]]),
        ("both", [[0, 0, 1, 2, 3, 0, 0, 0], [0, 0, 4, 5, 6, 0, 0, 0]]),
        ("repeat", [[1, 2, 3, 1, 2, 3, 1, 2], [4, 5, 6, 4, 5, 6, 4, 5]]),
    ],
)
def test_padding(padding: str, expected: list[list[float]]) -> None:
    waveform = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
    assert padded(waveform, 8, padding).tolist() == expected
    assert padded(np.asfortranarray(waveform), 2, padding).tolist() == [[1, 2], [4, 5]]
    assert padded(waveform, 3, padding).dtype == np.float32


def test_the_digest_goes_by_content(tmp_path: Path) -> None:
    content = np.random.default_rng(0).bytes(700_000)
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(content)
    assert content_digest(tmp_path / "a") == content_digest(tmp_path / "b")
    others = [content[:-1], content + b"\0", b"\1" + content[1:], content[:-1] + b"\1", content[:200_000], b""]
    changed = bytearray(content)
    changed[100_000:120_000] = bytes(20_000)
    digests = {content_digest(tmp_path / "a")}
    for other in (*others, bytes(changed), content[:199_000] + b"\0" + content[199_001:200_000]):
        (tmp_path / "b").write_bytes(other)
        digests.add(content_digest(tmp_path / "b"))
    assert len(digests) == 9
    assert content_digests([tmp_path / "a", tmp_path / "b"])[1] == content_digest(tmp_path / "b")


def test_a_file_that_is_gone_has_no_digest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.wav: cannot be read: No such file or directory; was the file moved"):
        content_digests([tmp_path / "gone.wav"])
