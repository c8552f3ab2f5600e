"""Installing with and without a C++ compiler."""

from __future__ import annotations

import runpy
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from audiogan.lstm.cpu import CPU
from audiogan.lstm.cpu.compilation import (
    PROCESSOR,
    SUFFIX,
    CompilationError,
    compile_libraries,
    instruction_sets,
    library_path,
)

ROOT = Path(__file__).parents[3]
CPU_DEVICE = torch.device("cpu")


def compiler(folder: Path, script: str) -> Path:
    """A program that is called like a compiler, with the file to write as its last argument."""
    path = folder / "compiler"
    path.write_text(f"#!/bin/sh\nfor target; do :; done\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_missing_compiler_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(CompilationError, match=r"no C\+\+ compiler found \(looked for no-such-compiler\)"):
        compile_libraries(tmp_path)


def test_the_path_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CompilationError, match=r"looked for c\+\+, g\+\+, clang\+\+"):
        compile_libraries(tmp_path)


def test_a_failing_compiler_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", str(compiler(tmp_path, "echo no space left >&2; exit 3")))
    with pytest.raises(CompilationError, match=r"failed:\nno space left"):
        compile_libraries(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["compiler"]


def test_every_library_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", str(compiler(tmp_path, 'echo "$@" > "$target"')))
    older = tmp_path / f"libaudiogan_lstm.{PROCESSOR}.01234567{SUFFIX}"
    older.touch()
    written, failures = compile_libraries(tmp_path, ["-extra"])
    assert not older.exists()
    assert failures == []
    assert written == [library_path(name, tmp_path) for name in (PROCESSOR, *instruction_sets())]
    assert all(" -extra " in path.read_text() for path in written)


def test_a_compiler_may_have_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = compiler(tmp_path, 'echo "$@" > "$target"')
    monkeypatch.setenv("CXX", f"{program} -first 'a word'")
    written, _ = compile_libraries(tmp_path)
    assert all(path.read_text().startswith("-first a word -std=c++17 ") for path in written)


def test_a_set_of_instructions_that_the_compiler_does_not_know_costs_its_library_alone(
    hook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = 'case "$*" in *-mavx512f*) echo unrecognised -mavx512f >&2; exit 1;; esac; : > "$target"'
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setenv("CXX", str(compiler(tmp_path, refusing)))
    written, (failure,) = compile_libraries(tmp_path)
    assert written == [library_path(name, tmp_path) for name in (PROCESSOR, "x86-64-v3", "x86-64-v2")]
    assert "failed:\nunrecognised -mavx512f" in str(failure)
    build_data: dict[str, Any] = {"artifacts": [], "pure_python": True}
    hook.initialize("standard", build_data)
    assert len(build_data["artifacts"]) == 3
    (warning,) = hook.warnings
    assert warning.startswith("audiogan.LSTM goes without a set of instructions: ")


def test_without_the_library_that_looks_at_the_processor_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = 'case "$*" in *processor.cpp*) echo no >&2; exit 1;; esac; : > "$target"'
    monkeypatch.setenv("CXX", str(compiler(tmp_path, refusing)))
    with pytest.raises(CompilationError, match=r"processor\.cpp"):
        compile_libraries(tmp_path)


@pytest.fixture
def hook(tmp_path: Path) -> Any:
    """The build hook on a copy of what it compiles, and the warnings it gave."""
    cpu = Path("audiogan", "lstm", "cpu")
    shutil.copytree(ROOT / cpu, tmp_path / cpu, ignore=shutil.ignore_patterns("*.so", "*.dylib", "__pycache__"))
    hook_class = runpy.run_path(str(ROOT / "hatch_build.py"))["CompiledLSTM"]
    warnings: list[str] = []
    app = SimpleNamespace(display_warning=warnings.append)
    made = hook_class(str(tmp_path), {}, None, None, str(tmp_path), "wheel", app)
    return SimpleNamespace(initialize=made.initialize, warnings=warnings)


def test_a_wheel_with_libraries_is_for_one_platform(hook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", str(compiler(tmp_path, ': > "$target"')))
    build_data: dict[str, Any] = {"artifacts": [], "pure_python": True}
    hook.initialize("standard", build_data)
    names = [library_path(name).name for name in (PROCESSOR, *instruction_sets())]
    assert build_data["artifacts"] == [f"/audiogan/lstm/cpu/{name}" for name in names]
    assert build_data["pure_python"] is False
    assert build_data["tag"].startswith("py3-none-")
    assert not build_data["tag"].endswith("any")
    assert hook.warnings == []


def test_a_wheel_without_a_compiler_is_pure(hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    build_data: dict[str, Any] = {"artifacts": [], "pure_python": True}
    hook.initialize("standard", build_data)
    assert build_data == {"artifacts": [], "pure_python": True}
    (warning,) = hook.warnings
    assert warning.startswith("audiogan.LSTM will run in plain torch, which is slower: no C++ compiler found")


def test_reasons() -> None:
    assert CPU().why_not(CPU_DEVICE, torch.float32) is None
    assert CPU().why_not(CPU_DEVICE, torch.float64) is None
    assert CPU().why_not(CPU_DEVICE, torch.bfloat16) == "it computes in float32 and float64 alone"
    assert CPU().why_not(torch.device("cuda"), torch.float32) == "it computes on the CPU alone"
    reason = CPU("x86-64-v9").why_not(CPU_DEVICE, torch.float32)
    assert reason is not None
    assert reason.startswith("x86-64-v9 is not among the usable sets of instructions: ")
