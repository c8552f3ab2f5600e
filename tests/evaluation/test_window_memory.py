"""How many windows memory has room for."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiogan import system_memory
from audiogan.errors import DataError
from audiogan.evaluation.sampling import noise_waveforms, real_waveforms
from audiogan.evaluation.window_memory import check_windows_fit, shortage_told
from audiogan.system_memory import available_memory, installed_memory
from audiogan.testing import NoiseDataset, NoiseDatasetOptions

GIB = 2**30


def _imitate_system(folder: Path, monkeypatch: pytest.MonkeyPatch, *, limit: str | None = None, usage: int = 0) -> None:
    information = folder / "meminfo"
    information.write_text(
        "MemTotal: 8388608 kB\nMemFree: 7 kB\nMemAvailable: 2097152 kB\nSwapTotal: 1048576 kB\nSwapFree: 524288 kB\n"
    )
    monkeypatch.setattr(system_memory, "_MEMORY_INFORMATION", information)
    paths = (folder / "limit", folder / "usage")
    monkeypatch.setattr(system_memory, "_GROUP_LIMITS", (paths,))
    if limit is not None:
        paths[0].write_text(f"{limit}\n")
        paths[1].write_text(f"{usage}\n")


def test_memory_is_what_the_system_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _imitate_system(tmp_path, monkeypatch)
    assert (available_memory(), installed_memory()) == (2.5 * GIB, 9 * GIB)


def test_a_container_bounds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _imitate_system(tmp_path, monkeypatch, limit=str(3 * GIB), usage=GIB)
    assert (available_memory(), installed_memory()) == (2 * GIB, 3 * GIB)


def test_a_container_without_a_limit_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _imitate_system(tmp_path, monkeypatch, limit="max", usage=GIB)
    assert (available_memory(), installed_memory()) == (2.5 * GIB, 9 * GIB)


def test_a_system_that_does_not_tell_refuses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_memory, "_MEMORY_INFORMATION", tmp_path / "none")
    assert available_memory() is None
    check_windows_fit(10**18, channels=1, window_length=16_384, memory=available_memory(), way_out="lower it")


def test_four_fifths_are_for_windows() -> None:
    def check(count: int) -> None:
        check_windows_fit(count, channels=2, window_length=1024, memory=10 * 8192, way_out="lower --samples")

    check(8)
    with pytest.raises(DataError, match=r"^9 windows of 2 x 1024 samples .* which has room for 8: lower --samples$"):
        check(9)


@pytest.mark.parametrize("count", [10**12, 2**63 - 1])
def test_windows_that_memory_cannot_hold_are_an_error_in_words(count: int) -> None:
    with pytest.raises(DataError, match=rf"^{count:,} windows do not fit into memory; ask for fewer \("):
        noise_waveforms(count, channels=1, window_length=16_384, seed=0)
    with pytest.raises(DataError, match=rf"^{count:,} windows do not fit into memory"):
        real_waveforms(NoiseDataset(NoiseDatasetOptions(windows=4, window_length=16_384)), count, seed=0)


def test_other_failures_are_left_as_they_are() -> None:
    with pytest.raises(RuntimeError, match="a bug"), shortage_told(3):
        raise RuntimeError("a bug")
