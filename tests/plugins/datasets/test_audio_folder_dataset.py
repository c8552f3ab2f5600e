from __future__ import annotations

import logging
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

import audiogan
from audiogan.audio import RateChange, level_dbfs
from audiogan.data.loader import BatchLoader
from audiogan.data.order import window_rng
from audiogan.errors import DamagedDataError, DataError, SpecError
from audiogan.testing.dataset import check_dataset
from audiogan_datasets.audio_folder import AudioFolderDataset
from tests.audio.sound_files import sound, write_sound

RNG = window_rng(seed=0, position=0)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def dataset(path: Path, **options: Any) -> AudioFolderDataset:
    options = {"path": str(path), "sample_rate": 8000, "window_length": 1000, **options}
    made: AudioFolderDataset = audiogan.create("dataset", "audio-folder", options)
    return made


def waveform(of: AudioFolderDataset, index: int = 0, *, position: int = 0) -> NDArray[np.float32]:
    return of.window(index, rng=window_rng(seed=0, position=position)).waveform


def labels(of: AudioFolderDataset) -> list[str | None]:
    found = [of.window(index, rng=RNG).label for index in range(len(of))]
    return [None if label is None else of.class_names[label] for label in found]


def write_floats(path: Path, *values: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.array(values, dtype=np.float32), 8000, subtype="FLOAT")
    return path


def test_it_is_registered_and_states_what_it_gives(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", sound(1, 40_000), 44_100)
    made = audiogan.create("dataset", "audio-folder", {"path": [str(tmp_path)]})
    assert (made.sample_rate, made.channels, made.window_length, made.on_error) == (16_000, 1, 16_384, "stop")
    assert (len(made), made.class_names, made.held_out()) == (1, (), None)
    assert made.window(0, rng=RNG).label is None


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"window": "all", "overlap": 0.5, "padding": "repeat"},
        {"window": "first", "padding": "both", "normalize": True},
        {"channels": 2, "repeat_mono": True, "minimum_level_dbfs": -20.0, "padding": "leave-out"},
        {"label_pattern": r"(?P<label>\w)\.", "held_out_pattern": "^b", "sample_rate": 11_025},
    ],
)
def test_it_is_a_dataset(tmp_path: Path, options: dict[str, Any]) -> None:
    for name, channels, length in (("a.wav", 1, 30_000), ("a.mp3", 2, 50_000), ("a.opus", 1, 9000), ("a.ogg", 1, 700)):
        write_sound(tmp_path / name, sound(channels, length), 16_000)
    write_sound(tmp_path / "b" / "a.flac", sound(2, 5000), 44_100)
    check_dataset(AudioFolderDataset, {"path": str(tmp_path), "sample_rate": 8000, "window_length": 1000, **options})


def test_random_windows_are_slices_of_the_recording_at_the_datasets_rate(tmp_path: Path) -> None:
    stored = sound(2, 20_000)
    write_sound(tmp_path / "d.wav", stored, 44_100)
    whole = RateChange(44_100, 8000).apply(stored.mean(axis=0, keepdims=True)).clip(-1, 1)
    made = dataset(tmp_path, window_length=3000)
    assert len(made) == 2
    starts = set()
    for position in range(300):
        window = waveform(made, position % 2, position=position)
        errors = [np.abs(window[0, :9] - whole[0, start : start + 9]).max() for start in range(whole.shape[1] - 2999)]
        start = int(np.argmin(errors))
        np.testing.assert_allclose(window, whole[:, start : start + 3000], rtol=0, atol=1e-5)
        starts.add(start)
    assert min(starts) < 15
    assert max(starts) > whole.shape[1] - 3000 - 15


def test_all_windows_put_together_are_the_recordings(tmp_path: Path) -> None:
    first, second = sound(1, 2500), sound(1, 1000, seed=1)
    write_sound(tmp_path / "d.wav", first, 8000)
    write_sound(tmp_path / "e" / "d.wav", second, 8000)
    made = dataset(tmp_path, window="all")
    windows = [waveform(made, index)[0] for index in range(len(made))]
    np.testing.assert_array_equal(np.concatenate([windows[0], windows[1], windows[2][500:]]), first[0])
    np.testing.assert_array_equal(windows[3], second[0])
    overlapping = dataset(tmp_path, window="all", overlap=0.75)
    assert len(overlapping) == 7 + 1
    np.testing.assert_array_equal(waveform(overlapping, 2)[0], first[0, 500:1500])


def test_short_recordings_are_padded_or_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_floats(tmp_path / "a.wav", 0.5, -0.5)
    write_floats(tmp_path / "b.wav", 0.25, 0.25, 0.25, 0.25, 0.25)
    assert waveform(dataset(tmp_path, window_length=5)).tolist() == [[0.5, -0.5, 0, 0, 0]]
    assert waveform(dataset(tmp_path, window_length=5, padding="both")).tolist() == [[0, 0.5, -0.5, 0, 0]]
    assert waveform(dataset(tmp_path, window_length=5, padding="repeat")).tolist() == [[0.5, -0.5, 0.5, -0.5, 0.5]]
    with caplog.at_level(logging.INFO, logger="audiogan"):
        left = dataset(tmp_path, window_length=5, padding="leave-out")
    assert (len(left), waveform(left)[0, 0]) == (1, 0.25)
    assert "left out 1 of 2 recordings, which are shorter than a window" in caplog.messages
    with pytest.raises(DataError, match=r"all 2 recordings are shorter than window_length = 6 \(the longest has 5"):
        dataset(tmp_path, window_length=6, padding="leave-out")


def test_channels_follow_the_rule(tmp_path: Path) -> None:
    stereo = np.array([[0.5, 0.25], [0.25, -0.25]])
    soundfile.write(tmp_path / "a.wav", stereo.T, 8000, subtype="FLOAT")
    assert waveform(dataset(tmp_path, window_length=2)).tolist() == [[0.375, 0]]
    assert waveform(dataset(tmp_path, window_length=2, channels=2)).tolist() == stereo.tolist()
    write_floats(tmp_path / "b.wav", 0.5, -0.5)
    with pytest.raises(DataError, match=r"b\.wav: 1 channel where channels = 2 is asked for; set repeat_mono = true"):
        dataset(tmp_path, channels=2)
    assert waveform(dataset(tmp_path, window_length=2, channels=2, repeat_mono=True), 1).tolist() == [[0.5, -0.5]] * 2


def test_floats_beyond_full_scale_stop_the_reader_are_clipped_or_scaled(tmp_path: Path) -> None:
    write_floats(tmp_path / "a.wav", *([0.0] * 400), -2, 1.5, 0.5)
    for on_error in ("stop", "skip"):
        with pytest.raises(DataError) as error:
            waveform(dataset(tmp_path, on_error=on_error))
        assert not isinstance(error.value, DamagedDataError)
    assert str(error.value) == (
        f"{tmp_path}/a.wav: reaches 2 at 0.0500 s, outside [-1, 1]; "
        'set normalize = true or out_of_range = "clip", or scale the recording'
    )
    assert waveform(dataset(tmp_path, out_of_range="clip"))[0, 400:403].tolist() == [-1, 1, 0.5]
    assert waveform(dataset(tmp_path, normalize=True))[0, 400:403].tolist() == [-1, 0.75, 0.25]


def test_floats_beyond_full_scale_are_not_passed_over_where_windows_are_chosen_by_level(tmp_path: Path) -> None:
    write_floats(tmp_path / "a.wav", 0.5, 0.5, -2, 0.5)
    options: dict[str, Any] = {"window": "all", "window_length": 2, "minimum_level_dbfs": -20.0, "on_error": "skip"}
    with pytest.raises(DataError, match=r"a\.wav: reaches 2 at 0\.0003 s, outside \[-1, 1\]"):
        dataset(tmp_path, **options)
    assert len(dataset(tmp_path, **options, out_of_range="clip")) == 2


def test_names_that_are_not_utf8_are_names_like_others(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.wav", sound(1, 1000), 8000)
    (tmp_path / "in").mkdir()
    for name in (b"x\xff.wav", b"y\xff.flac", b"z\xff.mp3", b"v\xff.ogg"):
        suffix = Path(os.fsdecode(name)).suffix
        write_sound(tmp_path / f"b{suffix}", sound(1, 1000), 8000).rename(tmp_path / "in" / os.fsdecode(name))
    expected = waveform(dataset(source))
    made = dataset(tmp_path / "in", label_folder=True, held_out_pattern="^y")
    assert len(made) == 3
    np.testing.assert_allclose(waveform(made, 1), expected, rtol=0, atol=2**-15)
    held_out = made.held_out()
    assert held_out is not None
    np.testing.assert_allclose(waveform(held_out), expected, rtol=0, atol=2**-15)
    assert re.fullmatch("[0-9a-f]{64}", made.fingerprint())


@pytest.mark.parametrize("option", [{"label_folder": True}, {"label_pattern": "(?P<label>.*)/"}])
def test_a_class_that_is_not_utf8_is_refused_at_the_start(tmp_path: Path, option: dict[str, Any]) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    write_sound(tmp_path / "a.wav", sound(1, 1000), 8000).rename(folder / "a.wav")
    with pytest.raises(DataError, match=r"its class 'caf\\udce9' is not UTF-8"):
        dataset(tmp_path, **option)


@pytest.mark.parametrize("padding", ["end", "both", "repeat"])
@pytest.mark.parametrize("length", [1, 2])
def test_a_recording_too_short_for_a_sample_at_the_rate_gives_one(tmp_path: Path, length: int, padding: str) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(length, 0.5), 44_100)
    window = waveform(dataset(tmp_path, padding=padding, window_length=9))
    assert window.shape == (1, 9)
    assert np.count_nonzero(window) == (9 if padding == "repeat" else 1)


def test_normalising_goes_by_the_whole_recording_and_leaves_silence_alone(tmp_path: Path) -> None:
    write_floats(tmp_path / "a.wav", 0.125, 0.25, -0.5, 0.0625)
    write_floats(tmp_path / "b.wav", 0, 0)
    made = dataset(tmp_path, normalize=True, window="all", window_length=2)
    assert [waveform(made, index).tolist() for index in range(3)] == [[[0.25, 0.5]], [[-1, 0.125]], [[0, 0]]]


def test_what_a_codec_or_the_resampler_adds_beyond_full_scale_is_clipped(tmp_path: Path) -> None:
    square = np.sign(np.sin(np.arange(30_000) * 0.05))[None].astype(np.float32)
    write_sound(tmp_path / "mp3" / "a.mp3", square, 16_000)
    write_sound(tmp_path / "wav" / "a.wav", square, 16_000)
    for folder, rate in (("mp3", 16_000), ("wav", 11_025)):
        made = dataset(tmp_path / folder, sample_rate=rate, window_length=8000)
        assert np.abs(waveform(made)).max() == 1


def test_samples_that_are_no_numbers_are_damage(tmp_path: Path) -> None:
    write_floats(tmp_path / "a.wav", *([0.0] * 80), np.nan)
    with pytest.raises(DamagedDataError, match=r"a\.wav: a sample at 0\.0100 s is not a finite number"):
        waveform(dataset(tmp_path))


def test_quiet_random_windows_are_drawn_again(tmp_path: Path) -> None:
    half_silent = sound(1, 40_000)
    half_silent[:, :20_000] = 0
    write_sound(tmp_path / "a.wav", half_silent, 8000)
    write_sound(tmp_path / "b.wav", np.zeros((1, 500), dtype=np.float32), 8000)
    made = dataset(tmp_path, minimum_level_dbfs=-30.0)
    for index in range(len(made)):
        window = waveform(made, index, position=index)
        assert level_dbfs(window) >= -30
        np.testing.assert_array_equal(window, waveform(made, index, position=index))
    loudest = dataset(tmp_path, minimum_level_dbfs=-3.0)
    plain = dataset(tmp_path)
    levels = [[level_dbfs(waveform(of, index, position=index)) for index in range(40)] for of in (loudest, plain)]
    assert min(levels[0]) > -14 > -100 > min(levels[1])


def test_quiet_fixed_windows_are_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_floats(tmp_path / "a.wav", 0.5, 0.5, 0.01, 0.01, 0.5, 0.5, 0.1)
    with caplog.at_level(logging.INFO, logger="audiogan"):
        made = dataset(tmp_path, window="all", window_length=2, minimum_level_dbfs=-20.0)
    assert [waveform(made, index)[0].tolist() for index in range(len(made))] == [
        [0.5, 0.5],
        [0.5, 0.5],
        pytest.approx([0.5, 0.1]),
    ]
    assert "left out 1 of 4 windows, quieter than -20 dBFS" in caplog.messages
    with pytest.raises(
        DataError, match=r"all 4 windows are quieter than minimum_level_dbfs = -3 \(the loudest has -6\.0"
    ):
        dataset(tmp_path, window="all", window_length=2, minimum_level_dbfs=-3.0)


def test_labels_from_folders_names_and_tables(tmp_path: Path) -> None:
    for name in ("zero/3_ann.wav", "one/10_bob.wav", "one/9_ann.wav"):
        write_floats(tmp_path / "data" / name, 0.5)
    data = tmp_path / "data"
    assert labels(dataset(data)) == [None] * 3
    folders = dataset(data, label_folder=True)
    assert (folders.class_names, labels(folders)) == (("one", "zero"), ["one", "one", "zero"])
    names = dataset(data, label_pattern=r"(?P<digit>\d+)_\w+\.wav")
    assert (names.class_names, labels(names)) == (("3", "9", "10"), ["10", "9", "3"])
    (tmp_path / "t.csv").write_text("clip,who\n3_ann.wav,ann\n10_bob.wav,\n9_ann.wav,ann\n")
    made = dataset(data, label_table=str(tmp_path / "t.csv"), file_column="clip", label_column="who")
    assert (made.class_names, labels(made)) == (("ann",), [None, "ann", "ann"])


def test_recordings_are_held_out_by_path_pattern_or_share(tmp_path: Path) -> None:
    for part, names in (("train", "abcd"), ("test", "ba")):
        for name in names:
            write_floats(tmp_path / part / f"{name}.wav", ord(name) / 200)
    train = tmp_path / "train"
    options: list[dict[str, Any]] = [
        {"held_out_path": str(tmp_path / "test")},
        {"held_out_pattern": "^[ab]"},
        {"held_out_share": 0.5},
    ]
    for option, counts in zip(options, ((4, 2), (2, 2), (3, 1)), strict=True):
        made = dataset(train, **option, label_pattern="(?P<label>wav)$", window_length=1)
        held_out = made.held_out()
        assert held_out is not None
        assert held_out.held_out() is None
        assert (len(made), len(held_out)) == counts
        assert held_out.class_names == made.class_names == ("wav",)
        if "held_out_path" not in option:
            values = [waveform(of, index)[0, 0] for of in (made, held_out) for index in range(len(of))]
            np.testing.assert_allclose(sorted(values), [ord(name) / 200 for name in "abcd"])
    with pytest.raises(
        DataError, match=r"train/a\.wav: its class 'a' is not among those of the training part \(c, d\)"
    ):
        dataset(train, held_out_pattern="^[ab]", label_pattern=r"(?P<label>\w)\.wav$")


def test_damaged_recordings_stop_or_are_skipped(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_sound(tmp_path / "a.wav", sound(1, 2000), 8000)
    (tmp_path / "b.mp3").write_bytes(b"rubbish")
    with pytest.raises(DamagedDataError, match=r"b\.mp3: not an audio file that can be read"):
        dataset(tmp_path)
    made = dataset(tmp_path, on_error="skip")
    assert (len(made), made.on_error) == (2, "skip")
    assert "left out 1 of 2 recordings, which are damaged:" in caplog.text
    write_sound(tmp_path / "b.mp3", sound(1, 2000), 8000)
    flac = write_sound(tmp_path / "c.flac", sound(1, 60_000), 8000)
    flac.write_bytes(flac.read_bytes()[:50_000])
    with pytest.raises(DamagedDataError, match=r"c\.flac: ends before the 7\.500 s that its header promises"):
        dataset(tmp_path, window="all")
    assert len(dataset(tmp_path, on_error="skip", window="all")) == 4


def test_a_recording_that_vanishes_is_no_damage(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", sound(1, 2000), 8000)
    made = dataset(tmp_path)
    path.unlink()
    with pytest.raises(
        DataError, match=r"a\.wav: cannot be read: No such file or directory; was the file moved"
    ) as error:
        waveform(made)
    assert not isinstance(error.value, DamagedDataError)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"label_folder": True, "label_table": "x.csv"}, "label_table"),
        ({"held_out_path": "x", "held_out_share": 0.1}, "held_out_share"),
        ({"label_table": ""}, "label_table"),
        ({"label_pattern": "("}, "label_pattern"),
        ({"held_out_pattern": "["}, "held_out_pattern"),
        ({"overlap": 0.5}, "overlap"),
        ({"padding": "zeros"}, "padding"),
        ({"held_out_share": 0.0}, "held_out_share"),
        ({"minimum_level_dbfs": 1.0}, "minimum_level_dbfs"),
    ],
)
def test_options_that_do_not_go_together(tmp_path: Path, options: dict[str, Any], key: str) -> None:
    with pytest.raises(SpecError) as raised:
        dataset(tmp_path, **options)
    assert [problem.key for problem in raised.value.problems] == [key]


@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")
def test_worker_processes_read_the_same_batches(tmp_path: Path) -> None:
    for name in ("a.wav", "a.mp3", "a.ogg"):
        write_sound(tmp_path / name, sound(1, 60_000), 16_000)
    made = dataset(tmp_path)
    waveform(made)
    with (
        BatchLoader(made, batch_size=7, seed=3, workers=2) as beside,
        BatchLoader(made, batch_size=7, seed=3) as within,
    ):
        for _ in range(8):
            assert torch.equal(next(beside).waveforms, next(within).waveforms)


def test_the_fingerprint_is_of_content_and_options_not_of_paths(tmp_path: Path) -> None:
    for name in ("x/a.wav", "y/b.wav"):
        write_sound(tmp_path / "one" / name, sound(1, 3000, seed=len(name) + ord(name[0])), 8000)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    fingerprint = dataset(tmp_path / "one").fingerprint()
    assert re.fullmatch("[0-9a-f]{64}", fingerprint)
    assert dataset(tmp_path / "two").fingerprint() == fingerprint
    assert dataset(tmp_path / "two", on_error="skip").fingerprint() == fingerprint
    changes: list[dict[str, Any]] = [
        {"window": "first"},
        {"window_length": 999},
        {"sample_rate": 4000},
        {"channels": 2, "repeat_mono": True},
        {"normalize": True},
        {"padding": "both"},
        {"label_folder": True},
        {"held_out_pattern": "^x"},
    ]
    others = {dataset(tmp_path / "one", **change).fingerprint() for change in changes}
    write_sound(tmp_path / "two" / "y" / "b.wav", sound(1, 3000, seed=9), 8000)
    assert len({fingerprint, dataset(tmp_path / "two").fingerprint(), *others}) == 10


def test_the_fingerprint_is_of_every_byte_and_that_of_the_dataset_when_it_was_made(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", sound(1, 400_000), 8000)
    made = dataset(tmp_path)
    before = made.fingerprint()
    content = bytearray(path.read_bytes())
    content[80_001] ^= 1
    path.write_bytes(content)
    assert made.fingerprint() == before
    assert dataset(tmp_path).fingerprint() != before
