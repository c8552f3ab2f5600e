"""Packing recordings into shards: every sample once, damage told, stops taken up again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from attrs import evolve
from filelock import FileLock

from audiogan.audio import RateChange, read_audio
from audiogan.data.compression import Compression
from audiogan.data.record_list import open_shards
from audiogan.data.recordings.known_files import readable_files
from audiogan.data.recordings.listing import find_recordings
from audiogan.data.recordings.recording import Recording
from audiogan.errors import DamagedDataError, DataError
from audiogan_data_tools.packing.manifest import Manifest
from audiogan_data_tools.packing.packing import pack
from audiogan_data_tools.packing.plan import PackOptions, PlannedShard, plan_hash, plan_shards

RATE = 8000
OPTIONS = PackOptions(
    sample_rate=RATE,
    channels=1,
    repeat_mono=False,
    clip_s=0.25,
    out_of_range="stop",
    on_error="stop",
    compression="none",
    shard_mib=1,
)


def write(folder: Path, name: str, seconds: float, *, seed: int = 0, rate: int = RATE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(seed).normal(0, 0.1, round(seconds * rate)).clip(-1, 1)
    soundfile.write(folder / name, samples, rate, subtype="PCM_16")
    return folder / name


def planned(folder: Path, options: PackOptions = OPTIONS) -> tuple[PlannedShard, ...]:
    known = readable_files(find_recordings([str(folder)]), on_error=options.on_error)
    recordings = [
        Recording(entry.file.path, entry.file.name, entry.header, options.sample_rate, options.channels)
        for entry in known
    ]
    return plan_shards("train", recordings, [recording.name[0] for recording in recordings], options)


def packed(folder: Path, out: Path, options: PackOptions = OPTIONS, *, jobs: int = 1) -> Manifest:
    return pack(planned(folder, options), out, options, jobs=jobs, tell=lambda line: None)


def clips(out: Path) -> dict[tuple[str, int], tuple[str, np.ndarray]]:
    records = open_shards(sorted(path for path in out.glob("train-*") if path.suffix != ".index"))
    found = {}
    for number in range(len(records)):
        example = records.example(number)
        key = example.byte_string("id").decode(), int(example.integers("slice")[0])
        found[key] = example.byte_string("label").decode(), example.floats("samples")
    assert len(found) == len(records)
    return found


def test_clips_hold_every_sample_and_end_where_the_recording_ends(tmp_path: Path) -> None:
    path = write(tmp_path / "in", "a.wav", 0.8125)  # 6500 samples: three clips of 2000 and a rest of 500
    packed(tmp_path / "in", tmp_path / "out")
    whole, _ = read_audio(path)
    found = clips(tmp_path / "out")
    assert [slice_number for _, slice_number in sorted(found)] == [0, 1, 2, 3]
    for slice_number, start in enumerate((0, 2000, 4000, 4500)):
        label, samples = found["a.wav", slice_number]
        assert label == "a"
        np.testing.assert_array_equal(samples, whole[0, start : start + 2000])


def test_short_recordings_and_whole_ones_stay_as_they_are(tmp_path: Path) -> None:
    write(tmp_path / "in", "a.wav", 0.1)
    write(tmp_path / "in", "b.wav", 0.8125)
    packed(tmp_path / "in", tmp_path / "out", evolve(OPTIONS, clip_s=None))
    assert {key: len(samples) for key, (_, samples) in clips(tmp_path / "out").items()} == {
        ("a.wav", 0): 800,
        ("b.wav", 0): 6500,
    }


def test_rates_and_channels_are_brought_to_what_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    random = np.random.default_rng(1)
    stereo = random.normal(0, 0.1, (2, 22_050)).astype(np.float32).clip(-1, 1)
    soundfile.write(tmp_path / "in" / "a.flac", stereo.T, 22_050, subtype="PCM_24")
    packed(tmp_path / "in", tmp_path / "out")
    stored, _ = read_audio(tmp_path / "in" / "a.flac")
    expected = RateChange(22_050, RATE).apply(stored.mean(axis=0, keepdims=True))[0].clip(-1, 1)
    found = clips(tmp_path / "out")
    together = np.concatenate([found["a.flac", number][1] for number in range(4)])
    np.testing.assert_allclose(together, expected, atol=2e-5)


def test_a_clip_that_no_record_can_hold_is_refused_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "in", "a.wav", 0.5)
    (known,) = readable_files(find_recordings([str(path)]), on_error="stop")
    nine_hours = evolve(known.header, length=2**28)
    recording = Recording(path, "a.wav", nine_hours, RATE, 2)
    whole = evolve(OPTIONS, channels=2, clip_s=None)
    with pytest.raises(
        DataError, match=r"a\.wav: makes a clip of 2\.0 GiB.*; cut it with --clip-seconds 33553 or less"
    ):
        plan_shards("train", [recording], ["a"], whole)
    shards = plan_shards("train", [recording], ["a"], evolve(whole, clip_s=33_553))
    assert [clip.stop - clip.start for shard in shards for clip in shard.clips] == [33_553 * RATE] * 2


def test_channels_are_interleaved(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    stereo = np.stack([np.full(100, 0.25), np.full(100, -0.5)], axis=1)
    soundfile.write(tmp_path / "in" / "a.wav", stereo, RATE)
    packed(tmp_path / "in", tmp_path / "out", evolve(OPTIONS, channels=2))
    _, samples = clips(tmp_path / "out")["a.wav", 0]
    np.testing.assert_array_equal(samples.reshape(-1, 2), np.tile(np.array([0.25, -0.5], np.float32), (100, 1)))


def test_shards_are_about_as_large_as_asked_for(tmp_path: Path) -> None:
    for number in range(6):
        write(tmp_path / "in", f"{number}.wav", 15, seed=number)
    shards = planned(tmp_path / "in")
    assert [shard.name for shard in shards] == [f"train-{n:05}-of-00003.tfrecord" for n in range(3)]
    assert [shard.samples for shard in shards] == [240_000] * 3


@pytest.mark.parametrize("compression", ["gzip", "zlib"])
def test_compressed_shards_read_back(tmp_path: Path, compression: Compression, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path / "cache"))
    write(tmp_path / "in", "a.wav", 0.5)
    packed(tmp_path / "in", tmp_path / "plain")
    packed(tmp_path / "in", tmp_path / "out", evolve(OPTIONS, compression=compression))
    assert [path.name for path in (tmp_path / "out").glob("train-*")] == ["train-00000-of-00001.tfrecord"]
    plain, compressed = clips(tmp_path / "plain"), clips(tmp_path / "out")
    assert plain.keys() == compressed.keys()
    for key, (_, samples) in plain.items():
        np.testing.assert_array_equal(samples, compressed[key][1])


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}


def test_several_processes_write_what_one_writes(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / "in", f"{number}.wav", 15, seed=number)
    packed(tmp_path / "in", tmp_path / "one")
    packed(tmp_path / "in", tmp_path / "two", jobs=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_a_second_call_writes_only_what_is_missing(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / "in", f"{number}.wav", 15, seed=number)
    packed(tmp_path / "in", tmp_path / "out")
    complete = files(tmp_path / "out")
    kept, lost = (tmp_path / "out" / f"train-{number:05}-of-00002.tfrecord" for number in (0, 1))
    before = kept.stat().st_mtime_ns
    lost.unlink()
    told: list[str] = []
    shards = planned(tmp_path / "in")
    pack(shards, tmp_path / "out", OPTIONS, jobs=1, tell=told.append)
    assert told[0] == "1 of 2 shards are there already"
    assert kept.stat().st_mtime_ns == before
    assert files(tmp_path / "out") == complete


def test_a_stop_keeps_the_shards_that_are_done(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / "in", f"{number}.wav", 15, seed=number)

    def stop_after_one(line: str) -> None:
        raise KeyboardInterrupt

    shards = planned(tmp_path / "in")
    with pytest.raises(KeyboardInterrupt):
        pack(shards, tmp_path / "out", OPTIONS, jobs=2, tell=stop_after_one)
    there = {path.name for path in (tmp_path / "out").iterdir()}
    assert "pack.json" in there
    assert not [name for name in there if name.endswith(".partial")]
    manifest = packed(tmp_path / "in", tmp_path / "out")
    assert sorted(manifest.packed) == [shard.name for shard in shards]
    packed(tmp_path / "in", tmp_path / "afresh")
    assert files(tmp_path / "out") == files(tmp_path / "afresh")


def test_other_recordings_or_options_are_refused_where_a_pack_is(tmp_path: Path) -> None:
    write(tmp_path / "in", "a.wav", 0.5)
    packed(tmp_path / "in", tmp_path / "out")
    with pytest.raises(DataError, match="holds a pack of other recordings, or made with other options"):
        packed(tmp_path / "in", tmp_path / "out", evolve(OPTIONS, clip_s=0.3))
    write(tmp_path / "in", "b.wav", 0.5)
    with pytest.raises(DataError, match="holds a pack of other recordings"):
        packed(tmp_path / "in", tmp_path / "out")


def test_a_recording_that_has_changed_makes_another_pack(tmp_path: Path) -> None:
    path = write(tmp_path / "in", "a.wav", 0.5)
    packed(tmp_path / "in", tmp_path / "out")
    samples, rate = soundfile.read(path)
    soundfile.write(path, -samples, rate, subtype="PCM_16")
    with pytest.raises(DataError, match="holds a pack of other recordings"):
        packed(tmp_path / "in", tmp_path / "out")


def test_a_shard_that_was_cut_short_is_written_again(tmp_path: Path) -> None:
    write(tmp_path / "in", "a.wav", 0.5)
    packed(tmp_path / "in", tmp_path / "out")
    (shard,) = (tmp_path / "out").glob("*.tfrecord")
    whole = shard.read_bytes()
    shard.write_bytes(whole[:1000])
    packed(tmp_path / "in", tmp_path / "out")
    assert shard.read_bytes() == whole


def test_a_shard_that_was_changed_in_place_is_written_again(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / "in", f"{number}.wav", 15, seed=number)
    packed(tmp_path / "in", tmp_path / "out")
    complete = files(tmp_path / "out")
    kept, changed = (tmp_path / "out" / f"train-{number:05}-of-00002.tfrecord" for number in (0, 1))
    before = kept.stat().st_mtime_ns
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    told: list[str] = []
    pack(planned(tmp_path / "in"), tmp_path / "out", OPTIONS, jobs=1, tell=told.append)
    assert told[:2] == [
        f"{changed.name}: has changed since it was packed, and is packed again",
        "1 of 2 shards are there already",
    ]
    assert kept.stat().st_mtime_ns == before
    assert files(tmp_path / "out") == complete


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    write(tmp_path / "in", "a.wav", 0.5)
    packed(tmp_path / "in", tmp_path / "out")
    complete = files(tmp_path / "out")
    for name in ("pack.json", "train-00000-of-00001.tfrecord", "train-00000-of-00001.tfrecord.index"):
        (tmp_path / "out" / f".{name}.{'0' * 32}.partial").write_bytes(b"half")
    (tmp_path / "out" / ".mine.partial").write_bytes(b"of somebody else")
    packed(tmp_path / "in", tmp_path / "out")
    assert files(tmp_path / "out") == {**complete, ".mine.partial": b"of somebody else"}


def test_one_process_at_a_time_packs_into_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "in", "a.wav", 0.5)
    (tmp_path / "out").mkdir()
    with FileLock(tmp_path / "out" / ".lock"), pytest.raises(DataError, match="another process is packing"):
        packed(tmp_path / "in", tmp_path / "out")


def test_workers_end_with_the_process_that_asked(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / "in", f"{number}.wav", 15, seed=number)
    program = (
        "import os, signal, sys, time\n"
        "from audiogan.data.processes import in_processes\n"
        "if __name__ == '__main__':\n"
        "    for number, pid in in_processes(abs, list(range(-50, 0)), jobs=2):\n"
        "        import multiprocessing\n"
        "        print(*[child.pid for child in multiprocessing.active_children()], flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    script = tmp_path / "killed.py"
    script.write_text(program)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    workers = [int(pid) for pid in done.stdout.split()]
    assert len(workers) == 2
    patience = time.monotonic() + 20
    while any(_lives(pid) for pid in workers):
        assert time.monotonic() < patience, "the workers outlive the process that started them"
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_folder_of_other_shards_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "in", "a.wav", 0.5)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.tfrecord").write_bytes(b"mine")
    with pytest.raises(DataError, match="TFRecord files of another origin"):
        packed(tmp_path / "in", tmp_path / "out")
    assert files(tmp_path / "out") == {"x.tfrecord": b"mine"}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 2}', b'{"format": 2, "plan": "x", "shards": 3}'])
def test_a_spoilt_manifest_is_named(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "in", "a.wav", 0.5)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "pack.json").write_bytes(content)
    with pytest.raises(DataError, match=str(tmp_path / "out")):
        packed(tmp_path / "in", tmp_path / "out")


@pytest.mark.parametrize("spoilt", [{"name": 5}, {"skipped": 5}, {"skipped": [], "surplus": 1}])
def test_a_spoilt_entry_of_the_manifest_is_told(tmp_path: Path, spoilt: dict[str, object]) -> None:
    write(tmp_path / "in", "a.wav", 0.5)
    packed(tmp_path / "in", tmp_path / "out")
    manifest = tmp_path / "out" / "pack.json"
    document = json.loads(manifest.read_bytes())
    document["shards"][0] |= spoilt
    manifest.write_text(json.dumps(document))
    with pytest.raises(DataError, match=r"pack\.json: is not what a pack leaves there"):
        packed(tmp_path / "in", tmp_path / "out")


def damaged_flac(folder: Path) -> Path:
    path = write(folder, "b.flac", 2.0, seed=7)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_damaged_recording_stops_the_pack_or_is_counted(tmp_path: Path, jobs: int) -> None:
    write(tmp_path / "in", "a.wav", 70)
    damaged = damaged_flac(tmp_path / "in")
    with pytest.raises(DamagedDataError, match=rf"{damaged}.*--on-error skip"):
        packed(tmp_path / "in", tmp_path / "stopped", jobs=jobs)
    manifest = packed(tmp_path / "in", tmp_path / "out", evolve(OPTIONS, on_error="skip"), jobs=jobs)
    skipped = [fault for shard in manifest.packed.values() for fault in shard.skipped]
    assert skipped
    assert all(str(damaged) in fault for fault in skipped)
    records = sum(shard.records for shard in manifest.packed.values())
    assert records + len(skipped) == 70 * 4 + 8
    assert len(clips(tmp_path / "out")) == records
    document = json.loads((tmp_path / "out" / "pack.json").read_text())
    assert document["records"] == records
    assert [fault for shard in document["shards"] for fault in shard["skipped"]] == skipped


def test_the_plan_depends_on_names_and_contents_and_not_on_the_place(tmp_path: Path) -> None:
    for folder in ("here", "there"):
        for number in range(3):
            write(tmp_path / folder, f"{number}.wav", 0.5, seed=number)
    write(tmp_path / "longer", "0.wav", 0.6)

    def hashed(shards: Sequence[PlannedShard]) -> str:
        return plan_hash(shards, OPTIONS)

    here = hashed(planned(tmp_path / "here"))
    assert here == hashed(planned(tmp_path / "there"))
    assert here != hashed(planned(tmp_path / "longer"))
