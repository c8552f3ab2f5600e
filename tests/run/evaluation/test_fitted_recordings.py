"""One window of each file, whatever its format."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from torch import Tensor

from audiogan import DataError
from audiogan.errors import DamagedDataError
from audiogan.evaluation.progress import Progress, unwatched
from audiogan.run.evaluation.format import AudioFormat
from audiogan.run.evaluation.recordings import FittedRecordings, fitted_recordings

MONO = AudioFormat(sample_rate=8000, channels=1, window_length=1000)


def _fit(folder: Path, audio: AudioFormat = MONO, **changes: Any) -> FittedRecordings:
    arguments: dict[str, Any] = {
        "limit": None,
        "seed": 0,
        "on_error": "stop",
        "out_of_range": "stop",
        "watch": unwatched,
        **changes,
    }
    return fitted_recordings(folder, audio, **arguments)


def _window(fitted: FittedRecordings, name: str) -> Tensor:
    return fitted.waveforms[fitted.names.index(name)]


def _noise(length: int, channels: int = 1, seed: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (length, channels))


def test_a_long_file_is_cut_and_a_short_one_followed_by_zeros(tmp_path: Path) -> None:
    long, short = _noise(1700), _noise(321, seed=1)
    soundfile.write(tmp_path / "a.wav", long, 8000, subtype="FLOAT")
    soundfile.write(tmp_path / "b.wav", short, 8000, subtype="FLOAT")
    fitted = _fit(tmp_path)
    assert fitted.waveforms.shape == (2, 1, 1000)
    np.testing.assert_array_equal(_window(fitted, "a.wav")[0], long[:1000, 0].astype(np.float32))
    np.testing.assert_array_equal(_window(fitted, "b.wav")[0, :321], short[:, 0].astype(np.float32))
    assert not _window(fitted, "b.wav")[0, 321:].any()
    assert (fitted.protocol["files_cut"], fitted.protocol["files_padded"]) == (1, 1)
    assert (fitted.protocol["files_resampled"], fitted.protocol["resampler"]) == (0, None)


def test_another_rate_is_resampled_and_said(tmp_path: Path) -> None:
    samples = _noise(5000)
    soundfile.write(tmp_path / "a.wav", samples, 22050, subtype="FLOAT")
    fitted = _fit(tmp_path)
    whole = soxr.resample(samples[:, 0].astype(np.float32), 22050, 8000, quality="HQ")
    np.testing.assert_allclose(fitted.waveforms[0, 0], whole[:1000], atol=1e-5)
    assert fitted.protocol["files_resampled"] == 1
    assert fitted.protocol["resampler"] == f"soxr HQ (soxr {soxr.__version__}, libsoxr {soxr.__libsoxr_version__})"
    assert fitted.protocol["sample_rates"] == [22050]


def test_channels_are_mixed_or_repeated(tmp_path: Path) -> None:
    stereo = _noise(1000, channels=2)
    soundfile.write(tmp_path / "stereo.wav", stereo, 8000, subtype="FLOAT")
    mixed = stereo.astype(np.float32).mean(axis=1)
    np.testing.assert_allclose(_fit(tmp_path).waveforms[0, 0], mixed, atol=1e-7)
    soundfile.write(tmp_path / "mono.wav", stereo[:, :1], 8000, subtype="FLOAT")
    both = _fit(tmp_path, AudioFormat(8000, 2, 1000))
    np.testing.assert_array_equal(_window(both, "mono.wav"), np.repeat(stereo[:, :1].T.astype(np.float32), 2, axis=0))
    np.testing.assert_array_equal(_window(both, "stereo.wav"), stereo.T.astype(np.float32))
    with pytest.raises(DataError, match=r"stereo\.wav: 2 channels where channels = 3"):
        _fit(tmp_path, AudioFormat(8000, 3, 1000))


def test_floats_beyond_full_scale_are_clipped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", 4 * _noise(1000), 8000, subtype="FLOAT")
    with pytest.raises(DataError, match=r"a\.wav: reaches 1\.99\d+, outside \[-1, 1\]; .*--out-of-range clip$"):
        _fit(tmp_path)
    with pytest.raises(DataError, match="--out-of-range clip"):
        _fit(tmp_path, on_error="skip")
    waveforms = _fit(tmp_path, out_of_range="clip").waveforms
    assert (float(waveforms.min()), float(waveforms.max())) == (-1.0, 1.0)


def test_folders_within_are_searched_and_other_files_passed_over(tmp_path: Path) -> None:
    for name in ("b/two.flac", "a/one.wav", "three.aiff"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, _noise(1000, seed=len(name)), 8000)
    (tmp_path / "notes.txt").write_text("no audio")
    seen: list[Progress] = []
    fitted = _fit(tmp_path, watch=seen.append)
    assert fitted.protocol["files_found"] == len(fitted.waveforms) == 3
    assert [(progress.done, progress.total) for progress in seen] == [(0, 3), (1, 3), (2, 3)]
    np.testing.assert_allclose(_window(fitted, "a/one.wav")[0], _noise(1000, seed=len("a/one.wav"))[:, 0], atol=1e-4)


def test_the_order_and_the_choice_are_drawn_by_the_seed(tmp_path: Path) -> None:
    for number in range(12):
        soundfile.write(tmp_path / f"{number:02}.wav", np.full(1000, (number + 1) / 32), 8000)
    every = _fit(tmp_path)
    assert sorted(every.names) == [f"{number:02}.wav" for number in range(12)] != list(every.names)
    assert [f"{round(32 * level - 1):02}.wav" for level in every.waveforms[:, 0, 0].tolist()] == list(every.names)
    assert _fit(tmp_path, limit=5).names == every.names[:5]
    assert _fit(tmp_path, limit=12).names == every.names
    with pytest.raises(DataError, match=r"holds 12 recordings, and --samples asks for 13;"):
        _fit(tmp_path, limit=13)
    assert _fit(tmp_path, seed=1).names != every.names


def test_names_do_not_change_the_order_and_another_file_leaves_the_others_in_theirs(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    for number in range(9):
        soundfile.write(first / f"{number}.wav", np.full(1000, (number + 1) / 32), 8000)
        shutil.copy(first / f"{number}.wav", second / f"{(5 * number + 2) % 9}.wav")
    before = _fit(first)
    np.testing.assert_array_equal(before.waveforms, _fit(second).waveforms)
    soundfile.write(second / "more.wav", np.full(1000, -0.5), 8000)
    with_more = _fit(second).waveforms
    np.testing.assert_array_equal(with_more[with_more[:, 0, 0] > 0], before.waveforms)


def test_copies_are_spread_over_the_order(tmp_path: Path) -> None:
    for number in range(12):
        soundfile.write(tmp_path / f"{number}.wav", np.full(1000, 0.25 if number % 2 else 0.5), 8000)
    levels = _fit(tmp_path).waveforms[:, 0, 0].tolist()
    assert sorted(levels) == [0.25] * 6 + [0.5] * 6
    assert sum(one != other for one, other in itertools.pairwise(levels)) > 2


def _with_damage(folder: Path) -> None:
    soundfile.write(folder / "a.wav", _noise(1000), 8000)
    soundfile.write(folder / "c.wav", _noise(1000), 8000)
    content = (folder / "a.wav").read_bytes()
    (folder / "b.wav").write_bytes(content[:-700])
    soundfile.write(folder / "d.wav", np.array([0.0, np.nan]), 8000, subtype="FLOAT")
    (folder / "e.mp3").write_bytes(b"no music" * 40)


def test_a_damaged_file_stops_the_evaluation_by_name(tmp_path: Path) -> None:
    _with_damage(tmp_path)
    with pytest.raises(DamagedDataError, match=r"[be]\.(wav|mp3): .*1 more is damaged.*--on-error skip"):
        _fit(tmp_path)
    (tmp_path / "b.wav").unlink()
    (tmp_path / "e.mp3").unlink()
    with pytest.raises(DamagedDataError, match=r"d\.wav: a sample at .* not a finite number.*--on-error skip"):
        _fit(tmp_path)


def test_damaged_files_are_left_out_named_and_counted(tmp_path: Path) -> None:
    _with_damage(tmp_path)
    fitted = _fit(tmp_path, on_error="skip")
    assert len(fitted.waveforms) == 2
    assert (fitted.protocol["files_found"], fitted.protocol["files_damaged"]) == (5, 3)
    assert sorted(fitted.names) == ["a.wav", "c.wav"]
    assert sorted(next(name for name in "abcde" if f"/{name}." in fault) for fault in fitted.damaged) == ["b", "d", "e"]


def test_nothing_but_damage_is_an_error(tmp_path: Path) -> None:
    _with_damage(tmp_path)
    for name in ("a.wav", "c.wav"):
        (tmp_path / name).unlink()
    with pytest.raises(DataError, match=r"none of 3 recordings can be read; the first: .*[be]\.(wav|mp3)"):
        _fit(tmp_path, on_error="skip")


def test_a_folder_without_audio_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no audio files"):
        _fit(tmp_path)


def test_a_file_that_is_linked_is_read_once(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", _noise(1000), 8000)
    (tmp_path / "b.wav").symlink_to(tmp_path / "a.wav")
    shutil.copy(tmp_path / "a.wav", tmp_path / "c.wav")
    assert len(_fit(tmp_path).waveforms) == 2
