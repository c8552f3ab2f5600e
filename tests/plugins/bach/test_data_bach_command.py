"""``audiogan data bach`` as its user meets it."""

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
import soundfile

import audiogan
from audiogan.cli import main
from audiogan_bach.bass import PITCH_CLASSES
from audiogan_bach.chorales.catalogue import catalogue
from audiogan_bach.chorales.score import read_score
from audiogan_bach.chorales.soprano import soprano

CLIP = 12_000
RATE = 8_000

read_once = cache(soprano)


@pytest.fixture(autouse=True)
def corpus_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audiogan_bach.chorales.catalogue.soprano", read_once)


def bach(output: Path, *options: str) -> int:
    command = ["data", "bach", str(output), "--sample-rate", str(RATE), "--jobs", "1", "--limit", "1", *options]
    return main(command)


def refused(capsys: pytest.CaptureFixture[str], output: Path, *options: str) -> str:
    assert bach(output, *options) == 2
    message = capsys.readouterr().err
    assert message.startswith("audiogan: ")
    return message


def manifest(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return document


def test_chorales_become_a_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "chorales"
    assert bach(out) == 0
    assert f"train: 1 chorales, 49 s, {out}/train-*.tfrecord" in capsys.readouterr().out

    document = manifest(out)
    assert document["made_with"]["settings"] == {
        "sample_rate": RATE,
        "tempo": 80.0,
        "format": "tfrecord",
        "clip_s": 1.5,
    }
    (chorale,) = document["chorales"]
    assert (chorale["bwv"], chorale["key"], chorale["file"]) == ("2.6", "g minor", "train-bwv2.6.tfrecord")
    # 48.375 s as written at 80 quarter notes a minute; then the damper silences the last chord
    assert 48.375 < chorale["duration_s"] < 49.5
    assert document["duration_s"] == {"train": round(chorale["duration_s"], 3), "test": 0}

    options = {
        "path": str(out / "train-*.tfrecord"),
        "label_feature": "label",
        "window_length": CLIP,
        "sample_rate": RATE,
    }
    dataset = audiogan.create("dataset", "tfrecord", options)
    assert len(dataset) == -(-round(chorale["duration_s"] * RATE) // CLIP)
    assert set(dataset.class_names) <= set(PITCH_CLASSES)
    windows = [dataset.window(index, rng=np.random.default_rng(0)).waveform[0] for index in range(len(dataset))]
    steps = np.concatenate(windows) * 32_768
    np.testing.assert_array_equal(steps, np.rint(steps))
    assert max(np.abs(window).max() for window in windows) == pytest.approx(0.9, abs=1e-4)
    (lowest, *_) = read_score(catalogue()[0].score).notes
    bin_of_bass = 440 * 2 ** ((lowest.pitch - 69) / 12) * CLIP / RATE
    bass = np.abs(np.fft.rfft(np.concatenate([windows[0][:4_000] * np.hanning(4_000), np.zeros(CLIP - 4_000)])))
    assert abs(np.argmax(bass[: round(1.1 * bin_of_bass)]) - bin_of_bass) < 2


def test_audio_files_hold_the_same_samples_at_every_call(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert bach(tmp_path / name, "--format", "wav", "--tempo", "160") == 0
    one, two = (manifest(tmp_path / name) for name in ("one", "two"))
    assert one == two
    file = one["chorales"][0]["file"]
    assert file == "train/bwv2.6.wav"
    assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    samples, sample_rate = soundfile.read(tmp_path / "one" / file)
    assert sample_rate == RATE
    assert 48.375 / 2 < len(samples) / RATE < 49.5 / 2 + 0.5


def test_a_second_call_makes_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert bach(out) == 0
    first = manifest(out)["chorales"]
    stamp = (out / "train-bwv2.6.tfrecord").stat().st_mtime_ns
    capsys.readouterr()
    assert bach(out, "--limit", "3", "--jobs", "2") == 0
    assert "2 of 2 chorales" in capsys.readouterr().out
    assert (out / "train-bwv2.6.tfrecord").stat().st_mtime_ns == stamp
    chorales = manifest(out)["chorales"]
    assert [chorale["bwv"] for chorale in chorales] == ["2.6", "3.6", "4.8"]
    assert chorales[0] == first[0]

    (out / "train-bwv3.6.tfrecord").write_bytes(b"cut short")
    assert bach(out, "--limit", "3") == 0
    assert manifest(out)["chorales"] == chorales
    assert (out / "train-bwv3.6.tfrecord").stat().st_size == chorales[1]["file_bytes"]


def test_a_folder_of_other_settings_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert bach(out) == 0
    before = (out / "manifest.json").read_bytes()
    message = refused(capsys, out, "--tempo", "70")
    assert "'tempo': 80.0" in message
    assert "'tempo': 70.0" in message
    assert (out / "manifest.json").read_bytes() == before

    document = manifest(out)
    document["made_with"]["piano"] = "another"
    (out / "manifest.json").write_text(json.dumps(document))
    assert "\n  piano: was 'another'" in refused(capsys, out)
    (out / "manifest.json").write_text("{}")
    assert f"{out}/manifest.json: " in refused(capsys, out)
    (out / "manifest.json").unlink()
    assert f"{out}: " in refused(capsys, out)


def test_music21_that_is_not_installed_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "music21", None)
    assert "pip install 'audiogan[bach]'" in refused(capsys, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--sample-rate", "7999", "--sample-rate must be from 8000 to 192000, not 7999"),
        ("--tempo", "nan", "--tempo must be from 10 to 400, not nan"),
        ("--clip-seconds", "-1", "--clip-seconds must be from 0.01 to 3600, not -1.0"),
        ("--limit", "0", "--limit must be at least 1, not 0"),
        ("--jobs", "0", "--jobs must be at least 1, not 0"),
    ],
)
def test_options_out_of_bounds_are_refused(
    option: str, value: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, tmp_path / "out", option, value)


def test_a_stop_keeps_what_is_done(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "audiogan", "data", "bach", str(out), "--jobs", "1", "--limit", "40"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 120
        while not list(out.glob("*.tfrecord")):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == "audiogan: stopped\n"
    assert not list(out.rglob(".*partial"))
    done = manifest(out)["chorales"]
    assert len(done) < 40
    for chorale in done:
        assert (out / chorale["file"]).stat().st_size == chorale["file_bytes"]
