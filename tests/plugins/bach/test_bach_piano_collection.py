import json
import logging
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve

from audiogan.data.cache import cache_directory
from audiogan.data.clips import Clip, write_clips
from audiogan.errors import DataError
from audiogan_bach import collection
from audiogan_bach.collection import rendered_collection
from audiogan_bach.pieces import Piece
from audiogan_bach.plan import Plan
from audiogan_bach.rendition import Rendition

RATE, HOPS = 8_000, 96

PIECE = Piece(
    catalogue_number="none",
    title="Exercise",
    extent="complete, 2 bars",
    bar_length=Fraction(1),
    tempo=80.0,
    voices=("4: E4 F4 G4 A4 | 1: G4", "1: C3 | G2"),
)
PLAN = Plan(train=(Rendition(PIECE, 0, 1.0, 1), Rendition(PIECE, 3, 1.0, 2)), test=(Rendition(PIECE, 1, 1.0, 3),))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path))
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_cache_folder_is_the_users_unless_the_environment_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", "/somewhere/else")
    assert cache_directory() == Path("/somewhere/else")
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", "~/kept")
    assert cache_directory() == Path.home() / "kept"
    monkeypatch.delenv("AUDIOGAN_CACHE_DIR")
    assert cache_directory().name == "audiogan"
    assert cache_directory().is_absolute()


def test_it_is_rendered_once_and_told_of(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="audiogan")
    folder = rendered_collection(PLAN, sample_rate=RATE, hops=HOPS)
    assert folder.parent == cache / "bach-piano"
    assert {path.name for path in folder.glob("*.tfrecord")} == {
        "train-00.tfrecord",
        "train-01.tfrecord",
        "test-00.tfrecord",
    }
    assert [record.getMessage().split()[0] for record in caplog.records] == ["rendering", "rendered"]
    caplog.clear()
    assert rendered_collection(PLAN, sample_rate=RATE, hops=HOPS) == folder
    assert not caplog.records
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_two_renderings_are_the_same_bytes(cache: Path) -> None:
    folder = rendered_collection(PLAN, sample_rate=RATE, hops=HOPS)
    first = contents(folder)
    shutil.rmtree(folder)
    assert contents(rendered_collection(PLAN, sample_rate=RATE, hops=HOPS)) == first


def test_whatever_changes_the_records_changes_the_folder(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    louder = evolve(PLAN, train=(evolve(PLAN.train[0], seed=99), *PLAN.train[1:]))
    other_note = evolve(PIECE, voices=(PIECE.voices[0].replace("A4", "B4"), PIECE.voices[1]))
    other_piece = evolve(PLAN, test=(evolve(PLAN.test[0], piece=other_note),))
    folders = {
        rendered_collection(PLAN, sample_rate=RATE, hops=HOPS),
        rendered_collection(PLAN, sample_rate=11_025, hops=HOPS),
        rendered_collection(PLAN, sample_rate=RATE, hops=HOPS + 1),
        rendered_collection(louder, sample_rate=RATE, hops=HOPS),
        rendered_collection(other_piece, sample_rate=RATE, hops=HOPS),
    }
    monkeypatch.setattr(collection, "rendering_hash", lambda: "changed code")
    folders.add(rendered_collection(PLAN, sample_rate=RATE, hops=HOPS))
    assert len(folders) == 6


@pytest.mark.parametrize("damage", ["flipped bit", "cut shard", "lost shard", "cut contents", "lost contents", "list"])
def test_a_damaged_cache_is_noticed_and_rendered_again(
    cache: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    folder = rendered_collection(PLAN, sample_rate=RATE, hops=HOPS)
    intact = contents(folder)
    shard, table = folder / "train-01.tfrecord", folder / "contents.json"
    if damage == "flipped bit":
        data = bytearray(shard.read_bytes())
        data[len(data) // 2] ^= 1
        shard.write_bytes(data)
    elif damage == "cut shard":
        shard.write_bytes(shard.read_bytes()[:-100])
    elif damage == "lost shard":
        shard.unlink()
    elif damage == "cut contents":
        table.write_bytes(table.read_bytes()[:10])
    elif damage == "list":
        table.write_text(json.dumps(["train-00.tfrecord"]))
    else:
        table.unlink()
    assert rendered_collection(PLAN, sample_rate=RATE, hops=HOPS) == folder
    assert contents(folder) == intact
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "rendered again" in warnings[0]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_an_interrupted_rendering_leaves_nothing_behind(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(collection, "write_clips", interrupted)
        with pytest.raises(KeyboardInterrupt):
            rendered_collection(PLAN, sample_rate=RATE, hops=HOPS)
    assert list((cache / "bach-piano").iterdir()) == []
    assert rendered_collection(PLAN, sample_rate=RATE, hops=HOPS).is_dir()


def test_what_a_killed_rendering_left_is_cleared_away(cache: Path) -> None:
    abandoned, going_on = (cache / "bach-piano" / f"{name}.partial" for name in ("old", "new"))
    for folder in (abandoned, going_on):
        folder.mkdir(parents=True)
        (folder / "train-00.tfrecord").write_bytes(b"begun")
    os.utime(abandoned, (0, 0))
    rendered_collection(PLAN, sample_rate=RATE, hops=HOPS)
    assert not abandoned.exists()
    assert going_on.exists()


def test_several_renderings_at_once_end_with_one_intact_collection(cache: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(rendered_collection, PLAN, sample_rate=RATE, hops=HOPS) for _ in range(3)]
    (folder,) = {future.result() for future in futures}
    assert list((cache / "bach-piano").iterdir()) == [folder]
    assert rendered_collection(PLAN, sample_rate=RATE, hops=HOPS) == folder


def test_of_two_renderings_the_first_to_finish_is_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finished: list[int] = []

    def overtake(path: Path, clips: Iterable[Clip]) -> int:
        monkeypatch.setattr(collection, "write_clips", write_clips)
        finished.append(rendered_collection(PLAN, sample_rate=RATE, hops=HOPS).stat().st_ino)
        return write_clips(path, clips)

    monkeypatch.setattr(collection, "write_clips", overtake)
    folder = rendered_collection(PLAN, sample_rate=RATE, hops=HOPS)
    assert [folder.stat().st_ino] == finished
    assert list((cache / "bach-piano").iterdir()) == [folder]


def test_a_cache_that_cannot_be_written_names_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(file))
    with pytest.raises(DataError, match="set AUDIOGAN_CACHE_DIR to a folder you may write to"):
        rendered_collection(PLAN, sample_rate=RATE, hops=HOPS)
