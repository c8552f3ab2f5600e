from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audiogan.audio import AudioDecoder, AudioHeader, decode_whole, decoded_blocks, read_header
from audiogan.errors import DamagedDataError, DataError
from tests.audio.sound_files import FORMATS, decoded, sound, write_sound

LENGTH = 150_001
LOSSY = ("a.ogg", "a.opus", "a.mp3")


def header_of(path: Path, samples: Path) -> AudioHeader:
    """With the length and place of the decoded samples where the file is not read in place."""
    header = read_header(path)
    return header if header.in_place else evolve(header, length=decode_whole(path, samples), decoded=samples)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_stretch_is_the_slice_of_the_whole_whatever_was_read_before(
    tmp_path: Path, name: str, channels: int
) -> None:
    rate = 48_000 if name == "a.opus" else 44_100
    path = write_sound(tmp_path / name, sound(channels, LENGTH), rate)
    whole, header, decoder = decoded(path), header_of(path, tmp_path / "samples.w64"), AudioDecoder()
    assert header.in_place == (name not in LOSSY)
    assert (header.sample_rate, header.channels, header.length) == (rate, channels, LENGTH)
    rng = np.random.default_rng(1)
    starts = [0, 1, LENGTH - 3001, *rng.integers(0, LENGTH - 3000, 12), *range(LENGTH - 30_000, LENGTH - 3000, 3777)]
    for start in map(int, rng.permutation(starts)):
        np.testing.assert_array_equal(decoder.read(path, header, start, start + 3001), whole[:, start : start + 3001])
    np.testing.assert_array_equal(decoder.read(path, header, 0, LENGTH), whole)
    assert decoder.read(path, header, 7, 7).shape == (channels, 0)


@pytest.mark.parametrize(("subtype", "step"), [("PCM_16", 2**-15), ("PCM_24", 2**-23), ("FLOAT", 2**-24)])
def test_full_scale_is_one_in_every_width(tmp_path: Path, subtype: str, step: float) -> None:
    values = np.array([0.5, -1, step, -step, 0])
    soundfile.write(tmp_path / "a.wav", values, 8000, subtype=subtype)
    header = read_header(tmp_path / "a.wav")
    assert AudioDecoder().read(tmp_path / "a.wav", header, 0, 5).tolist() == [values.tolist()]
    assert header.stores_floats == (subtype == "FLOAT")


def test_a_stretch_outside_the_file_is_a_mistake(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", sound(1, 10), 8000)
    for start, stop in ((-1, 5), (5, 11), (6, 5)):
        with pytest.raises(ValueError, match="do not lie within its 10"):
            AudioDecoder().read(path, read_header(path), start, stop)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_bounded_number_of_files_is_open_and_a_pickled_decoder_has_none(tmp_path: Path) -> None:
    decoder = AudioDecoder()
    paths = [write_sound(tmp_path / f"{number}.wav", sound(1, 50, seed=number), 8000) for number in range(60)]
    before = open_files()
    for path in [*paths, *paths]:
        np.testing.assert_array_equal(decoder.read(path, read_header(path), 3, 50), decoded(path)[:, 3:])
    assert open_files() - before == 32
    copied = pickle.loads(pickle.dumps(decoder))
    assert open_files() - before == 32
    np.testing.assert_array_equal(copied.read(paths[0], read_header(paths[0]), 0, 50), decoded(paths[0]))


def test_after_a_fork_files_are_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_sound(tmp_path / "a.wav", sound(1, 50), 8000)
    decoder, header = AudioDecoder(), read_header(path)
    decoder.read(path, header, 0, 50)
    path.unlink()
    np.testing.assert_array_equal(decoder.read(path, header, 0, 50), decoder.read(path, header, 0, 50))
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(DataError, match=r"a\.wav: cannot be read: No such file or directory; was the file moved"):
        decoder.read(path, header, 0, 50)


def cut(share: float) -> Callable[[bytearray], bytearray]:
    return lambda content: content[: int(len(content) * share)]


def overwritten(content: bytearray) -> bytearray:
    middle = len(content) // 2
    content[middle : middle + 3000] = bytes(3000)
    return content


@pytest.mark.parametrize(
    ("name", "damage", "complaint"),
    [
        ("a.wav", cut(0.7), "cut short, 210032 bytes of 300046"),
        ("a.aiff", cut(0.7), "cut short"),
        ("a.flac", cut(0.01), "not an audio file|ends before"),
        ("a.flac", cut(0.7), r"ends before the 3\.401 s that its header promises"),
        ("a.flac", overwritten, r"(ends at|damaged at)"),
    ],
)
def test_damage_is_reported_with_the_file_and_the_time(
    tmp_path: Path, name: str, damage: Callable[[bytearray], bytearray], complaint: str
) -> None:
    path = write_sound(tmp_path / name, sound(1, LENGTH), 44_100)
    path.write_bytes(damage(bytearray(path.read_bytes())))
    with pytest.raises(DamagedDataError, match=rf"{name}: .*({complaint})"):
        AudioDecoder().read(path, read_header(path), 0, LENGTH)


def test_what_lies_before_the_damage_can_be_read(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.flac", sound(1, LENGTH), 44_100)
    whole = decoded(path)
    path.write_bytes(overwritten(bytearray(path.read_bytes())))
    header, decoder = read_header(path), AudioDecoder()
    with pytest.raises(DamagedDataError, match=r"a\.flac: "):
        decoder.read(path, header, 0, LENGTH)
    np.testing.assert_array_equal(decoder.read(path, header, 5000, 9000), whole[:, 5000:9000])


@pytest.fixture(scope="module")
def small_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("small")
    return {name: write_sound(folder / name, sound(2, 3000), 16_000).read_bytes() for name in FORMATS}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(sorted(FORMATS)))
def test_hostile_files_are_read_or_refused_but_never_crash(
    tmp_path: Path, small_files: dict[str, bytes], data: st.DataObject, name: str
) -> None:
    content = bytearray(small_files[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.one_of(st.integers(0, 100), st.integers(0, len(content) - 1)))
        content[at : at + 4] = data.draw(st.binary(min_size=0, max_size=6))
    path = tmp_path / name
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        header = read_header(path)
        stop = min(header.length, 5000)
        if header.in_place:
            samples = AudioDecoder().read(path, header, 0, stop)
        else:
            samples = np.concatenate(list(decoded_blocks(path)), axis=1)
            stop = samples.shape[1]
    except DamagedDataError as error:
        refused = str(error)
        assert refused.startswith(f"{path}: ")
        return
    assert samples.shape == (header.channels, stop)
