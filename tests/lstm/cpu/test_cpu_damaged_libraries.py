"""Libraries that are missing, incomplete, or no libraries at all."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan.lstm.cpu import CPU, library
from audiogan.lstm.cpu.compilation import PROCESSOR, library_path
from audiogan.lstm.cpu.elf import what_is_cut_off
from audiogan.lstm.cpu.library import usable_instructions

DEVICE = torch.device("cpu")
USABLE = usable_instructions()
BEST, *OTHERS = USABLE
INTACT = library_path(BEST)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Copies of the libraries, in the place of those that are installed."""
    for name in (*USABLE, PROCESSOR):
        shutil.copy(library_path(name), tmp_path)
    monkeypatch.setattr(library, "library_path", lambda name: library_path(name, tmp_path))
    library.survey.cache_clear()
    yield tmp_path
    library.survey.cache_clear()


def reason() -> str | None:
    return CPU().why_not(DEVICE, torch.float32)


def as_text(path: Path) -> None:
    path.write_text("<html>404</html>" * 100)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def without_symbols(path: Path) -> None:
    shutil.copy(library_path(PROCESSOR), path)


def unreadable(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[Callable[[Path], None], str] = {
    as_text: "does not load: invalid ELF header",
    emptied: "does not load: file too short",
    halved: r"is incomplete: \d+ of \d+ bytes",
    without_symbols: "is no library of the LSTM: .*undefined symbol",
    unreadable: "does not load: .*Is a directory",
    Path.unlink: "is not there",
}

by_damage = pytest.mark.parametrize("damage", DAMAGES)


@by_damage
def test_the_next_set_of_instructions_takes_the_place_of_a_damaged_one(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    path = library_path(BEST, folder)
    damage(path)
    assert usable_instructions() == tuple(OTHERS)
    drawback = CPU().drawback() if OTHERS else reason()
    assert drawback is not None
    assert drawback.startswith(path.name)
    assert "; install audiogan again" in drawback


@by_damage
def test_a_damaged_library_is_named_with_what_is_wrong(folder: Path, damage: Callable[[Path], None]) -> None:
    for name in USABLE:
        damage(library_path(name, folder))
    found = reason()
    assert found is not None
    assert f"{library_path(BEST).name} " in found
    assert re.search(DAMAGES[damage], found)
    assert "\n" not in found


@by_damage
def test_nothing_is_known_without_the_library_that_knows_the_processor(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    path = library_path(PROCESSOR, folder)
    if damage is without_symbols:
        shutil.copy(INTACT, path)
    else:
        damage(path)
    found = reason()
    assert found is not None
    assert path.name in found or "audiogan_lstm_processor_has" in found


def test_an_installation_without_libraries_says_so(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    assert reason() == (
        "no library compiled from these sources found; install audiogan again where there is a C++ compiler"
    )


def test_an_installation_without_sources_says_so(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def path_of(_: str) -> Path:
        return next((tmp_path / "source").iterdir())

    monkeypatch.setattr(library, "library_path", path_of)
    found = reason()
    assert found is not None
    assert found.startswith("its sources cannot be read: ")


def test_intact_libraries_have_no_drawback(folder: Path) -> None:
    assert reason() is None
    assert (CPU().variant(), CPU().drawback()) == (BEST, None)
    assert CPU(OTHERS[-1] if OTHERS else BEST).drawback() is None


def test_a_file_cut_off_anywhere_is_refused_or_loads(tmp_path: Path) -> None:
    content = INTACT.read_bytes()
    end = max(_segment_ends(content))
    path = tmp_path / "cut.so"
    for length in (64, 600, end // 2, end - 1):
        path.write_bytes(content[:length])
        assert what_is_cut_off(path) is not None
    path.write_bytes(content[:end])
    assert what_is_cut_off(path) is None
    # Section headers, which come last, are for debuggers.
    command = [sys.executable, "-c", "import ctypes, sys; ctypes.CDLL(sys.argv[1])", str(path)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0


@settings(max_examples=150, deadline=None)
@given(prefix=st.integers(0, 64), junk=st.binary(max_size=300))
def test_no_content_confuses_the_check(tmp_path_factory: pytest.TempPathFactory, prefix: int, junk: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "junk.so"
    path.write_bytes(INTACT.read_bytes()[:prefix] + junk)
    found = what_is_cut_off(path)
    assert found is None or "bytes" in found


def _segment_ends(content: bytes) -> list[int]:
    (table,) = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    headers = [struct.unpack_from("<IIQQQQ", content, table + index * size) for index in range(count)]
    return [offset + length for kind, _, offset, _, _, length in headers if kind == 1]
