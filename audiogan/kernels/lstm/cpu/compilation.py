"""Compiles the C++ of this folder into one shared library for each set of instructions.

The build hook runs this file by its path while the package is built, so that it imports the standard library alone.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

FOLDER = Path(__file__).parent
SUFFIX = ".dylib" if sys.platform == "darwin" else ".so"
PROCESSOR = "processor"
"""The library that says which instructions the processor has; the others are named by their instructions."""

_FLAGS: Final = ("-std=c++17", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-Wno-psabi", "-pthread")
_COMPILERS: Final = ("c++", "g++", "clang++")


class CompilationError(Exception):
    """No compiler, or one that failed; the text says which and how."""


def instruction_sets() -> tuple[str, ...]:
    """The sets of instructions to compile for on this kind of machine, the fastest first."""
    if platform.machine().lower() in ("x86_64", "amd64"):
        return ("x86-64-v4", "x86-64-v3", "x86-64-v2")
    return ("baseline",)


def library_path(name: str, folder: Path = FOLDER) -> Path:
    """Where the library for a set of instructions, or :data:`PROCESSOR`, lies.

    Its name tells from which sources it comes, so that one of older sources, whose calls may differ, is not found.
    """
    return folder / f"libaudiogan_lstm.{name}.{_digest()}{SUFFIX}"


@cache
def _digest() -> str:
    digest = sha256()
    for path in sorted((FOLDER / "source").iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def compile_libraries(folder: Path = FOLDER, extra_flags: Sequence[str] = ()) -> list[Path]:
    """Compiles every library into ``folder``, two at a time, and returns their paths; removes those of older sources.

    The compiler is the one that ``CXX`` names, else the first of c++, g++ and clang++ on the path.

    :raises CompilationError: there is no compiler, or it fails.
    """
    compiler = _compiler()
    names = (*instruction_sets(), PROCESSOR)
    with ThreadPoolExecutor(max_workers=2) as pool:
        written = list(pool.map(lambda name: _compile(compiler, name, folder, extra_flags), names))
    for path in folder.glob(f"libaudiogan_lstm.*{SUFFIX}"):
        if path not in written:
            path.unlink()
    return written


def _compiler() -> str:
    candidates = [os.environ["CXX"]] if os.environ.get("CXX") else _COMPILERS
    for candidate in candidates:
        found = shutil.which(candidate)
        if found is not None:
            return found
    raise CompilationError(f"no C++ compiler found (looked for {', '.join(candidates)})")


def _compile(compiler: str, name: str, folder: Path, extra_flags: Sequence[str]) -> Path:
    source = FOLDER / "source" / ("processor.cpp" if name == PROCESSOR else "library.cpp")
    target = library_path(name, folder)
    # A process may have the old library mapped: it must be replaced, not written to.
    unfinished = target.with_suffix(f".{os.getpid()}.tmp")
    command = [compiler, *_FLAGS, *_architecture(name), *extra_flags, str(source), "-o", str(unfinished)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the user's own compiler
    if done.returncode != 0:
        unfinished.unlink(missing_ok=True)
        raise CompilationError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")
    unfinished.replace(target)
    return target


def _architecture(name: str) -> Iterator[str]:
    if name.startswith("x86-64-"):
        yield f"-march={name}"
