"""Compiles the C++ of this folder into one shared library for each set of instructions.

The build hook runs this file by its path while the package is built, so that it imports the standard library alone.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, final

FOLDER = Path(__file__).parent
SUFFIX = ".dylib" if sys.platform == "darwin" else ".so"
PROCESSOR = "processor"
"""The library that says which instructions the processor has; the others are named by their instructions."""

_FLAGS: Final = ("-std=c++17", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-Wno-psabi", "-pthread")
_COMPILERS: Final = ("c++", "g++", "clang++")

_V2: Final = ("-mcx16", "-msahf", "-mpopcnt", "-msse4.2")
_V3: Final = (*_V2, "-mavx2", "-mbmi", "-mbmi2", "-mf16c", "-mfma", "-mlzcnt", "-mmovbe", "-mxsave")
_V4: Final = (*_V3, "-mavx512f", "-mavx512bw", "-mavx512cd", "-mavx512dq", "-mavx512vl")
# The levels of the x86-64 psABI, spelt out for compilers from before 2020, which do not know them by name.
_ADDED_INSTRUCTIONS: Final = {"x86-64-v2": _V2, "x86-64-v3": _V3, "x86-64-v4": _V4}


@final
class CompilationError(Exception):
    """No compiler, or one that failed; the text says which and how."""


def instruction_sets() -> tuple[str, ...]:
    """The sets of instructions to compile for on this kind of machine, the fastest first."""
    if platform.machine().lower() in ("x86_64", "amd64"):
        return ("x86-64-v4", "x86-64-v3", "x86-64-v2")
    return ("baseline",)


def library_path(name: str, folder: Path = FOLDER) -> Path:
    """Where the library for a set of instructions, or :data:`PROCESSOR`, lies.

    Its name says from which sources it comes, so that one of older sources, whose calls may differ, is not found.
    """
    return folder / f"libaudiogan_lstm.{name}.{_digest()}{SUFFIX}"


@cache
def _digest() -> str:
    digest = sha256()
    for path in sorted((FOLDER / "source").iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def compile_libraries(
    folder: Path = FOLDER, extra_flags: Sequence[str] = ()
) -> tuple[list[Path], list[CompilationError]]:
    """Compiles the libraries into ``folder``, two at a time, and removes those of older sources.

    The compiler is the one that ``CXX`` names, with its arguments, else the first of c++, g++ and clang++ on the path.
    One that does not know a set of instructions costs that library alone.

    :returns: the paths of the libraries, and what became of the others.
    :raises CompilationError: there is no compiler, or none of the libraries can be used.
    """
    compiler = _compiler()
    names = (PROCESSOR, *instruction_sets())
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(lambda name: _compiled(compiler, name, folder, extra_flags), names))
    failures = [result for result in results if isinstance(result, CompilationError)]
    if isinstance(results[0], CompilationError) or len(failures) == len(instruction_sets()):
        raise failures[0]
    written = [result for result in results if isinstance(result, Path)]
    for path in folder.glob(f"libaudiogan_lstm.*{SUFFIX}"):
        if path not in written:
            path.unlink()
    return written, failures


def _compiler() -> list[str]:
    named = os.environ.get("CXX", "").strip()
    candidates = [named] if named else _COMPILERS
    for candidate in candidates:
        program, *arguments = shlex.split(candidate)
        found = shutil.which(program)
        if found is not None:
            return [found, *arguments]
    raise CompilationError(f"no C++ compiler found (looked for {', '.join(candidates)})")


def _compiled(compiler: list[str], name: str, folder: Path, extra_flags: Sequence[str]) -> Path | CompilationError:
    try:
        return _compile(compiler, name, folder, extra_flags)
    except CompilationError as error:
        return error


def _compile(compiler: list[str], name: str, folder: Path, extra_flags: Sequence[str]) -> Path:
    source = FOLDER / "source" / ("processor.cpp" if name == PROCESSOR else "library.cpp")
    target = library_path(name, folder)
    # A process may have the old library mapped: it must be replaced, not written to.
    unfinished = target.with_suffix(f".{os.getpid()}.tmp")
    command = [*compiler, *_FLAGS, *_architecture(name), *extra_flags, str(source), "-o", str(unfinished)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the user's own compiler
    if done.returncode != 0:
        unfinished.unlink(missing_ok=True)
        raise CompilationError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")
    unfinished.replace(target)
    return target


def _architecture(name: str) -> tuple[str, ...]:
    return _ADDED_INSTRUCTIONS.get(name, ())
