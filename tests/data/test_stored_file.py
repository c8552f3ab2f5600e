"""Reading files that are mapped, whatever becomes of them meanwhile."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import tracemalloc
from pathlib import Path

import pytest

from audiogan.data import stored_file
from audiogan.data.stored_file import StoredFile

CONTENT = bytes(range(256)) * 64


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (made := tmp_path / "a").write_bytes(CONTENT)
    return made


def test_any_stretch_is_what_the_file_holds(path: Path) -> None:
    file = StoredFile(path)
    for offset, length in ((0, 5), (4095, 2), (len(CONTENT) - 3, 3), (7, 0), (0, len(CONTENT))):
        read = file.read(offset, length)
        assert read.readonly
        assert read == CONTENT[offset : offset + length]
    assert file.read(len(CONTENT) - 3, 10) == CONTENT[-3:]
    assert len(file.read(len(CONTENT) + 5, 10)) == 0


def test_reading_copies_nothing(path: Path) -> None:
    path.write_bytes(CONTENT * 100)
    file = StoredFile(path)
    file.read(0, 1)
    tracemalloc.start()
    try:
        read = file.read(1, len(CONTENT) * 99)
        assert tracemalloc.get_traced_memory()[1] < 10_000
    finally:
        tracemalloc.stop()
    assert read[-1] == CONTENT[0]


def test_a_file_that_is_cut_off_gives_what_is_left(path: Path) -> None:
    file = StoredFile(path)
    assert file.read(0, 10) == CONTENT[:10]
    os.truncate(path, 5000)
    assert file.read(4990, 100) == CONTENT[4990:5000]
    assert len(file.read(12_000, 100)) == 0
    os.truncate(path, 0)
    assert len(file.read(0, 10)) == 0


def test_a_file_that_is_replaced_is_read_anew(path: Path) -> None:
    file = StoredFile(path)
    before = file.read(0, 4)
    path.with_name("b").write_bytes(b"other")
    path.with_name("b").replace(path)
    assert bytes(file.read(0, 4)) == b"othe"
    assert bytes(file.read(1, 4)) == b"ther"
    assert before == CONTENT[:4]
    path.unlink()
    with pytest.raises(FileNotFoundError):
        file.read(0, 4)


def test_an_empty_file_and_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert len(StoredFile(tmp_path / "empty").read(0, 10)) == 0
    with pytest.raises(FileNotFoundError):
        StoredFile(tmp_path / "absent").read(0, 10)


def test_no_descriptor_outlives_the_file_and_what_was_read(tmp_path: Path, path: Path) -> None:
    gc.collect()
    before = open_descriptors()
    file = StoredFile(path)
    read = file.read(0, 3)
    assert open_descriptors() == before + 2
    (tmp_path / "empty").touch()
    empty = StoredFile(tmp_path / "empty")
    empty.read(0, 1)
    del file
    assert read == CONTENT[:3]
    del read
    assert open_descriptors() == before


def test_beyond_a_number_of_files_reading_goes_on_without_maps(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gc.collect()
    monkeypatch.setattr(stored_file, "_MOST_MAPPED", len(stored_file._mapped_files) + 3)
    before = open_descriptors()
    files = [StoredFile(path) for _ in range(10)]
    for _ in range(2):
        assert [bytes(file.read(number, 2)) for number, file in enumerate(files)] == [
            CONTENT[number : number + 2] for number in range(10)
        ]
    assert open_descriptors() == before + 6
    del files[:3]
    assert open_descriptors() == before
    assert files[0].read(9, 1) == CONTENT[9:10]
    assert open_descriptors() == before + 2


def test_a_pickled_file_reads_the_same(path: Path) -> None:
    file = StoredFile(path)
    file.read(0, 1)
    assert pickle.loads(pickle.dumps(file)).read(3, 4) == CONTENT[3:7]


def test_a_forked_process_reads_the_same(path: Path) -> None:
    file = StoredFile(path)
    file.read(0, 1)
    queue = multiprocessing.get_context("fork").SimpleQueue()
    process = multiprocessing.get_context("fork").Process(target=lambda: queue.put(bytes(file.read(250, 9))))
    process.start()
    assert queue.get() == CONTENT[250:259]
    process.join()
    assert process.exitcode == 0
    assert file.read(250, 9) == CONTENT[250:259]
