"""Files that are decoded as a whole: every sample, in bounded memory, and damage found."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from audiogan.audio import AudioDecoder, decode_whole, decoded_blocks, read_audio, read_header
from audiogan.errors import DamagedDataError
from tests.audio.sound_files import decoded, sound, write_sound

LENGTH = 150_001
LOSSY = ("a.ogg", "a.opus", "a.mp3")


def all_samples(path: Path) -> NDArray[np.float32]:
    return np.concatenate(list(decoded_blocks(path)), axis=1)


def varying(path: Path, *, loud_first: bool) -> Path:
    """An MP3 file whose frames differ in size, the first of them being large or small."""
    parts = [np.random.default_rng(0).normal(0, 0.2, 300_000), np.zeros(900_000)]
    samples = np.concatenate(parts if loud_first else parts[::-1]).astype(np.float32)
    with soundfile.SoundFile(
        path, "w", 44_100, 1, format="MP3", subtype="MPEG_LAYER_III", bitrate_mode="VARIABLE"
    ) as file:
        for start in range(0, len(samples), 2**16):
            file.write(samples[start : start + 2**16])
    return path


def tag_at(content: bytes | bytearray) -> int:
    return max(content[:200].find(b"Xing"), content[:200].find(b"Info"))


@pytest.mark.parametrize("name", LOSSY)
@pytest.mark.parametrize("channels", [1, 2])
def test_blocks_and_the_file_of_samples_are_what_libsndfile_decodes(tmp_path: Path, name: str, channels: int) -> None:
    path = write_sound(tmp_path / name, sound(channels, LENGTH), 48_000)
    whole = decoded(path)
    assert whole.shape == (channels, LENGTH)
    np.testing.assert_array_equal(all_samples(path), whole)
    np.testing.assert_array_equal(read_audio(path)[0], whole)
    assert decode_whole(path, tmp_path / "samples.w64") == LENGTH
    np.testing.assert_array_equal(decoded(tmp_path / "samples.w64"), whole)
    with pytest.raises(ValueError, match="decoded as a whole"):
        AudioDecoder().read(path, read_header(path), 0, 100)


@pytest.mark.parametrize(
    ("file_format", "subtype"),
    [("WAV", "GSM610"), ("WAV", "G721_32"), ("WAV", "NMS_ADPCM_16"), ("AU", "G723_40"), ("WAV", "IMA_ADPCM")],
)
def test_formats_without_seeking_are_decoded_whole(tmp_path: Path, file_format: str, subtype: str) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, sound(1, 20_000).T, 8000, format=file_format, subtype=subtype)
    header = read_header(path)
    assert not header.in_place
    found = all_samples(path)
    assert found.shape == (1, header.length)
    np.testing.assert_allclose(np.corrcoef(found[0, :20_000], sound(1, 20_000)[0])[0, 1], 1, atol=0.1)


@pytest.mark.parametrize("loud_first", [True, False])
def test_all_of_an_mp3_file_that_does_not_state_its_length_is_decoded(tmp_path: Path, loud_first: bool) -> None:
    path = varying(tmp_path / "a.mp3", loud_first=loud_first)
    content = bytearray(path.read_bytes())
    tagged = all_samples(path)
    assert tagged.shape[1] == 1_200_000
    at = tag_at(content)
    content[at : at + 4] = bytes(4)
    path.write_bytes(content)
    found = all_samples(path)
    # Untagged, the first frame is a silent one more, and the encoder's and the decoder's delay are left in.
    delay = 1152 + 576 + 529
    assert found.shape[1] >= delay + 1_200_000
    np.testing.assert_allclose(
        found[:, delay : delay + 1_200_000], tagged, rtol=0, atol=2**-22
    )  # two steps of a float near 1
    guessed = decoded(path)
    stop = min(guessed.shape[1], found.shape[1])
    np.testing.assert_allclose(found[:, :stop], guessed[:, :stop], rtol=0, atol=2**-22)  # two steps of a float near 1


@pytest.mark.parametrize("promised", [2**31 - 1, 2000])
def test_a_length_that_an_mp3_file_cannot_hold_is_refused(tmp_path: Path, promised: int) -> None:
    path = write_sound(tmp_path / "a.mp3", sound(1, 20_000), 44_100)
    content = bytearray(path.read_bytes())
    at = tag_at(content) + 8
    content[at : at + 4] = promised.to_bytes(4, "big")
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(DamagedDataError, match=r"a\.mp3: (its header promises|ends at 0\.\d+ s where its header)"):
            all_samples(path)
        assert tracemalloc.get_traced_memory()[1] < 2**21
    finally:
        tracemalloc.stop()


def test_a_flac_file_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.flac", sound(1, 3000), 44_100)
    content = bytearray(path.read_bytes())
    for promised in (2**33, 3001):
        content[21] = content[21] & 0xF0 | promised >> 32
        content[22:26] = (promised & 0xFFFFFFFF).to_bytes(4, "big")
        path.write_bytes(content)
        with pytest.raises(DamagedDataError, match=r"a\.flac: (its header promises 8589934592 samples|ends before)"):
            read_header(path)


def test_what_stands_before_an_mp3_file_is_taken_as_libsndfile_takes_it(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mp3", sound(2, 20_000), 44_100)
    content = path.read_bytes()
    whole = decoded(path)
    path.write_bytes(2 * (b"ID3\x04\0\0\0\0\0\x10" + bytes(16)) + content)
    assert read_header(path).length == 20_000
    np.testing.assert_array_equal(all_samples(path), whole)
    path.write_bytes(bytes(500) + content)
    np.testing.assert_array_equal(all_samples(path), decoded(path))


def cut(share: float) -> Callable[[bytearray], bytearray]:
    return lambda content: content[: int(len(content) * share)]


def flipped(content: bytearray) -> bytearray:
    content[len(content) // 2] ^= 255
    return content


def without_middle(content: bytearray) -> bytearray:
    middle = len(content) // 2
    return content[:middle] + content[middle + 6000 :]


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *(("a.mp3", damage) for damage in (cut(0.5), cut(0.99), without_middle)),
        *((name, damage) for name in ("a.ogg", "a.opus") for damage in (cut(0.5), cut(0.999), flipped, without_middle)),
        *((name, lambda content: content + content) for name in ("a.ogg", "a.opus")),
    ],
)
def test_damage_is_found(tmp_path: Path, name: str, damage: Callable[[bytearray], bytearray]) -> None:
    path = write_sound(tmp_path / name, sound(1, LENGTH), 48_000)
    path.write_bytes(damage(bytearray(path.read_bytes())))
    with pytest.raises(DamagedDataError, match=rf"{name}: "):
        decode_whole(path, tmp_path / "samples.w64")
    assert [found.name for found in tmp_path.iterdir()] == [name]


def test_bytes_behind_an_ogg_stream_are_no_damage(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.ogg", sound(1, 30_000), 16_000)
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    assert all_samples(path).shape == (1, 30_000)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "a Git LFS pointer.*`git lfs pull`"),
        (b"\n<!DOCTYPE html><html></html>", r"a web page \(HTML\)"),
        (b"<html><body>404", r"a web page \(HTML\)"),
    ],
)
def test_what_was_fetched_in_place_of_a_recording_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    for name in ("a.wav", "a.mp3"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DamagedDataError, match=rf"{name}: {complaint}"):
            read_header(tmp_path / name)
