"""``audiogan data bach`` with a program in fluidsynth's place, so that every machine runs these tests alike."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import audiogan
from audiogan.audio.files import read_audio
from audiogan.cli import main
from audiogan_bach.chorales.bass import PITCH_CLASSES
from audiogan_bach.chorales.catalogue import catalogue
from audiogan_bach.chorales.score import read_score
from audiogan_bach.chorales.soprano import soprano
from tests.plugins.bach import stand_in

CLIP = 24_000


read_once = cache(soprano)


@pytest.fixture
def soundfont(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("audiogan_bach.chorales.catalogue.soprano", read_once)
    return stand_in.install(tmp_path, monkeypatch)


def bach(output: Path, soundfont: Path, *options: str) -> int:
    return main(["data", "bach", str(output), "--soundfont", str(soundfont), "--jobs", "1", "--limit", "1", *options])


def refused(capsys: pytest.CaptureFixture[str], output: Path, soundfont: Path, *options: str) -> str:
    assert bach(output, soundfont, *options) == 2
    message = capsys.readouterr().err
    assert message.startswith("audiogan: ")
    return message


def manifest(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return document


def test_chorales_become_a_dataset(tmp_path: Path, soundfont: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "chorales"
    assert bach(out, soundfont) == 0
    printed = capsys.readouterr().out
    assert f"fluidsynth 9.8.7 with {soundfont}" in printed
    assert "1 of 1 chorales, 0 s left" in printed
    assert f"train: 1 chorales, 49 s, {out}/train-*.tfrecord" in printed

    document = manifest(out)
    assert document["made_with"]["fluidsynth"] == "9.8.7"
    assert document["made_with"]["settings"]["sample_rate"] == 16_000
    (chorale,) = document["chorales"]
    assert (chorale["bwv"], chorale["key"], chorale["file"]) == ("2.6", "g minor", "train-bwv2.6.tfrecord")
    assert chorale["duration_s"] == pytest.approx(49.375)
    assert document["duration_s"] == {"train": 49.375, "test": 0}

    options = {"path": str(out / "train-*.tfrecord"), "label_feature": "label", "window_length": CLIP}
    dataset = audiogan.create("dataset", "tfrecord", options)
    assert len(dataset) == 33
    assert set(dataset.class_names) <= set(PITCH_CLASSES)
    windows = [dataset.window(index, rng=np.random.default_rng(0)).waveform[0] for index in range(33)]
    steps = np.concatenate(windows) * 32_768
    np.testing.assert_array_equal(steps, np.rint(steps))
    assert max(np.abs(window).max() for window in windows) == pytest.approx(0.9, abs=1e-4)
    overlap = 33 * CLIP - 790_000
    np.testing.assert_array_equal(windows[31][CLIP - overlap :], windows[32][:overlap])
    (lowest, *_) = read_score(catalogue()[0].score).notes
    bin_of_bass = 440 * 2 ** ((lowest.pitch - 69) / 12) * CLIP / 16_000
    bass = np.abs(np.fft.rfft(np.concatenate([windows[0][:8_000] * np.hanning(8_000), np.zeros(CLIP - 8_000)])))
    assert abs(np.argmax(bass[: round(1.1 * bin_of_bass)]) - bin_of_bass) < 2


def test_the_same_chorale_has_the_same_samples(tmp_path: Path, soundfont: Path) -> None:
    for name in ("one", "two"):
        assert bach(tmp_path / name, soundfont, "--format", "flac", "--sample-rate", "22050", "--channels", "2") == 0
    one, two = (manifest(tmp_path / name) for name in ("one", "two"))
    assert one == two
    file = one["chorales"][0]["file"]
    assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_audio_files_hold_whole_recordings(tmp_path: Path, soundfont: Path) -> None:
    out = tmp_path / "wav"
    assert bach(out, soundfont, "--format", "wav", "--sample-rate", "8000", "--channels", "2", "--tempo", "160") == 0
    waveform, sample_rate = read_audio(out / "train" / "bwv2.6.wav")
    assert sample_rate == 8_000
    assert waveform.shape[0] == 2
    # a second is the sound of the last note, whatever the tempo
    assert waveform.shape[1] / 8_000 == pytest.approx((49.375 - 1) / 2 + 1, abs=1e-3)
    np.testing.assert_allclose(waveform[1], waveform[0] / 2, atol=1e-4)


def test_a_second_call_makes_what_is_missing(
    tmp_path: Path, soundfont: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert bach(out, soundfont) == 0
    first = manifest(out)["chorales"]
    stamp = (out / "train-bwv2.6.tfrecord").stat().st_mtime_ns
    soundfont.touch()
    capsys.readouterr()
    assert bach(out, soundfont, "--limit", "3", "--jobs", "2") == 0
    assert "2 of 2 chorales" in capsys.readouterr().out
    assert (out / "train-bwv2.6.tfrecord").stat().st_mtime_ns == stamp
    chorales = manifest(out)["chorales"]
    assert [chorale["bwv"] for chorale in chorales] == ["2.6", "3.6", "4.8"]
    assert chorales[0] == first[0]

    (out / "train-bwv3.6.tfrecord").write_bytes(b"cut short")
    assert bach(out, soundfont, "--limit", "3") == 0
    assert manifest(out)["chorales"] == chorales
    assert (out / "train-bwv3.6.tfrecord").stat().st_size == chorales[1]["file_bytes"]


def test_a_folder_of_other_settings_is_left_alone(
    tmp_path: Path, soundfont: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert bach(out, soundfont) == 0
    before = (out / "manifest.json").read_bytes()
    message = refused(capsys, out, soundfont, "--tempo", "70")
    assert "was made with something else" in message
    assert "'tempo': 80.0" in message
    assert "'tempo': 70.0" in message
    stand_in.write_soundfont(soundfont, "gain=2")
    assert "soundfont_sha256: was" in refused(capsys, out, soundfont)
    assert (out / "manifest.json").read_bytes() == before

    stand_in.write_soundfont(soundfont)
    document = manifest(out)
    document["format"] = 1
    del document["made_with"]["held_out"], document["chorales"][0]["tune"]
    (out / "manifest.json").write_text(json.dumps(document))
    assert "\n  held_out: was None, is 'one in 10, settings of a tune together" in refused(capsys, out, soundfont)
    (out / "manifest.json").write_text("{}")
    assert "manifest.json: is not what 'audiogan data bach' writes" in refused(capsys, out, soundfont)
    (out / "manifest.json").unlink()
    assert "out: holds files of another origin" in refused(capsys, out, soundfont)


@pytest.mark.parametrize(
    ("instructions", "told"),
    [
        ("fail=no-more-voices", "fluidsynth: ended with status 1: fluidsynth: error: no-more-voices"),
        (
            "complain=error:_Failed_to_load_SoundFont",
            "piano.sf2: fluidsynth cannot play with it (fluidsynth: error: Failed to load SoundFont); give another",
        ),
        ("gain=0", "piano.sf2: fluidsynth plays silence with it; give a SoundFont with a piano"),
    ],
)
def test_a_synthesiser_that_fails_is_told(
    instructions: str, told: str, tmp_path: Path, soundfont: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in.write_soundfont(soundfont, instructions)
    assert told in refused(capsys, tmp_path / "out", soundfont)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["manifest.json"]


def test_what_is_only_a_warning_is_no_failure(tmp_path: Path, soundfont: Path) -> None:
    stand_in.write_soundfont(soundfont, "complain=warning:_Failed_to_pin_the_sample_data_to_RAM")
    assert bach(tmp_path / "out", soundfont) == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is not a SoundFont, which begins with RIFF and sfbk"),
        (b"import music21\n", "is not a SoundFont"),
        (b"RIFF\x10\0\0\0WAVEfmt " + bytes(8), "is not a SoundFont"),
        (b"RIFF\x10\0\0\0sfbk" + bytes(11), "is cut short: 23 bytes of the 24 that it states"),
    ],
)
def test_what_is_no_soundfont_is_told_before_anything_is_written(
    content: bytes, told: str, tmp_path: Path, soundfont: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfont.write_bytes(content)
    message = refused(capsys, tmp_path / "out", soundfont)
    assert f"{soundfont}: {told}" in message
    assert "; give another SoundFont with --soundfont" in message
    assert not (tmp_path / "out").exists()


def test_what_is_not_installed_is_told_with_how_to_install_it(
    tmp_path: Path, soundfont: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "none.sf2"
    message = refused(capsys, tmp_path / "out", missing)
    assert f"{missing}: the SoundFont cannot be read (No such file or directory); check --soundfont" in message

    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "music21", None)
        assert "pip install 'audiogan[bach]'" in refused(capsys, tmp_path / "out", soundfont)

    monkeypatch.setattr("audiogan_bach.chorales.synthesiser._FOLDERS", (str(tmp_path / "nowhere"),))
    assert main(["data", "bach", str(tmp_path / "out")]) == 2
    message = capsys.readouterr().err
    assert "no SoundFont is installed" in message
    assert "apt install fluid-soundfont-gm" in message

    monkeypatch.setenv("PATH", str(tmp_path))
    message = refused(capsys, tmp_path / "out", soundfont)
    assert "apt install fluidsynth; macOS: brew install fluid-synth" in message
    assert not (tmp_path / "out").exists()


def test_a_soundfont_of_the_usual_places_is_found(
    tmp_path: Path, soundfont: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sf2"
    folder.mkdir()
    for name in ("Another.sf2", "FluidR3_GM.sf2"):
        stand_in.write_soundfont(folder / name, "fail=expected")
    monkeypatch.setattr("audiogan_bach.chorales.synthesiser._FOLDERS", (str(tmp_path / "nowhere"), str(folder)))
    assert main(["data", "bach", str(tmp_path / "out"), "--limit", "1"]) == 2
    assert f"fluidsynth 9.8.7 with {folder / 'FluidR3_GM.sf2'}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--sample-rate", "0", "--sample-rate must be from 1000 to 192000, not 0"),
        ("--tempo", "nan", "--tempo must be from 10 to 400, not nan"),
        ("--clip-seconds", "-1", "--clip-seconds must be from 0.01 to 3600, not -1.0"),
        ("--limit", "0", "--limit must be at least 1, not 0"),
        ("--jobs", "0", "--jobs must be at least 1, not 0"),
    ],
)
def test_options_out_of_bounds_are_refused(
    option: str, value: str, told: str, tmp_path: Path, soundfont: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in refused(capsys, tmp_path / "out", soundfont, option, value)


def test_a_stop_keeps_what_is_done(tmp_path: Path, soundfont: Path) -> None:
    stand_in.write_soundfont(soundfont, "sleep=0.3")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "audiogan", "data", "bach", str(out), "--soundfont", str(soundfont)]
    command += ["--jobs", "2", "--limit", "40"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not list(out.glob("*.tfrecord")):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told == "audiogan: stopped\n"
    assert not list(out.rglob(".*partial"))
    done = manifest(out)["chorales"]
    assert len(done) < 40
    for chorale in done:
        assert (out / chorale["file"]).stat().st_size == chorale["file_bytes"]
