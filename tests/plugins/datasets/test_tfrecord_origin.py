"""What a figure's protocol says of how TFRecord files were made."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiogan.audio import resampler_with_version
from audiogan.cli import main
from audiogan.data.clips import Clip, write_clips
from audiogan_datasets.tfrecord import TFRecordDataset, TFRecordDatasetOptions


def shard(folder: Path, name: str = "train-0.tfrecord") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_clips(folder / name, [Clip(name, np.zeros(4, dtype=np.float32), "a")])
    return folder / name


def dataset(*paths: Path, held_out: Path | None = None) -> TFRecordDataset:
    options = TFRecordDatasetOptions(
        path=tuple(map(str, paths)), held_out_path=None if held_out is None else str(held_out)
    )
    return TFRecordDataset(options)


def test_what_pack_did_is_told(tmp_path: Path) -> None:
    recording = tmp_path / "sounds" / "a.wav"
    recording.parent.mkdir()
    soundfile.write(recording, np.random.default_rng(0).normal(0, 0.1, 8000).clip(-1, 1), 8000)
    assert main(["data", "pack", str(recording.parent), str(tmp_path / "out"), "--sample-rate", "16000"]) == 0
    (packed,) = dataset(tmp_path / "out" / "*.tfrecord").protocol()["packed"]
    assert packed["file"] == "pack.json"
    assert packed["resampler"] == resampler_with_version()
    assert packed["options"]["sample_rate"] == 16_000


def test_each_folder_is_told_once_and_held_out_ones_too(tmp_path: Path) -> None:
    first, second = shard(tmp_path / "a"), shard(tmp_path / "b")
    shard(tmp_path / "a", "train-1.tfrecord")
    (tmp_path / "a" / "pack.json").write_text(json.dumps({"resampler": "soxr HQ", "shards": [], "plan": "1"}))
    (tmp_path / "b" / "manifest.json").write_text(json.dumps({"made_with": {"soundfont": "piano.sf2"}}))
    assert dataset(first.parent / "*.tfrecord", held_out=second).protocol() == {
        "packed": [
            {"file": "pack.json", "resampler": "soxr HQ"},
            {"file": "manifest.json", "made_with": {"soundfont": "piano.sf2"}},
        ]
    }


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b"\xff\xfe", b'{"other": 1}', b"[" * 100_000])
def test_files_of_other_programs_say_nothing(tmp_path: Path, content: bytes) -> None:
    path = shard(tmp_path)
    (tmp_path / "pack.json").write_bytes(content)
    (tmp_path / "manifest.json").mkdir()
    assert dataset(path).protocol() == {}
