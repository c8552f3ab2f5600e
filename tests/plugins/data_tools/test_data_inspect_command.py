"""``audiogan data inspect`` as its user meets it."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiogan.audio import read_audio
from audiogan.cli import main
from audiogan.data.clips import Clip, write_clips
from audiogan_data_tools.loudness import loudness


def write(path: Path, samples: np.ndarray, rate: int = 8000) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, subtype="PCM_16")


def noise(seed: int, samples: int = 4000) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, samples).clip(-1, 1)


def test_a_folder_is_summed_up_with_its_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.wav", noise(0))
    write(tmp_path / "again" / "a.wav", noise(0))
    write(tmp_path / "stereo.wav", np.stack([noise(1), noise(2)], axis=1), 16_000)
    write(tmp_path / "still.wav", np.zeros(800))
    write(tmp_path / "loud.wav", noise(3, 8000).round() + np.where(np.arange(8000) < 50, 1.0, 0.0))
    (tmp_path / "broken.mp3").write_bytes(b"no music")
    (tmp_path / "README.txt").write_text("not a recording")
    assert main(["data", "inspect", str(tmp_path), "--jobs", "1"]) == 1
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.strip().startswith(("files", "together", "length"))] == [
        "  files     6",
        "  together  2 s",
        "  length    0.10 to 1.00 s, median 0.50 s",
    ]
    assert "  sample rate  8000 Hz     4" in printed
    assert "  channels     2           1" in printed
    assert f"Broken (1)\n  {tmp_path}/broken.mp3: not an audio file" in printed
    assert "Silent: peak under -60 dBFS (1)\n  still.wav" in printed
    assert "in a row at full scale (1)\n  loud.wav (50 samples)" in printed
    assert "the same samples at the same rate (1)\n  a.wav = again/a.wav" in printed
    assert "Every recording" not in printed


def test_a_sound_folder_says_so_and_lists_what_it_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.wav", noise(0))
    assert main(["data", "inspect", str(tmp_path), "--list"]) == 0
    printed = capsys.readouterr().out
    assert "Nothing broken, silent, clipped or twice" in printed
    stored, _ = read_audio(tmp_path / "a.wav")
    peak, loud = 20 * np.log10(np.abs(stored).max()), loudness([stored], sample_rate=8000, channels=1)
    assert printed.splitlines()[-1].split() == ["a.wav", "8000", "1", "0.50", "s", f"{peak:.1f}", f"{loud:.1f}", "0"]


def test_everything_is_in_the_json_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "in" / "a.wav", noise(0))
    write(tmp_path / "in" / "still.wav", np.zeros(800))
    write_clips(tmp_path / "in" / "c.tfrecord", [Clip("c", np.zeros(5, np.float32), "x")])
    assert main(["data", "inspect", str(tmp_path / "in"), "--json", str(tmp_path / "found.json")]) == 0
    found = json.loads((tmp_path / "found.json").read_text())
    assert [recording["name"] for recording in found["recordings"]["heard"]] == ["a.wav", "still.wav"]
    assert found["recordings"]["heard"][0]["length"] == 4000
    assert found["recordings"]["heard"][1]["loudness_lufs"] is None
    assert found["recordings"]["silent"] == ["still.wav"]
    assert found["tfrecord"]["records"] == 1
    assert {"name": "samples", "kind": "float", "records": 1, "shortest": 5, "longest": 5} in found["tfrecord"][
        "features"
    ]


@pytest.mark.parametrize(
    ("name", "reason"), [("in", "it is a folder"), ("in/a.wav/found.json", "a.wav is a file, not a folder")]
)
def test_a_json_file_that_cannot_be_written_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, reason: str
) -> None:
    write(tmp_path / "in" / "a.wav", noise(0))
    assert main(["data", "inspect", str(tmp_path / "in"), "--json", str(tmp_path / name)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"{tmp_path / name}: cannot be written (" in printed.err
    assert reason in printed.err


def test_what_was_found_is_printed_even_if_the_disk_is_full_by_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "in" / "a.wav", noise(0))

    def no_space(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    assert main(["data", "inspect", str(tmp_path / "in"), "--json", str(tmp_path / "found.json")]) == 2
    printed = capsys.readouterr()
    assert "Nothing broken, silent, clipped or twice" in printed.out
    assert "found.json: cannot be written" in printed.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


def test_a_damaged_record_is_named_with_its_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.tfrecord"
    write_clips(path, [Clip("c", np.zeros(50, np.float32)) for _ in range(3)])
    offset = int(path.with_name("c.tfrecord.index").read_text().splitlines()[1].split()[0])
    content = bytearray(path.read_bytes())
    content[offset + 60] ^= 1
    path.write_bytes(content)
    assert main(["data", "inspect", str(path)]) == 1
    printed = capsys.readouterr().out
    assert f"Damaged (1)\n  {path}, record 1 at byte {offset}: the data do not match their checksum" in printed


def test_a_path_that_is_not_there_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "inspect", str(tmp_path / "nowhere")]) == 2
    assert "nowhere: not there" in capsys.readouterr().err


@pytest.mark.parametrize("jobs", ["0", "-1"])
def test_no_processes_are_too_few(tmp_path: Path, capsys: pytest.CaptureFixture[str], jobs: str) -> None:
    write(tmp_path / "a.wav", noise(0))
    assert main(["data", "inspect", str(tmp_path), "--jobs", jobs]) == 2
    assert f"--jobs {jobs}: must be at least 1" in capsys.readouterr().err
