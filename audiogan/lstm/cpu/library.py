"""The compiled libraries: which of them this machine can use, and how they are called."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from ctypes import c_int64, c_void_p
from functools import cache
from pathlib import Path
from typing import final

import torch
from attrs import frozen

from audiogan.lstm.cpu.compilation import PROCESSOR, instruction_sets, library_path
from audiogan.lstm.cpu.elf import what_is_cut_off
from audiogan.lstm.cpu.structures import CCall

DTYPES = {torch.float32: "float32", torch.float64: "float64"}
"""What the libraries compute in."""

_PASSES = ("forward", "backward", "second_backward")


@final
class LibraryError(Exception):
    """A library that is not there or cannot be used; the text says why."""


@final
@frozen(eq=False)
class Library:
    """The library compiled for one set of instructions.

    ``lanes`` are the numbers in one of its vectors. A pass runs by its name and dtype; without scratch memory it only
    returns how many elements of it it needs, and a negative number if there is no memory for the bookkeeping.
    """

    instructions: str
    lanes: Mapping[torch.dtype, int]
    passes: Mapping[tuple[str, torch.dtype], Callable[[ctypes._CArgObject], int]]
    advise: Callable[[c_void_p, c_int64], None]

    def run(self, name: str, dtype: torch.dtype, call: CCall) -> int:
        """Runs the pass ``name``, or without scratch memory only returns how many elements of it the pass needs.

        :raises MemoryError: there is no memory for the pass's bookkeeping.
        """
        elements = self.passes[name, dtype](ctypes.byref(call))
        if elements < 0:
            raise MemoryError("no memory left for the LSTM's bookkeeping")
        return elements

    def advise_huge_pages(self, address: int, size: int) -> None:
        """Asks the system for large pages at ``address``; it may decline."""
        self.advise(c_void_p(address), c_int64(size))


@final
@frozen
class Survey:
    """Libraries for what the processor has, the fastest first, and why others for what it has cannot be used."""

    usable: Mapping[str, Library]
    unusable: Mapping[str, str]


@cache
def survey() -> Survey:
    """Looks for every library, and loads those for sets of instructions that the processor has."""
    try:
        if not any(library_path(name).exists() for name in (*instruction_sets(), PROCESSOR)):
            return Survey({}, {})
    except OSError as error:  # their names depend on the sources' contents
        return Survey({}, {PROCESSOR: f"its sources cannot be read: {error}"})
    try:
        has = _load(library_path(PROCESSOR))["audiogan_lstm_processor_has"]
    except (LibraryError, AttributeError) as error:
        return Survey({}, {PROCESSOR: str(error)})
    usable, unusable = {}, {}
    for name in instruction_sets():
        if has(name.encode()):
            try:
                usable[name] = _open(name)
            except LibraryError as error:
                unusable[name] = str(error)
    return Survey(usable, unusable)


def usable_instructions() -> tuple[str, ...]:
    """The sets of instructions that the processor has and a library can be used for, the fastest first."""
    return tuple(survey().usable)


def _open(instructions: str) -> Library:
    path = library_path(instructions)
    handle = _load(path)
    try:
        lanes = {dtype: int(handle[f"audiogan_lstm_lanes_{name}"]()) for dtype, name in DTYPES.items()}
        passes = {
            (called, dtype): handle[f"audiogan_lstm_{called}_{name}"]
            for dtype, name in DTYPES.items()
            for called in _PASSES
        }
        advise = handle["audiogan_lstm_advise_huge_pages"]
    except AttributeError as error:
        raise LibraryError(f"{path.name} is no library of the LSTM: {error}") from error
    for function in passes.values():
        function.restype = c_int64
    return Library(instructions, lanes, passes, advise)


def _load(path: Path) -> ctypes.CDLL:
    try:
        missing = what_is_cut_off(path)
        if missing is not None:
            raise LibraryError(f"{path.name} is incomplete: {missing}")
        return ctypes.CDLL(str(path))
    except FileNotFoundError as error:
        raise LibraryError(f"{path.name} is not there") from error
    except OSError as error:
        raise LibraryError(f"{path.name} does not load: {str(error).removeprefix(f'{path}: ')}") from error
