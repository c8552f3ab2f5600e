"""What an inspection hears in recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiogan.data.recordings.listing import find_recordings
from audiogan.errors import DataError
from audiogan_data_tools.inspection.paths import sort_paths
from audiogan_data_tools.inspection.recordings import HeardFolder, HeardRecording, hear_folder
from audiogan_data_tools.loudness import loudness

RATE = 8000


def noise(seed: int, samples: int = RATE, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, samples).clip(-1, 1)


def heard(folder: Path, *, jobs: int = 1) -> HeardFolder:
    return hear_folder(find_recordings([str(folder)]), jobs=jobs, tell=lambda line: None)


def only(folder: Path) -> HeardRecording:
    (recording,) = heard(folder).heard
    return recording


@pytest.mark.parametrize(
    ("name", "subtype"), [("a.wav", "PCM_24"), ("a.wav", "FLOAT"), ("a.flac", "PCM_16"), ("a.ogg", "VORBIS")]
)
def test_a_recording_is_known_by_what_it_holds(tmp_path: Path, name: str, subtype: str) -> None:
    samples = np.stack([noise(0), noise(1)], axis=1)
    soundfile.write(tmp_path / name, samples, RATE, subtype=subtype)
    recording = only(tmp_path)
    header = recording.header
    assert (recording.name, header.sample_rate, header.channels, header.length) == (name, RATE, 2, RATE)
    assert header.subtype == subtype
    assert recording.peak == pytest.approx(np.abs(samples).max(), rel=0.1 if subtype == "VORBIS" else 1e-3)
    expected = loudness([samples.T.astype(np.float32)], sample_rate=RATE, channels=2)
    assert recording.loudness_lufs == pytest.approx(expected, abs=0.5 if subtype == "VORBIS" else 0.01)
    assert not recording.silent
    assert recording.clipped_samples == 0


def test_clipped_samples_are_counted_in_runs(tmp_path: Path) -> None:
    samples = noise(2)
    samples[100:105] = 1.0  # five
    samples[200:202] = 1.0  # two: touched, not clipped
    samples[300:304] = -1.0  # four
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="PCM_16")
    assert only(tmp_path).clipped_samples == 9


def test_a_run_goes_on_from_one_block_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audiogan.audio.decoding._BLOCK", 64)
    samples = noise(3)
    samples[62:66] = 1.0
    samples[-3:] = -1.0
    samples[127:320] = 1.0
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="PCM_16")
    assert only(tmp_path).clipped_samples == 4 + 3 + 193


def test_silence_is_below_60_decibels(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "quiet.wav", np.full(RATE, 9e-4), RATE, subtype="FLOAT")
    soundfile.write(tmp_path / "still.wav", np.full(RATE, 2e-3), RATE, subtype="FLOAT")
    assert [(recording.name, recording.silent) for recording in heard(tmp_path).heard] == [
        ("quiet.wav", True),
        ("still.wav", False),
    ]


def test_the_same_samples_in_another_format_are_a_duplicate(tmp_path: Path) -> None:
    samples = np.rint(noise(4) * 32767).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="PCM_16")
    soundfile.write(tmp_path / "b.flac", samples, RATE, subtype="PCM_16")
    soundfile.write(tmp_path / "c.aiff", samples, RATE, subtype="PCM_16")
    soundfile.write(tmp_path / "slower.wav", samples, RATE // 2, subtype="PCM_16")
    samples[0] += 100
    soundfile.write(tmp_path / "other.wav", samples, RATE, subtype="PCM_16")
    assert heard(tmp_path).duplicates() == (("a.wav", "b.flac", "c.aiff"),)


def test_what_cannot_be_heard_is_told_with_its_fault(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "whole.wav", noise(5), RATE)
    (tmp_path / "cut.wav").write_bytes((tmp_path / "whole.wav").read_bytes()[:5000])
    (tmp_path / "text.flac").write_text("no audio at all")
    soundfile.write(tmp_path / "nan.wav", np.array([0.5] * 8 + [np.nan, 0.1]), RATE, subtype="FLOAT")
    folder = heard(tmp_path)
    assert [recording.name for recording in folder.heard] == ["whole.wav"]
    faults = {recording.name: recording.fault for recording in folder.broken}
    assert "cut short" in faults["cut.wav"]
    assert "not an audio file" in faults["text.flac"]
    assert "at 0.0010 s is not a finite number" in faults["nan.wav"]
    assert all(str(tmp_path / name) in fault for name, fault in faults.items())


def test_several_processes_hear_what_one_hears(tmp_path: Path) -> None:
    for seed in range(9):
        soundfile.write(tmp_path / f"{seed}.wav", noise(seed, 500 + seed), RATE)
    (tmp_path / "5.wav").write_bytes(b"RIFF")
    assert heard(tmp_path, jobs=2) == heard(tmp_path)


def test_kinds_are_counted_with_the_most_frequent_first(tmp_path: Path) -> None:
    for name, rate in (("a.wav", 8000), ("b.wav", 16_000), ("c.wav", 16_000)):
        soundfile.write(tmp_path / name, noise(0, 100), rate)
    counted = heard(tmp_path).counted(lambda recording: recording.header.sample_rate)
    assert list(counted.items()) == [("16000", 2), ("8000", 1)]


def test_a_folder_is_searched_for_recordings_and_records(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(0, 100), RATE)
    (tmp_path / "sub").mkdir()
    for name in ("b.tfrecord", "b.tfrecord.index", "c.tfrecord.gzip", "d-00000-of-00002.tfrecord", "notes.txt"):
        (tmp_path / "sub" / name).write_bytes(b"")
    recordings, shards = sort_paths([str(tmp_path), str(tmp_path / "a.wav")])
    assert [file.name for file in recordings] == ["a.wav"]
    assert [path.name for path in shards] == ["b.tfrecord", "c.tfrecord.gzip", "d-00000-of-00002.tfrecord"]


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere: not there"):
        sort_paths([str(tmp_path / "nowhere")])
    with pytest.raises(DataError, match=r"a path is empty, ''; name a folder"):
        sort_paths([""])
