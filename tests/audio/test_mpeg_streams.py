from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from audiogan.audio.decoding import AudioDecoder, read_header
from audiogan.audio.files import read_audio
from audiogan.audio.mpeg_frames import audio_start, frame_at, length_tag, length_tag_frame, silenced
from audiogan.audio.mpeg_index import MpegIndices, frames_in, mpeg_index, states_length
from tests.audio.sound_files import decoded, sound


def write_mp3(path: Path, waveform: NDArray[np.float32], sample_rate: int, *, variable: bool = False) -> Path:
    with soundfile.SoundFile(
        path,
        "w",
        sample_rate,
        waveform.shape[0],
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=0.3,
        bitrate_mode="VARIABLE" if variable else "CONSTANT",
    ) as file:
        file.write(waveform.T)
    return path


def without_tag(path: Path) -> tuple[Path, int]:
    """A copy without the frame that states the length, and the samples that decoders drop on its account."""
    content = path.read_bytes()
    first = frame_at(content, audio_start(content))
    assert first is not None
    tag = length_tag(content, first)
    assert tag is not None
    bare = path.with_name(f"bare-{path.name}")
    bare.write_bytes(content[first.offset + first.size :])
    return bare, tag.delay + 529


def loud_then_quiet(length: int) -> NDArray[np.float32]:
    waveform = sound(1, length)
    waveform[:, : length // 2] *= 0.001
    return waveform


@pytest.mark.parametrize(
    ("header", "size", "samples"),
    [
        ("fffb9064", 417, 1152),  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz
        ("fffb9264", 418, 1152),  # padded
        ("fff38064", 208, 576),  # MPEG-2, 64 kbit/s, 22.05 kHz
        ("ffe318c4", 72, 576),  # MPEG-2.5, 8 kbit/s, 8 kHz
        ("fffd9000", 522, 1152),  # layer II, 160 kbit/s
        ("ffff9000", 312, 384),  # layer I, 288 kbit/s
    ],
)
def test_frames_have_the_sizes_that_the_standard_gives_them(header: str, size: int, samples: int) -> None:
    frame = frame_at(bytes.fromhex(header), 0)
    assert frame is not None
    assert (frame.size, frame.samples) == (size, samples)


@pytest.mark.parametrize("header", ["fffb0064", "fffbf064", "fffb9c64", "ffeb9064", "fff99064", "00fb9064", "fffb"])
def test_what_is_no_frame(header: str) -> None:
    assert frame_at(bytes.fromhex(header), 0) is None


@pytest.mark.parametrize("variable", [False, True])
@pytest.mark.parametrize("sample_rate", [16_000, 44_100])
def test_a_file_that_states_no_length_is_read_to_its_last_sample(
    tmp_path: Path, variable: bool, sample_rate: int
) -> None:
    tagged = write_mp3(tmp_path / "a.mp3", loud_then_quiet(120_000), sample_rate, variable=variable)
    bare, dropped = without_tag(tagged)
    index = mpeg_index(bare)
    assert index is not None
    header = read_header(bare)
    assert header.length == index.frames * index.first.samples >= 120_000 + dropped
    waveform, _ = read_audio(bare)
    np.testing.assert_allclose(waveform[:, dropped : dropped + 120_000], decoded(tagged), rtol=0, atol=2e-6)
    for start in (0, 1, 40_000, header.length - 5000):
        stretch = AudioDecoder().read(bare, header, start, start + 5000)
        np.testing.assert_allclose(stretch, waveform[:, start : start + 5000], rtol=0, atol=2e-6)


def test_the_decoder_alone_would_have_guessed_another_length(tmp_path: Path) -> None:
    bare, _ = without_tag(write_mp3(tmp_path / "a.mp3", loud_then_quiet(120_000), 44_100, variable=True))
    assert abs(soundfile.info(bare).frames - read_header(bare).length) > 50_000


def test_tags_and_rubbish_around_and_between_frames_are_passed_over(tmp_path: Path) -> None:
    bare, _ = without_tag(write_mp3(tmp_path / "a.mp3", sound(2, 60_000), 44_100))
    whole, content = read_audio(bare)[0], bare.read_bytes()
    frames = list(frames_in(content))
    cut = frames[20].offset
    id3 = b"ID3\x04\x00\x00" + bytes([0, 0, 8, 1]) + b"\xff\xfb" * 512 + b"\0"
    rubbish = b"\0\0\0\xff\xfb\x90\x64" + b"\xff" * 77
    (tmp_path / "b.mp3").write_bytes(id3 + content[:cut] + rubbish + content[cut:] + b"TAG" + bytes(125))
    assert not states_length(tmp_path / "b.mp3")
    header = read_header(tmp_path / "b.mp3")
    assert header.length == whole.shape[1]
    for start in (0, 22_000, 23_040, 50_000):
        stretch = AudioDecoder().read(tmp_path / "b.mp3", header, start, start + 3000)
        np.testing.assert_allclose(stretch, whole[:, start : start + 3000], rtol=0, atol=2e-6)


def test_a_tag_that_does_not_fit_the_file_is_not_believed(tmp_path: Path) -> None:
    once = write_mp3(tmp_path / "a.mp3", sound(1, 60_000), 44_100)
    bare, dropped = without_tag(once)
    assert states_length(once)
    twice = tmp_path / "twice.mp3"
    twice.write_bytes(once.read_bytes() + bare.read_bytes())
    assert not states_length(twice)
    assert read_header(once).length == 60_000
    assert read_header(twice).length == 2 * read_header(bare).length - dropped


def test_frames_that_borrow_from_others_are_decoded_without_complaint(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # At a low bit rate tones save up bits that noise then takes from several frames before.
    waveform = sound(1, 200_000)
    waveform[:, ::8000] = 0.9
    path = write_mp3(tmp_path / "a.mp3", waveform, 22_050)
    whole, header, decoder = decoded(path), read_header(path), AudioDecoder()
    capfd.readouterr()
    for start in range(0, 190_000, 2311):
        stretch = decoder.read(path, header, start, start + 2000)
        np.testing.assert_allclose(stretch, whole[:, start : start + 2000], rtol=0, atol=2e-6)
    assert capfd.readouterr().err == ""


def test_a_silenced_frame_keeps_its_main_data_and_where_it_borrows() -> None:
    for header, side in (("fffb9064", 32), ("fffa9064", 32), ("fff380c4", 9)):
        content = bytes.fromhex(header) + bytes(range(1, 200))
        frame = frame_at(content, 0)
        assert frame is not None
        begin = 6 if frame.has_checksum else 4
        changed = silenced(content, frame)
        assert len(changed) == len(content)
        assert changed[begin + side :] == content[begin + side :]
        assert changed[4] == content[begin]
        assert changed[1] & 1
        kept = 2 if frame.generation == 1 else 1
        assert not any(changed[4 + kept : begin + side])


def test_a_tag_frame_states_what_it_is_told() -> None:
    for header in ("fffb9064", "fffa1064", "fff380c4", "ffe318c4"):
        content = length_tag_frame(bytes.fromhex(header), 77)
        frame = frame_at(content, 0)
        assert frame is not None
        assert frame.size == len(content)
        tag = length_tag(content, frame)
        assert tag is not None
        assert (tag.frames, tag.size, tag.delay) == (77, None, 0)
    with pytest.raises(ValueError, match="begins with a frame"):
        length_tag_frame(b"RIFF", 1)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.lists(st.one_of(st.binary(max_size=20), st.just(bytes.fromhex("ffe318c4") + bytes(68)))).map(b"".join)
)
def test_any_bytes_are_walked_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    index = mpeg_index(path)
    if index is not None:
        assert index.end <= len(content)
        assert len(index.offsets) == -(-index.frames // 16)


def test_a_piece_that_begins_by_borrowing_from_what_was_cut_off_is_decoded_as_ever(tmp_path: Path) -> None:
    tagged = write_mp3(tmp_path / "a.mp3", sound(2, 120_000), 44_100)
    content = tagged.read_bytes()
    frames = list(frames_in(content))
    begin = frames[40].offset
    piece = tmp_path / "piece.mp3"
    piece.write_bytes(length_tag_frame(content[begin:], len(frames) - 40) + content[begin:])
    whole, header = decoded(piece), read_header(piece)
    assert header.length == whole.shape[1] == (len(frames) - 40) * 1152 - 529
    for start in (0, 500, 3000, 30_000):
        stretch = AudioDecoder().read(piece, header, start, start + 3000)
        np.testing.assert_allclose(stretch, whole[:, start : start + 3000], rtol=0, atol=2e-6)


def test_indices_are_kept_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [write_mp3(tmp_path / f"{number}.mp3", sound(1, 30_000), 44_100) for number in range(4)]
    indices = MpegIndices()
    made = [indices.of(path) for path in paths]
    assert made[0] is not None
    assert all(indices.of(path) is index for path, index in zip(paths, made, strict=True))
    monkeypatch.setattr(MpegIndices, "_MOST_BYTES", 2 * made[0].offsets.nbytes)
    paths.append(write_mp3(tmp_path / "4.mp3", sound(1, 30_000), 44_100))
    newest = indices.of(paths[4])
    assert [indices.of(path) is index for path, index in zip(paths[3:], (made[3], newest), strict=True)] == [True, True]
    assert indices.of(paths[0]) is not made[0]
